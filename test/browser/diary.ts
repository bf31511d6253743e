/**
 * What holds in every test with a browser: nothing goes wrong behind the page's back, and failures leave a picture.
 */
import { deepEqual } from 'node:assert/strict';
import type { Visit } from './visit';

/** To be called inside `describe`. */
export function watch(visit: () => Visit | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await visit()?.report();
    deepEqual(visit()?.faults.splice(0) ?? [], []);
  });
}
