/**
 * Finds routes that send a group from one interface to another while others send it back: with a second path between the two
 * networks, its packets would circle until their TTL ends.
 *
 * Whichever the sources: behind an interface, a router or a repeater may make packets its own. Routes whose inputs or outputs open by
 * themselves do not count: each of their streams is sent away from where it comes in.
 */
import { GroupIndex } from './group-index';
import type { Plan } from './plan';
import { formatRoute, isOpenEnded, type Route } from './route';
import type { Entry, RouteTable } from './table';

export interface Loop {
  readonly route: Route;
  readonly back: Route;
}

export class Loops {
  private readonly index = new GroupIndex();

  constructor(table: RouteTable) {
    table.follow(({ key, before, now }) => {
      const was = countedOf(before);
      const is = countedOf(now);
      if (was?.group === is?.group) return;
      if (was !== undefined) this.index.delete(was.group, key);
      if (is !== undefined) this.index.add(is.group, key);
    });
  }

  /** The first route that a plan changes so that another one sends its group back. */
  find(plan: Plan): Loop | undefined {
    const changed = new GroupIndex();
    const routes: Route[] = [];
    for (const [key, entry] of plan.next.changes) {
      const route = countedOf(entry);
      if (route === undefined) continue;
      changed.add(route.group, key);
      routes.push(route);
    }
    for (const route of routes) {
      const back = backOf(route, this.index, plan) ?? backOf(route, changed, plan);
      if (back !== undefined) return { route, back };
    }
    return undefined;
  }
}

function backOf(route: Route, index: GroupIndex, plan: Plan): Route | undefined {
  for (const key of index.overlapping(route.group)) {
    const other = countedOf(plan.find(key));
    if (other !== undefined && isBack(route, other)) return other;
  }
  return undefined;
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
