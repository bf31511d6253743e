/**
 * What holds in every test with a browser: nothing goes wrong behind the page's back, and failures leave a picture.
 */
import { deepEqual } from 'node:assert/strict';
import type { Visit } from './visit';

/** While flows start, a controller is not there or not open for a moment: who asks for its state is told so, and asks again. */
const PASSING = /status of (404|503) .*\/mfc\/controllers\/[^/]+\/state/;

/** The editor shows its tip a second after its settings are there; where the rest of it takes longer, that has no place yet. */
const TIP = /reading 'html'\)\n +at \S+ \(\S+\/red\/red\.min\.js/;

/** To be called inside `describe`, with the faults that belong to what is tested. */
export function watch(visit: () => Visit | undefined, expected?: RegExp): void {
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await visit()?.report();
    const faults = visit()?.faults.splice(0) ?? [];
    deepEqual(
      faults.filter((fault) => !PASSING.test(fault) && !TIP.test(fault) && !expected?.test(fault)),
      [],
    );
  });
}
