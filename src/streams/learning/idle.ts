/**
 * Finds learnt entries whose streams have stopped. Runs only while there are any.
 */
import { type MfcCounters, rightPackets } from '../../abi/family';
import { Pace } from '../../pace';
import type { Route } from '../../routing/route';
import type { Change, Entry, RouteTable } from '../../routing/table';

/** An entry goes between once and one and a half times its idle timeout after the last packet. */
const LOOKS_PER_TIMEOUT = 2;
const SHORTEST_MS = 100;
const LONGEST_MS = 30_000;

interface Seen {
  /** Packets on the right interface. */
  readonly packets: number;
  /** Since when there were no more. */
  readonly since: number;
}

export class Idle {
  private readonly seen = new Map<string, Seen>();
  private timer: NodeJS.Timeout | undefined;
  /** When the timer is over, by performance.now(). */
  private dueAt = Infinity;
  private isStopped = false;

  /**
   * @param countersOf undefined if the kernel has no such entry
   * @param onIdle gets the keys of the entries that are to go
   */
  constructor(
    private readonly table: RouteTable,
    private readonly countersOf: (route: Route) => MfcCounters | undefined,
    private readonly onIdle: (keys: string[]) => void,
  ) {
    table.follow((change) => this.follow(change));
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private follow({ key, now }: Change): void {
    if (now?.learnt === undefined) this.seen.delete(key);
    else this.schedule(this.timeoutOf(now.learnt));
    if (now?.route.learning !== undefined && this.table.learntSize > 0) this.schedule(this.timeoutOf(key));
  }

  /** A look is never put off: routes may change more often than it is due. */
  private schedule(timeout: number): void {
    if (this.isStopped) return;
    const interval = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, timeout / LOOKS_PER_TIMEOUT));
    const dueAt = performance.now() + interval;
    if (dueAt >= this.dueAt) return;
    this.dueAt = dueAt;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), interval).unref();
  }

  private async look(): Promise<void> {
    this.timer = undefined;
    this.dueAt = Infinity;
    const idle: string[] = [];
    const pace = new Pace();
    for (const [key, entry] of Array.from(this.table.listLearnt())) {
      if (this.isIdle(key, entry)) idle.push(key);
      if (pace.isDue()) await pace.rest();
    }
    if (idle.length > 0 && !this.isStopped) this.onIdle(idle);
    let shortest = Infinity;
    for (const key of this.table.learning) shortest = Math.min(shortest, this.timeoutOf(key));
    if (this.table.learntSize > 0) this.schedule(shortest);
  }

  /** Whether nothing comes for a learnt entry any more. Ask again before it goes: others had their turns since it was told. */
  isIdle(key: string, { route, learnt }: Entry): boolean {
    const counters = learnt === undefined ? undefined : this.countersOf(route);
    if (learnt === undefined || counters === undefined) return false;
    const now = performance.now();
    const packets = rightPackets(counters);
    const before = this.seen.get(key);
    if (before?.packets === packets) return now - before.since >= this.timeoutOf(learnt);
    this.seen.set(key, { packets, since: now });
    return false;
  }

  /** Milliseconds. */
  private timeoutOf(key: string): number {
    return 1000 * (this.table.get(key)?.route.learning?.idleTimeout ?? Infinity);
  }
}
