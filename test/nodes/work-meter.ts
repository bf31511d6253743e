/**
 * Measures how long this process works without letting anything else run: in CPU time, which other programs do not disturb.
 */
const INTERVAL_MS = 1;

export class WorkMeter {
  #start = process.cpuUsage();
  #last = this.#start;
  #longest = 0;
  readonly #timer = setInterval(() => this.#look(), INTERVAL_MS);

  /** CPU time in ms since the start, and the most of it between two turns of the event loop. */
  stop(): { longest: number; whole: number } {
    clearInterval(this.#timer);
    this.#look();
    return { longest: this.#longest, whole: milliseconds(process.cpuUsage(this.#start)) };
  }

  #look(): void {
    this.#longest = Math.max(this.#longest, milliseconds(process.cpuUsage(this.#last)));
    this.#last = process.cpuUsage();
  }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
