/**
 * What holds in every test with a browser: nothing goes wrong behind the page's back, and failures leave a picture.
 */
import { deepEqual } from 'node:assert/strict';
import type { Visit } from './visit';

/** To be called inside `describe`, with the faults that belong to what is tested. */
export function watch(visit: () => Visit | undefined, expected?: RegExp): void {
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await visit()?.report();
    const faults = visit()?.faults.splice(0) ?? [];
    deepEqual(
      faults.filter((fault) => !expected?.test(fault)),
      [],
    );
  });
}
