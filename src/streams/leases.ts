/**
 * Finds routes whose time is over.
 *
 * From when a lease is noted, its time is measured by a clock that nobody sets: a jump of the system's time ends no lease early.
 */
import type { Entry, RouteTable } from '../routing/table';
import { type Clock, Timer } from './clock';

interface Lease {
  /** As the route has it, by the system's time. */
  readonly expiresAt: number;
  /** By the clock. */
  readonly end: number;
  /** When it is to be told that it is over. */
  dueAt: number;
}

/** Leases that end within this time end together. */
const PAUSE_MS = 20;
/** A route that could not be taken out is told again after that. */
const AGAIN_MS = 1_000;

export class Leases {
  private readonly leases = new Map<string, Lease>();
  private readonly timer: Timer;

  /**
   * @param onEnd gets the keys of routes that are to go; again, as long as they are there
   * @param systemTime milliseconds since the epoch
   */
  constructor(
    table: RouteTable,
    private readonly onEnd: (keys: string[]) => void,
    private readonly clock: Clock,
    private readonly systemTime: () => number = Date.now,
  ) {
    this.timer = new Timer(clock, (now) => this.wake(now), PAUSE_MS);
    table.follow(({ key, now }) => this.follow(key, now));
  }

  /** Milliseconds until a route goes by itself, 0 if it is to go now; undefined if it does not. */
  left(key: string): number | undefined {
    const lease = this.leases.get(key);
    return lease && Math.max(0, lease.end - this.clock.now());
  }

  stop(): void {
    this.timer.close();
  }

  private follow(key: string, entry: Entry | undefined): void {
    const expiresAt = entry?.route.expiresAt;
    if (expiresAt === undefined) this.leases.delete(key);
    else if (this.leases.get(key)?.expiresAt !== expiresAt) this.note(key, expiresAt);
  }

  private note(key: string, expiresAt: number): void {
    const end = this.clock.now() + expiresAt - this.systemTime();
    this.leases.set(key, { expiresAt, end, dueAt: end });
    this.timer.wakeBy(end);
  }

  /** Answers when it is to be called again. */
  private wake(now: number): number {
    const over: string[] = [];
    let next = Infinity;
    for (const [key, lease] of this.leases) {
      if (lease.dueAt <= now) {
        over.push(key);
        lease.dueAt = now + AGAIN_MS;
      }
      next = Math.min(next, lease.dueAt);
    }
    if (over.length > 0) this.onEnd(over);
    return next;
  }
}
