/**
 * How long the event loop was held: turns follow each other as fast as they can, and the longest gap between two is noted.
 */
export class LoopWatch {
  private longest = 0;
  private last = performance.now();
  private running = true;

  constructor() {
    this.turn();
  }

  /** The longest time in ms in which nothing else could run. */
  stop(): number {
    this.note();
    this.running = false;
    return this.longest;
  }

  private readonly turn = (): void => {
    this.note();
    if (this.running) setImmediate(this.turn);
  };

  private note(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
  }
}
