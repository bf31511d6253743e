/**
 * Attempts with growing pauses between them.
 */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;

export class Retry {
  private pauseMs = FIRST_MS;
  private timer: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];

  constructor(private readonly attempt: () => void) {}

  /** The next attempt is after a pause, twice as long as the one before. Does nothing if one is due already. */
  schedule(): void {
    if (this.timer !== undefined) return;
    this.scheduleIn(this.pauseMs);
    this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_MS);
  }

  /** The next attempt is after that time. Does nothing if one is due already. */
  scheduleIn(ms: number): void {
    this.timer ??= setTimeout(() => this.fire(), ms);
  }

  /** Something happened that may help: the attempt that is due is made at once. */
  now(): void {
    if (this.timer !== undefined) this.fire();
  }

  /** Resolves with the next attempt, at the end, or after `ms`. */
  async next(ms: number): Promise<void> {
    let timeout: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      timeout = setTimeout(resolve, ms);
    });
    clearTimeout(timeout);
  }

  /** It worked, or nobody wants it any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pauseMs = FIRST_MS;
    this.wake();
  }

  private fire(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wake();
    this.attempt();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
