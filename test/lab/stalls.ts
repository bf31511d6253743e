// How long this process did not get to run though it wanted to: what a busy machine takes from it, and not what it does itself.

const TICK_MS = 1;
/** Timers are as late as that where nobody is in the way. */
const USUAL_MS = 3;

export class Stalls {
  #cpu = process.cpuUsage();
  #last = performance.now();
  #stalled = 0;
  readonly #timer = setInterval(() => this.#look(), TICK_MS);

  /** Milliseconds since the start. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#stalled;
  }

  #look(): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    const now = performance.now();
    const idle = now - this.#last - (user + system) / 1_000;
    if (idle > USUAL_MS) this.#stalled += idle;
    this.#cpu = process.cpuUsage();
    this.#last = now;
  }
}
