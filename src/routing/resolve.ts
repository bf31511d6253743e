/**
 * What of a route its interfaces allow now.
 */
import { describeFaults, faultOf, type LinkFault, noMatch, together } from './link-faults';
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

export function resolve(route: Route, world: World): Resolved {
  const { iif } = route;
  const fault = (name: string): LinkFault | undefined => faultOf(world.link(name));
  const isUsable = (name: string): boolean => fault(name) === undefined;
  const faults = describeFaults(namedInterfaces(route), fault, iif);
  const inputs = isPattern(iif) ? inputsOf(iif, world, isUsable) : undefined;
  const reason = inputs?.length === 0 ? together(noMatch(iif), faults) : faults;
  const usable = faults === undefined ? route : withOutputs(route, ({ name }) => isUsable(name));
  const hasInput = inputs === undefined ? isUsable(iif) : inputs.length > 0;
  if (!hasInput || isEmptied(usable, route)) return { installed: undefined, reason };
  return { installed: isOpenEnded(route) ? fill(usable, inputs ?? [], world, isUsable) : usable, reason };
}

function inputsOf(pattern: string, world: World, isUsable: (name: string) => boolean): readonly string[] {
  return world.linkNames().filter((name) => matchesPattern(pattern, name) && isUsable(name));
}

/** Whether nothing is left of a route that names outputs. */
export function isEmptied(installed: Route, wanted: Route): boolean {
  return installed.outputs.length === 0 && wanted.outputs.length > 0;
}

/** With the interfaces that it does not name, but takes streams from, or opens when somebody joins there. */
function fill(route: Route, inputs: readonly string[], world: World, isUsable: (name: string) => boolean): Route {
  const { iif, members } = route;
  if (members === undefined) return { ...route, reserved: inputs };
  const among = members.among ?? world.linkNames().filter((name) => name !== iif);
  const reserved = Array.from(new Set([...inputs, ...among.filter(isUsable)]));
  const outputs = route.learning === undefined ? openOutputs({ ...route, reserved }, route, world) : [];
  return { ...route, outputs, reserved };
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
