/**
 * The time, and one timer that wakes at the earliest of many times. Both are given, so that tests need not wait.
 */

/** Milliseconds, from any beginning, always forward. */
export interface Clock {
  now(): number;
  /** Calls once, at or after a time; answers how to call that off. Does not keep the process alive. */
  wake(at: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wake: (at, call) => {
    // A timer counts whole milliseconds from the last one that was full: it can be one early.
    const timeout = setTimeout(call, Math.max(0, Math.ceil(at - performance.now()) + 1));
    timeout.unref();
    return () => clearTimeout(timeout);
  },
};

/** Between two wakes: who looks through all that it has when it wakes does not do so all the time. */
const MIN_PAUSE_MS = 100;
/** A system timer takes no longer ones: it would fire at once. */
const LONGEST_MS = 2 ** 31 - 2;

export class Timer {
  private at = Infinity;
  private earliest = -Infinity;
  private cancel: (() => void) | undefined;
  private isClosed = false;

  /** `work` answers when it is to be called again; Infinity if it need not. It may be called early, if that is weeks away. */
  constructor(
    private readonly clock: Clock,
    private readonly work: (now: number) => number,
    private readonly pauseMs = MIN_PAUSE_MS,
  ) {}

  /** Calls the work at this time or soon after, and no later because of a later time that was asked for as well. */
  wakeBy(time: number): void {
    const at = Math.max(time, this.earliest);
    if (at >= this.at || this.isClosed) return;
    this.cancel?.();
    this.at = at;
    this.cancel = this.clock.wake(Math.min(at, this.clock.now() + LONGEST_MS), () => this.wake());
  }

  /** For good: what was under way when its owner ended may still ask for times. */
  close(): void {
    this.isClosed = true;
    this.cancel?.();
    this.cancel = undefined;
  }

  private wake(): void {
    const now = this.clock.now();
    this.at = Infinity;
    this.earliest = now + this.pauseMs;
    this.wakeBy(this.work(now));
  }
}
