// How long something took that waits for timers of this process: what a busy machine took from it is no part of that.

import { Stalls } from './stalls';

export class Stopwatch {
  readonly #start = performance.now();
  readonly #stalls = new Stalls();

  /** Milliseconds since the start, without those that the process did not get to run. */
  stop(): number {
    return performance.now() - this.#start - this.#stalls.stop();
  }
}
