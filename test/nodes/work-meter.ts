/**
 * Measures how long this process works without letting anything else run: in CPU time, which other programs do not disturb.
 */
import { readFileSync } from 'node:fs';

const INTERVAL_MS = 1;
/** Of the thread of the event loop: nanoseconds on a CPU, and more. V8 has other threads, which hold nobody. */
const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`;

export class WorkMeter {
  readonly #start = process.cpuUsage();
  #last = ofThread();
  #longest = 0;
  readonly #timer = setInterval(() => this.#look(), INTERVAL_MS);

  /** CPU time in ms: of the whole process since the start, and the most of the event loop between two of its turns. */
  stop(): { longest: number; whole: number } {
    clearInterval(this.#timer);
    this.#look();
    const { user, system } = process.cpuUsage(this.#start);
    return { longest: this.#longest, whole: (user + system) / 1_000 };
  }

  #look(): void {
    const now = ofThread();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}

function ofThread(): number {
  return Number(readFileSync(SCHEDSTAT, 'utf8').split(' ')[0]) / 1e6;
}
