/**
 * A multicast route as this package thinks of it, and as users read it.
 *
 * A Route is immutable and in canonical form: any source is `*`, IPv6 addresses are spelled as RFC 5952 says, prefixes have no bits
 * beyond their length, outputs have their thresholds. Two routes with the same source and group are the same route.
 */
import type { IpVersion } from '../abi/address';

export interface Output {
  /** Interface name. */
  readonly name: string;
  /** A packet leaves here if its TTL is above this, 1–254. Always 1 in IPv6, which has no thresholds. */
  readonly threshold: number;
}

/** A route whose source or group is a prefix, or whose input is left open: each stream that matches gets an entry of its own. */
export interface Learning {
  /** Prefixes of groups and sources that are not taken. */
  readonly exclude: readonly string[];
  /** Seconds without packets after which the entry of a stream goes. */
  readonly idleTimeout: number;
}

/** Outputs are the interfaces where a host has joined. */
export interface Members {
  /** The interfaces that count; all but the input if absent. */
  readonly among?: readonly string[];
  /** Seconds after which a host that did not report again is gone, also where nobody queries. */
  readonly timeout?: number;
}

export interface Alarm {
  /** Seconds without packets after which the stream counts as lost. */
  readonly idle: number;
}

export interface Route {
  readonly version: IpVersion;
  /** Address of the sender, a prefix, or `*` for any. */
  readonly source: string;
  /** An address or a prefix. */
  readonly group: string;
  /** Name of the interface that the stream comes in by. A route that learns may have a pattern, `eth+`, or `*` for any. */
  readonly iif: string;
  /** Empty in a stop filter, where the stream is taken in and sent nowhere, and where hosts open them by joining. */
  readonly outputs: readonly Output[];
  readonly label?: string;
  /** The group is joined on the input. */
  readonly join?: true;
  readonly alarm?: Alarm;
  /** When the route goes by itself, milliseconds since the epoch. */
  readonly expiresAt?: number;
  readonly learning?: Learning;
  readonly members?: Members;
  /** No message asked for it: it is there so that its interfaces have VIFs, see watching.ts. */
  readonly isWatch?: true;
  /** Interfaces that it takes streams from or opens later: they have VIFs. Only in what is installed. */
  readonly reserved?: readonly string[];
}

/** A route as messages and the state file spell it. Feeding one to `mfc add` gives the same route. */
export interface Rule {
  source: string;
  group: string;
  iif: string;
  oifs: (string | Output)[];
  stop_filter?: true;
  /** It waits for interfaces, and may. In answers only: a saved route may wait in any case. */
  allow_absent?: true;
  label?: string;
  join?: true;
  alarm?: Alarm;
  /** Seconds that are left. */
  expires_in?: number;
  /** Milliseconds since the epoch; in the file only. */
  expires_at?: number;
  exclude?: readonly string[];
  idle_timeout?: number;
  /** Hosts open the outputs by joining: `oifs` are those that are open now. */
  members?: Members;
}

/** Any interface, as the input of a route that learns. */
export const ANY_INTERFACE = '*';

/** What tells routes apart: one entry of the forwarding cache per source and group. */
export function routeKey(source: string, group: string): string {
  return `${source} ${group}`;
}

/** `(10.1.1.5, 239.10.20.30)`, the notation of the multicast RFCs. */
export function formatRoute({ source, group }: { source: string; group: string }): string {
  return `(${source}, ${group})`;
}

/** Whether both are the same entry in the kernel. The order of outputs and the label mean nothing there. */
export function sameEntry(a: Route, b: Route): boolean {
  return (
    a.iif === b.iif &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every((x) => b.outputs.some((y) => x.name === y.name && x.threshold === y.threshold))
  );
}

/** Whether both need the same of the kernel: the same entries, now and for the streams that they learn, and the same VIFs. */
export function sameForwarding(a: Route, b: Route): boolean {
  return sameEntry(a, b) && sameSet(a.reserved, b.reserved) && sameSet(a.learning?.exclude, b.learning?.exclude);
}

/** Whether both are the same in all that the kernel's entries do not show. A route that learns has no entry, but it has these. */
export function sameOptions(a: Route, b: Route): boolean {
  return (
    a.label === b.label &&
    a.join === b.join &&
    a.alarm?.idle === b.alarm?.idle &&
    a.expiresAt === b.expiresAt &&
    a.learning?.idleTimeout === b.learning?.idleTimeout &&
    (a.learning === undefined) === (b.learning === undefined) &&
    sameMembers(a, b)
  );
}

/** Whether the outputs of both open for the same hosts, or for none. */
export function sameMembers({ members: a }: Route, { members: b }: Route): boolean {
  return (a === undefined) === (b === undefined) && a?.timeout === b?.timeout && sameSet(a?.among, b?.among);
}

/** Whether two messages ask for the same interfaces. Outputs that hosts open are not those of a stop filter. */
export function isSameRequest(a: Route, b: Route): boolean {
  return sameForwarding(a, b) && sameMembers(a, b);
}

function sameSet(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.length === b.length && a.every((one) => b.includes(one));
}

/** Whether entries are made for each stream that matches: source or group is a prefix, or the input is left open. */
export function learns({ source, group, iif }: Pick<Route, 'source' | 'group' | 'iif'>): boolean {
  return isPattern(iif) || source.includes('/') || group.includes('/');
}

/** Whether the input of a route is any interface with a name like this. */
export function isPattern(iif: string): boolean {
  return iif === ANY_INTERFACE || iif.endsWith('+');
}

/** Whether a pattern, or a plain name, means an interface. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (pattern === ANY_INTERFACE) return true;
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether the interfaces of a route can change without a message: others may come that match. */
export function isOpenEnded({ iif, members }: Route): boolean {
  return members !== undefined || isPattern(iif);
}

/** The interfaces that a route uses, once per role. */
export function routeInterfaces({ iif, outputs, reserved }: Route): string[] {
  const names = isPattern(iif) ? [] : [iif];
  for (const { name } of outputs) names.push(name);
  if (reserved !== undefined) for (const name of reserved) if (!names.includes(name)) names.push(name);
  return names;
}

/** The route with other names for its interfaces. What only waited for one of the new names is left out. */
export function renamed(route: Route, names: ReadonlyMap<string, string>): Route {
  const nameOf = (name: string): string => names.get(name) ?? name;
  const iif = nameOf(route.iif);
  const left = (before: readonly string[]): Set<string> => {
    const taken = new Set([iif, ...before.filter((name) => names.has(name)).map(nameOf)]);
    return new Set(before.filter((name) => names.has(name) || !taken.has(name)));
  };
  const named = left(route.outputs.map(({ name }) => name));
  const outputs = route.outputs
    .filter(({ name }) => named.has(name))
    .map((output) => ({ ...output, name: nameOf(output.name) }));
  const { members, reserved, ...rest } = route;
  const among = members?.among && Array.from(left(members.among), nameOf);
  return {
    ...rest,
    iif,
    outputs,
    // Where none is left, no host can open an output any more: that is a stop filter.
    ...(members === undefined || among?.length === 0
      ? {}
      : { members: among === undefined ? members : { ...members, among } }),
    ...(reserved === undefined ? {} : { reserved: reserved.map(nameOf) }),
  };
}

/** The route with some of its outputs only. Answers `route` itself if that is all of them. */
export function withOutputs(route: Route, keep: (output: Output) => boolean): Route {
  const outputs = route.outputs.filter(keep);
  return outputs.length === route.outputs.length ? route : { ...route, outputs };
}

export function toRule(route: Route): Rule {
  const { source, group, iif, outputs } = route;
  return addOptions({ source, group, iif, oifs: outputs.map(toOif) }, route);
}

/** Objects of their own: who gets a rule may change it. */
export function toOif({ name, threshold }: Output): string | Output {
  return threshold === 1 ? name : { name, threshold };
}

/** Writes into a rule what a route has besides its stream and its interfaces. */
export function addOptions<R extends Rule>(rule: R, route: Route): R {
  const { members } = route;
  if (route.outputs.length === 0 && members === undefined) rule.stop_filter = true;
  if (route.label !== undefined) rule.label = route.label;
  if (route.join !== undefined) rule.join = route.join;
  if (route.alarm !== undefined) rule.alarm = { ...route.alarm };
  if (route.expiresAt !== undefined) rule.expires_in = secondsUntil(route.expiresAt);
  if (route.learning !== undefined) {
    if (route.learning.exclude.length > 0) rule.exclude = [...route.learning.exclude];
    rule.idle_timeout = route.learning.idleTimeout;
  }
  if (members !== undefined) rule.members = copyOf(members);
  return rule;
}

/** Above 0, so that the rule can be sent back, also when the time is just over. */
function secondsUntil(time: number): number {
  return Math.max(1, Math.round(time - Date.now())) / 1000;
}

function copyOf({ among, ...rest }: Members): Members {
  return among === undefined ? rest : { ...rest, among: [...among] };
}

/** The route as the file has it: a lease ends when it ends, however long nobody looked. */
export function toSavedRule(route: Route): Rule {
  const rule = toRule(route);
  if (route.expiresAt === undefined) return rule;
  delete rule.expires_in;
  return { ...rule, expires_at: route.expiresAt };
}
