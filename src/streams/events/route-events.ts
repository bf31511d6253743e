/**
 * Tells what becomes of routes: it hears of every change of the table.
 *
 * A change costs next to nothing here if nobody asks, and little if somebody does: what an event says is written when it is sent.
 */
import type { MfcEntry } from '../../abi/family';
import { routeKey, sameForwarding, sameOptions, toRule } from '../../routing/route';
import type { Change, Entry, RouteTable } from '../../routing/table';
import type { About } from './event';
import type { Events } from './events';

const KINDS = ['route_added', 'route_changed', 'route_removed', 'route_pending', 'route_active'] as const;

/** As `mfc state` says it: in the kernel as it is wanted, without some of its outputs, or not at all. */
type State = 'active' | 'degraded' | 'pending';

export class RouteEvents {
  private isWanted = false;
  /** Keys of entries that another program has taken out or changed, and that are not put back yet. */
  private readonly lost = new Set<string>();

  constructor(
    private readonly table: RouteTable,
    private readonly events: Events,
  ) {
    table.follow((change) => {
      if (this.isWanted && (change.now ?? change.before)?.route.isWatch === undefined) this.follow(change);
    });
    events.onWanted(() => this.look());
  }

  /** What is done meanwhile is not told: routes that an earlier process has saved are not new. */
  silently(task: () => void): void {
    this.isWanted = false;
    task();
    this.look();
  }

  /** The entries of ours that the kernel does not have as it should, since another program has had its hands on them: all of them. */
  drifted(entries: readonly MfcEntry[]): void {
    if (!this.isWanted || (entries.length === 0 && this.lost.size === 0)) return;
    const keys = new Set(entries.map(({ source, group }) => routeKey(source, group)));
    for (const key of keys) if (!this.lost.has(key)) this.lose(key);
    for (const key of this.lost) if (!keys.has(key)) this.regain(key);
  }

  private look(): void {
    this.isWanted = this.events.wants(...KINDS);
    if (!this.isWanted) this.lost.clear();
  }

  private follow({ key, before, now, cause }: Change): void {
    const isNew = before === undefined || now === undefined || isLearnt(before) !== isLearnt(now);
    if (before !== undefined && isNew) {
      this.lost.delete(key);
      this.removed(before, now === undefined || isLearnt(now) ? cause : 'replaced');
    }
    if (now === undefined) return;
    if (isNew) this.tell('route_added', now);
    else if (isChanged(before, now)) this.tell('route_changed', now);
    if (this.isRewritten(key, before, now)) this.regain(key);
    else this.tellState(isNew ? undefined : before, now);
  }

  /** A new route says its state itself; only one that waits for something is told of once more. */
  private tellState(before: Entry | undefined, now: Entry): void {
    const state = stateOf(now);
    if (before === undefined ? state === 'active' : state === stateOf(before) && now.reason === before.reason) return;
    const { reason } = now;
    if (state === 'active') this.tell('route_active', now);
    else this.events.emit('route_pending', () => ({ ...ruleOf(now), state, ...(reason && { reason }) }));
  }

  private lose(key: string): void {
    const entry = this.table.get(key);
    if (entry === undefined) return;
    this.lost.add(key);
    this.removed(entry, 'foreign');
  }

  private regain(key: string): void {
    this.lost.delete(key);
    const entry = this.table.get(key);
    if (entry !== undefined) this.tellState({ ...entry, installed: undefined }, entry);
  }

  /** Whether the kernel has got a lost entry anew, since it is another one. */
  private isRewritten(key: string, before: Entry | undefined, now: Entry): boolean {
    if (!this.lost.has(key) || before?.installed === undefined || now.installed === undefined) return false;
    return !sameForwarding(before.installed, now.installed);
  }

  private tell(kind: (typeof KINDS)[number], entry: Entry): void {
    this.events.emit(kind, () => ({ ...ruleOf(entry), state: stateOf(entry) }));
  }

  private removed(entry: Entry, reason: string): void {
    this.events.emit('route_removed', () => ({ ...ruleOf(entry), reason }));
  }
}

function isLearnt({ learnt }: Entry): boolean {
  return learnt !== undefined;
}

function stateOf({ installed, reason }: Entry): State {
  if (installed === undefined) return 'pending';
  return reason === undefined ? 'active' : 'degraded';
}

/** A lease that is renewed is no change: the route stays as it is. */
function isChanged(before: Entry | undefined, now: Entry): boolean {
  if (before === undefined) return true;
  const a = withOpenOutputs(before);
  const b = withOpenOutputs(now);
  if (a === b) return false;
  const isLeased = a.expiresAt !== undefined && b.expiresAt !== undefined;
  return !sameForwarding(a, b) || !sameOptions(a, isLeased ? { ...b, expiresAt: a.expiresAt } : b);
}

/** Where hosts open outputs by joining, those that are open are what a route has. */
function withOpenOutputs({ route, installed }: Entry): Entry['route'] {
  if (route.members === undefined) return route;
  return { ...route, outputs: installed?.outputs ?? [] };
}

function ruleOf(entry: Entry): About {
  const rule = toRule(withOpenOutputs(entry));
  return isLearnt(entry) ? { ...rule, learnt: true } : { ...rule };
}
