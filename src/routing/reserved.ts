/**
 * The routes that a controller makes itself, and which of them other routes would take streams from.
 */
import { ANY_SOURCE } from '../abi/family';
import { GroupIndex } from './group-index';
import { covers, parsePrefix } from './prefix';
import type { Route } from './route';
import { keyOf, type RouteTable } from './table';

export class ReservedRoutes {
  private readonly routes: ReadonlyMap<string, Route>;
  private readonly groups = new GroupIndex();

  constructor(
    routes: readonly Route[],
    private readonly table: RouteTable,
  ) {
    this.routes = new Map(routes.map((route) => [keyOf(route), route]));
    for (const [key, { group }] of this.routes) this.groups.add(group, key);
  }

  get size(): number {
    return this.routes.size;
  }

  has(key: string): boolean {
    return this.routes.has(key);
  }

  /** The one that a route is, or that has learnt it. */
  ownerOf(route: Route): Route | undefined {
    const key = keyOf(route);
    return this.routes.get(key) ?? this.routes.get(this.table.get(key)?.learnt ?? '');
  }

  /** The one that a route is, or would take streams from. */
  losing(route: Route): Route | undefined {
    for (const key of this.groups.covering(route.group)) {
      const one = this.routes.get(key);
      if (one !== undefined && loses(one, route)) return one;
    }
    return undefined;
  }
}

/** @param to a route for the same groups, or some of them */
function loses(reserved: Route, to: Route): boolean {
  if (excludes(reserved, to)) return false;
  if (isWithin(to.source, reserved.source)) return true;
  // One for more sources is looked at first only where its groups are fewer, or where the kernel has an entry for it.
  const isFirst = to.group !== reserved.group || to.learning === undefined;
  return reserved.learning !== undefined && isFirst && isWithin(reserved.source, to.source);
}

function excludes({ learning }: Route, { source, group }: Route): boolean {
  return learning?.exclude.some((one) => isWithin(group, one) || isWithin(source, one)) === true;
}

/** Whether all of a source or group is in another one. */
function isWithin(text: string, other: string): boolean {
  if (text === other || other === ANY_SOURCE) return true;
  if (text === ANY_SOURCE || !other.includes('/')) return false;
  const [inner, outer] = [parsePrefix(text), parsePrefix(other)] as const;
  return inner !== undefined && outer !== undefined && covers(outer, inner);
}
