/**
 * Finds routes that send a group from one interface to another while others send it back: with a second path between the two
 * networks, its packets would circle until their TTL ends.
 *
 * Whichever the sources: behind an interface, a router or a repeater may make packets its own. Routes whose inputs or outputs open by
 * themselves do not count: each of their streams is sent away from where it comes in.
 */
import type { Pace } from '../pace';
import { GroupIndex } from './group-index';
import type { Plan } from './plan';
import { formatRoute, isOpenEnded, type Route } from './route';
import type { Entry, RouteTable } from './table';

export interface Loop {
  readonly route: Route;
  readonly back: Route;
}

export class Loops {
  /** Interfaces that have been an input, or an output, of any route: no loop is without one that has been both. */
  private readonly inputs = new Set<string>();
  private readonly outputs = new Set<string>();
  /** Made when it is needed: in most tables streams go one way. */
  private index: GroupIndex | undefined;

  constructor(private readonly table: RouteTable) {
    table.follow(({ key, before, now }) => {
      const is = countedOf(now);
      if (is !== undefined) this.note(is);
      if (this.index === undefined) return;
      const was = countedOf(before);
      if (was?.group === is?.group) return;
      if (was !== undefined) this.index.delete(was.group, key);
      if (is !== undefined) this.index.add(is.group, key);
    });
  }

  /** The first route that a plan changes so that it and another one send their group to and fro. What did before is left alone. */
  async find(plan: Plan, pace: Pace): Promise<Loop | undefined> {
    let mayBeAny = false;
    for (const entry of plan.decided.values()) {
      const route = countedOf(entry);
      if (route !== undefined) this.note(route);
    }
    for (const entry of plan.decided.values()) {
      const route = countedOf(entry);
      mayBeAny ||= route !== undefined && this.mayGoBack(route);
    }
    return mayBeAny ? this.search(plan, pace) : undefined;
  }

  private note({ iif, outputs }: Route): void {
    this.inputs.add(iif);
    for (const { name } of outputs) this.outputs.add(name);
  }

  private mayGoBack({ iif, outputs }: Route): boolean {
    return this.outputs.has(iif) && outputs.some(({ name }) => this.inputs.has(name));
  }

  private async search(plan: Plan, pace: Pace): Promise<Loop | undefined> {
    this.index ??= await indexOf(this.table.keyed(), pace);
    const changed = await indexOf(plan.decided, pace);
    for (const [key, entry] of plan.decided) {
      const loop = this.loopOf(key, entry, this.index, plan) ?? this.loopOf(key, entry, changed, plan);
      if (loop !== undefined) return loop;
      if (pace.isDue()) await pace.rest();
    }
    return changed.hasPrefixes ? this.searchWithin(changed, plan, pace) : undefined;
  }

  /** Of two groups that share an address, one has all of the other: what is there can be in a prefix that is new. */
  private async searchWithin(changed: GroupIndex, plan: Plan, pace: Pace): Promise<Loop | undefined> {
    for (const [key, entry] of this.table.keyed()) {
      const loop = plan.decided.has(key) ? undefined : this.loopOf(key, entry, changed, plan);
      if (loop !== undefined) return { route: loop.back, back: loop.route };
      if (pace.isDue()) await pace.rest();
    }
    return undefined;
  }

  /** With a route of an index whose group has all of that of this one. */
  private loopOf(key: string, entry: Entry | undefined, index: GroupIndex, plan: Plan): Loop | undefined {
    const route = countedOf(entry);
    if (route === undefined || !this.mayGoBack(route)) return undefined;
    for (const other of index.covering(route.group)) {
      const back = countedOf(plan.find(other));
      if (back !== undefined && isBack(route, back) && !this.wasThere(key, other, route, back)) return { route, back };
    }
    return undefined;
  }

  private wasThere(key: string, other: string, route: Route, back: Route): boolean {
    const [a, b] = [countedOf(this.table.get(key)), countedOf(this.table.get(other))];
    return a?.iif === route.iif && b?.iif === back.iif && isBack(a, b);
  }
}

async function indexOf(entries: Iterable<[key: string, entry: Entry | undefined]>, pace: Pace): Promise<GroupIndex> {
  const index = new GroupIndex();
  for (const [key, entry] of entries) {
    const route = countedOf(entry);
    if (route !== undefined) index.add(route.group, key);
    if (pace.isDue()) await pace.rest();
  }
  return index;
}

/** `(*, 239.1.1.1) goes from 'eth1' to 'eth2', and (10.1.1.5, 239.1.1.1) from 'eth2' to 'eth1': …`. */
export function describeLoop({ route, back }: Loop): string {
  const way = `${formatRoute(route)} goes from '${route.iif}' to '${back.iif}'`;
  return `${way}, and ${formatRoute(back)} from '${back.iif}' to '${route.iif}': packets could circle.`;
}

/** The route of an entry that a message asked for, if it can be part of a loop. */
function countedOf(entry: Entry | undefined): Route | undefined {
  if (entry === undefined || entry.learnt !== undefined) return undefined;
  const { route } = entry;
  return route.outputs.length === 0 || isOpenEnded(route) ? undefined : route;
}

function isBack(a: Route, b: Route): boolean {
  return a.outputs.some(({ name }) => name === b.iif) && b.outputs.some(({ name }) => name === a.iif);
}
