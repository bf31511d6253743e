/**
 * What of a route its interfaces allow now.
 */
import { linkFault } from './refusals';
import { isOpenEnded, isPattern, matchesPattern, type Output, type Route, routeInterfaces, withOutputs } from './route';
import type { World } from './world';

export interface Resolved {
  /** What can be in the kernel; undefined if the route has to wait. */
  readonly installed: Route | undefined;
  /** Why that is not all of it. */
  readonly reason: string | undefined;
}

/** The interfaces that a route names, whatever it uses. */
export function namedInterfaces(route: Route): readonly string[] {
  const among = route.members?.among;
  return among === undefined ? routeInterfaces(route) : [...routeInterfaces(route), ...among];
}

/** Why a pattern means no interface. */
export function noMatch(pattern: string): string {
  return `No interface matches '${pattern}'.`;
}

export function resolve(route: Route, world: World): Resolved {
  const fault = (name: string): string | undefined => linkFault(world.link(name), name);
  const isUsable = (name: string): boolean => fault(name) === undefined;
  const reason = namedInterfaces(route)
    .map(fault)
    .find((one) => one !== undefined);
  const usable = withOutputs(route, ({ name }) => isUsable(name));
  if (isEmptied(usable, route) || !(isPattern(route.iif) || isUsable(route.iif)))
    return { installed: undefined, reason };
  return isOpenEnded(route) ? fill(usable, world, isUsable, reason) : { installed: usable, reason };
}

/** Whether nothing is left of a route that names outputs. */
export function isEmptied(installed: Route, wanted: Route): boolean {
  return installed.outputs.length === 0 && wanted.outputs.length > 0;
}

/** With the interfaces that it does not name, but takes streams from, or opens when somebody joins there. */
function fill(route: Route, world: World, isUsable: (name: string) => boolean, reason: string | undefined): Resolved {
  const { iif, members } = route;
  const inputs = isPattern(iif) ? world.linkNames().filter((name) => matchesPattern(iif, name) && isUsable(name)) : [];
  if (isPattern(iif) && inputs.length === 0) return { installed: undefined, reason: reason ?? noMatch(iif) };
  if (members === undefined) return { installed: { ...route, reserved: inputs }, reason };
  const among = members.among ?? world.linkNames().filter((name) => name !== iif);
  const reserved = Array.from(new Set([...inputs, ...among.filter(isUsable)]));
  const outputs = route.learning === undefined ? openOutputs({ ...route, reserved }, route, world) : [];
  return { installed: { ...route, outputs, reserved }, reason };
}

/** The outputs that hosts have opened for a stream by joining. */
export function openOutputs(
  { version, members, reserved = [] }: Route,
  { source, group, iif }: Pick<Route, 'source' | 'group' | 'iif'>,
  world: Pick<World, 'isMember'>,
): Output[] {
  const stream = { source, group, timeout: members?.timeout };
  const among = members?.among ?? reserved;
  return reserved
    .filter((name) => name !== iif && among.includes(name) && world.isMember(version, name, stream))
    .map((name) => ({ name, threshold: 1 }));
}
