/**
 * What the tables show: the server's answers as rows. Pure.
 */
import type { LiveInterface, RouteState, TableState, UnroutedStream, VifState } from './answers.js';

/** What is to be seen at a glance of a route; its colour in table and drawing. */
export type Tone = 'flowing' | 'still' | 'degraded' | 'pending' | 'lost' | 'foreign';

const STATES: readonly RouteState['state'][] = ['active', 'pending', 'degraded', 'missing', 'foreign'];

/** Why nothing flows where the server gives no reason, or what to know of it. */
export type Hint = 'foreign' | 'elsewhere' | 'closed' | 'silent';

export interface RouteRow {
  readonly key: string;
  readonly tone: Tone;
  readonly hint: Hint | undefined;
  /** Names only. */
  readonly oifs: readonly string[];
  readonly canDrop: boolean;
  readonly route: RouteState;
}

export interface InterfaceRow {
  /** Its name. */
  readonly key: string;
  readonly state: 'up' | 'idle' | 'down' | 'absent';
  readonly addresses: readonly string[];
  /** Numbers in the IPv4 and in the IPv6 table. */
  readonly vifi?: number;
  readonly vifi6?: number;
  readonly bitsIn?: number;
  readonly bitsOut?: number;
  /** Whether a route can use it. */
  readonly canRoute: boolean;
}

export interface StreamRow {
  readonly key: string;
  readonly stream: UnroutedStream;
}

export const keyOf = ({ source, group }: { source: string; group: string }): string => `${source} ${group}`;

const { compare } = new Intl.Collator('en', { numeric: true });

/** By stream: what was dropped and is back is where it was. */
export function routeRows({ mfc_rules }: TableState): RouteRow[] {
  const sorted = [...mfc_rules].sort((a, b) => compare(a.group, b.group) || compare(a.source, b.source));
  return sorted.map((route) => {
    const isForeign = route.state === 'foreign';
    return {
      key: rowKey(route),
      tone: toneOf(route),
      hint: hintOf(route),
      oifs: route.oifs.map((oif) => (typeof oif === 'string' ? oif : oif.name)),
      // A learnt entry would be back with the next packet.
      canDrop: !isForeign && route.learnt !== true && route.reserved !== true,
      route,
    };
  });
}

/** Another program's entry can have the source and group of a route that waits, and a learnt one those of the route that learnt it. */
function rowKey(route: RouteState): string {
  if (route.state === 'foreign') return `foreign ${keyOf(route)}`;
  return route.learnt === true ? `learnt ${keyOf(route)}` : keyOf(route);
}

function toneOf({ state, alarm_state, packets_per_second = 0 }: RouteState): Tone {
  if (state === 'foreign') return 'foreign';
  if (state === 'pending' || state === 'missing') return 'pending';
  if (alarm_state === 'lost') return 'lost';
  if (state === 'degraded') return 'degraded';
  return packets_per_second > 0 ? 'flowing' : 'still';
}

function hintOf(route: RouteState): Hint | undefined {
  const { state, reason, packets_per_second: packets, wrong_if_per_second: wrong = 0 } = route;
  if (state === 'foreign') return 'foreign';
  if (reason !== undefined) return undefined;
  if (packets === 0 && wrong > 0) return 'elsewhere';
  if (route.members !== undefined && route.oifs.length === 0) return 'closed';
  return packets === 0 && route.age === undefined ? 'silent' : undefined;
}

/** Those with a VIF number first, in the order of the numbers; then all others that can multicast. */
export function interfaceRows(live: readonly LiveInterface[], { vif_map, vif6_map }: TableState): InterfaceRow[] {
  const used = Array.from(new Set([...Object.keys(vif_map), ...Object.keys(vif6_map)]));
  const byName = new Map(live.map((one) => [one.name, one]));
  const rows = used.map((name) => interfaceRow(name, byName.get(name), vif_map[name], vif6_map[name]));
  const unused = live.filter(({ name, multicast }) => multicast && !used.includes(name));
  return [...rows, ...unused.map((one) => interfaceRow(one.name, one, undefined, undefined))];
}

function interfaceRow(
  name: string,
  live: LiveInterface | undefined,
  vif: VifState | undefined,
  vif6: VifState | undefined,
): InterfaceRow {
  const bitsIn = sum(vif?.bits_in_per_second, vif6?.bits_in_per_second);
  const bitsOut = sum(vif?.bits_out_per_second, vif6?.bits_out_per_second);
  return {
    key: name,
    state: linkState(live),
    addresses: tellingAddresses(live?.addresses ?? []),
    ...(vif && { vifi: vif.vifi }),
    ...(vif6 && { vifi6: vif6.vifi }),
    ...(bitsIn !== undefined && { bitsIn }),
    ...(bitsOut !== undefined && { bitsOut }),
    canRoute: live?.multicast === true,
  };
}

function linkState(live: LiveInterface | undefined): InterfaceRow['state'] {
  if (live === undefined) return 'absent';
  if (!live.up) return 'down';
  return live.running ? 'up' : 'idle';
}

/** Those of the link only tell nothing where there are others. */
function tellingAddresses(addresses: readonly string[]): readonly string[] {
  const routed = addresses.filter((address) => !/^fe[89ab]/i.test(address));
  return routed.length > 0 ? routed : addresses;
}

const sum = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined ? b : a + (b ?? 0));

export function streamRows({ unrouted }: TableState): StreamRow[] {
  return unrouted.map((stream) => ({ key: `${keyOf(stream)} ${stream.iif}`, stream }));
}

/** The kernel tells of a stream that flows every ten seconds, and it may take another one to hear of it. */
const TOLD_EVERY_S = 10;
const LATE_S = 1;

/** Seconds since a stream was seen, as exactly as that is known: 0 for one that flows. */
export const seenSince = (seconds: number): number =>
  Math.max(0, Math.floor((seconds - LATE_S) / TOLD_EVERY_S)) * TOLD_EVERY_S;

/** The words of a filter. */
const wordsOf = (filter: string): string[] =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

/** What of a filter the server can look for: one part of an address, a name or a label. It knows no states. */
export function searchOf(filter: string): string {
  const words = wordsOf(filter).filter((word) => !STATES.some((state) => state.startsWith(word)));
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest), '');
}

/** Whether every word of the filter is somewhere in the texts. */
export function matches(filter: string, texts: readonly (string | undefined)[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return wordsOf(filter).every((word) => text.includes(word));
}

export const routeTexts = ({ route, oifs }: RouteRow): (string | undefined)[] => [
  route.source,
  route.group,
  route.iif,
  ...oifs,
  route.label,
  route.state,
];

export const streamTexts = ({ stream }: StreamRow): string[] => [stream.source, stream.group, stream.iif];

/** What brings back a route that went. Its interfaces may have gone as well meanwhile. */
export const undoOf = ({ route }: RouteRow): object => ({ ...route, allow_absent: true });

/** The route that takes a stream to some outputs. */
export const routeFor = ({ source, group, iif }: UnroutedStream, oifs: readonly string[]): object => ({
  source,
  group,
  iif,
  oifs,
});
