/**
 * A multicast route as this package thinks of it, and as users read it.
 *
 * A Route is immutable and in canonical form: any source is `*`, IPv6 addresses are spelled as RFC 5952 says, outputs have their
 * thresholds. Two routes with the same source and group are the same route.
 */
import type { IpVersion } from '../abi/address';

export interface Output {
  /** Interface name. */
  readonly name: string;
  /** A packet leaves here if its TTL is above this, 1–254. Always 1 in IPv6, which has no thresholds. */
  readonly threshold: number;
}

export interface Route {
  readonly version: IpVersion;
  /** Address of the sender, or `*` for any. */
  readonly source: string;
  readonly group: string;
  /** Name of the interface that the stream comes in by. */
  readonly iif: string;
  /** Empty in a stop filter: the stream is taken in and sent nowhere. */
  readonly outputs: readonly Output[];
  readonly label?: string;
}

/** A route as messages and the state file spell it. Feeding one to `mfc add` gives the same route. */
export interface Rule {
  source: string;
  group: string;
  iif: string;
  oifs: (string | Output)[];
  stop_filter?: true;
  label?: string;
}

/** What tells routes apart: one entry of the forwarding cache per source and group. */
export function routeKey(source: string, group: string): string {
  return `${source} ${group}`;
}

/** `(10.1.1.5, 239.10.20.30)`, the notation of the multicast RFCs. */
export function formatRoute({ source, group }: { source: string; group: string }): string {
  return `(${source}, ${group})`;
}

/** Whether both mean the same entry in the kernel. The order of outputs and the label mean nothing there. */
export function sameForwarding(a: Route, b: Route): boolean {
  return (
    a.iif === b.iif &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every((x) => b.outputs.some((y) => x.name === y.name && x.threshold === y.threshold))
  );
}

/** The interfaces that a route uses, once per role. */
export function routeInterfaces(route: Route): string[] {
  return [route.iif, ...route.outputs.map((output) => output.name)];
}

/** The route with other names for its interfaces. An output that only waited for one of the new names is left out. */
export function renamed(route: Route, names: ReadonlyMap<string, string>): Route {
  const nameOf = (name: string): string => names.get(name) ?? name;
  const iif = nameOf(route.iif);
  const taken = new Set([iif, ...route.outputs.filter(({ name }) => names.has(name)).map(({ name }) => nameOf(name))]);
  const outputs = route.outputs
    .filter(({ name }) => names.has(name) || !taken.has(name))
    .map((output) => ({ ...output, name: nameOf(output.name) }));
  return { ...route, iif, outputs };
}

/** The route with some of its outputs only. Answers `route` itself if that is all of them. */
export function withOutputs(route: Route, keep: (output: Output) => boolean): Route {
  const outputs = route.outputs.filter(keep);
  return outputs.length === route.outputs.length ? route : { ...route, outputs };
}

export function toRule(route: Route): Rule {
  const rule: Rule = {
    source: route.source,
    group: route.group,
    iif: route.iif,
    oifs: route.outputs.map((output) => (output.threshold === 1 ? output.name : output)),
  };
  if (route.outputs.length === 0) rule.stop_filter = true;
  if (route.label !== undefined) rule.label = route.label;
  return rule;
}
