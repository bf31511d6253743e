/**
 * The answer of `mfc state`: what the kernel has, by the counters of every route and VIF, beside what the controller thinks it has.
 */
import type { IpVersion } from '../abi/address';
import { ANY_SOURCE, type MfcCounters } from '../abi/family';
import type { KernelEntry } from '../kernel/kernel';
import { Pace } from '../pace';
import type { Guard } from '../routing/guard';
import { describeFaults, together } from '../routing/link-faults';
import type { Filter } from '../routing/request';
import { addOptions, type Output, type Route, routeInterfaces, toOif } from '../routing/route';
import { type Entry, keyOf } from '../routing/table';
import type { RouteJoins } from '../streams/joins/route-joins';
import type { Measures } from '../streams/meters/measures';
import type { UnroutedStream } from '../streams/unrouted-streams';
import { oifName, type RouteState, type StateAnswer, type VifState } from './answers';
import type { Installer } from './installer';
import { cut, isFound, type Page } from './page';
import { downFault, type Survey } from './survey';

const NO_ROUTE_COUNTERS: MfcCounters = { packets: 0, bytes: 0, wrong_if: 0 };
const NO_VIF_COUNTERS = { packets_in: 0, bytes_in: 0, packets_out: 0, bytes_out: 0 };

/** What else is known of routes and streams. */
interface Views {
  readonly joins: RouteJoins;
  readonly measures: Measures;
  readonly guard: Guard;
  /** As `UnroutedStreams` lists them. */
  readonly unrouted: readonly UnroutedStream[];
}

type Keyed = readonly [key: string, entry: Entry];
type Stream = Pick<Route, 'source' | 'group' | 'iif'>;

function matches(stream: Stream, filter: Filter): boolean {
  return (
    (filter.source === undefined || filter.source === stream.source) &&
    (filter.group === undefined || filter.group === stream.group) &&
    (filter.iif === undefined || filter.iif === stream.iif)
  );
}

/** @param page if given, only a part of the routes. The answer says then how many there are, as it does with a filter. */
export async function readState(installer: Installer, views: Views, filter: Filter, page?: Page): Promise<StateAnswer> {
  const survey = installer.survey();
  const entries = Array.from(installer.table.keyed()).filter(([, entry]) => isAsked(entry, filter, page));
  const foreign = Array.from(installer.foreign.values(), (entry) => foreignState(entry, installer)).filter((state) => {
    return matches(state, filter) && (page === undefined || isFound(page, state, state.oifs.map(oifName)));
  });
  const read = ([key, entry]: Keyed): RouteState => routeState(key, entry, installer, views, survey);
  const mfc_rules = await new Pace().map(cut(entries, page), read);
  mfc_rules.push(...cut(foreign, page, entries.length));
  const answer: StateAnswer = {
    status: 'success',
    vif_map: vifMap(installer, views, 4),
    vif6_map: vifMap(installer, views, 6),
    mfc_rules,
    unrouted: views.unrouted.filter((stream) => matches(stream, filter)),
  };
  if (page !== undefined || Object.keys(filter).length > 0) answer.total = entries.length + foreign.length;
  return answer;
}

function isAsked(entry: Entry, filter: Filter, page: Page | undefined): boolean {
  const { route } = entry;
  if (route.isWatch !== undefined || !matches(route, filter)) return false;
  return (
    page === undefined ||
    page.search === '' ||
    isFound(
      page,
      route,
      outputsOf(entry).map(({ name }) => name),
    )
  );
}

/** Fields are written one by one: with thousands of routes, spreading objects into each other takes longer than asking the kernel. */
function routeState(
  key: string,
  entry: Entry,
  installer: Installer,
  { joins, measures, guard }: Views,
  survey: Survey,
): RouteState {
  const { route, installed, reason: why } = entry;
  const counters = installed && countersOf(installed, installer);
  const fault = why ?? (counters === undefined ? TAKEN_OUT : undefined);
  const reason = together(fault, downReason(route, survey)) ?? joins.failure(key)?.message;
  const { packets, bytes, wrong_if } = counters ?? NO_ROUTE_COUNTERS;
  const { source, group, iif } = route;
  const oifs = outputsOf(entry).map(toOif);
  const state = stateOf(installed, counters, reason);
  const answer: RouteState = { source, group, iif, oifs, state, packets, bytes, wrong_if };
  addOptions(answer, route);
  measures.addToRoute(answer, key, route);
  if (why !== undefined) answer.allow_absent = true;
  if (entry.learnt !== undefined) answer.learnt = true;
  if (guard.isReserved(key)) answer.reserved = true;
  if (route.learning !== undefined) answer.streams = installer.table.learntBy(key).size;
  if (reason !== undefined) answer.reason = reason;
  return answer;
}

/** Those that are wanted, or that hosts have opened. */
function outputsOf({ route, installed }: Entry): readonly Output[] {
  return route.members === undefined || installed === undefined ? route.outputs : installed.outputs;
}

/** A route that learns has the counters of what it has learnt and still has. */
function countersOf(route: Route, { table, sockets }: Installer): MfcCounters | undefined {
  const { version, source, group, learning } = route;
  const socket = sockets.get(version);
  if (learning === undefined) return socket?.mfcCounters(source, group);
  const sum = { ...NO_ROUTE_COUNTERS };
  for (const key of table.learntBy(keyOf(route))) {
    const learnt = table.get(key)?.route;
    const counters = learnt && socket?.mfcCounters(learnt.source, learnt.group);
    if (counters === undefined) continue;
    sum.packets += counters.packets;
    sum.bytes += counters.bytes;
    sum.wrong_if += counters.wrong_if;
  }
  return sum;
}

const TAKEN_OUT = 'Another program took it out of the kernel. It is being put back.';

function stateOf(
  installed: Route | undefined,
  counters: MfcCounters | undefined,
  reason: string | undefined,
): RouteState['state'] {
  if (installed === undefined) return 'pending';
  if (counters === undefined) return 'missing';
  return reason === undefined ? 'active' : 'degraded';
}

function downReason(route: Route, survey: Survey): string | undefined {
  return describeFaults(routeInterfaces(route), (name) => downFault(survey.link(name)), route.iif);
}

function foreignState({ version, source, group, iif, outputs }: KernelEntry, installer: Installer): RouteState {
  const nameOf = (ifindex: number): string => installer.kernel.findLinkName(ifindex) ?? '?';
  // An any-source entry has its own incoming interface among the outputs.
  const others = source === ANY_SOURCE ? outputs.filter(({ ifindex }) => ifindex !== iif) : outputs;
  const oifs = others.map(({ ifindex, threshold }) =>
    threshold === 1 ? nameOf(ifindex) : { name: nameOf(ifindex), threshold },
  );
  const { packets, bytes, wrong_if } = installer.sockets.get(version)?.mfcCounters(source, group) ?? NO_ROUTE_COUNTERS;
  return { source, group, iif: nameOf(iif), oifs, state: 'foreign', packets, bytes, wrong_if };
}

function vifMap(
  { table, sockets }: Installer,
  { measures }: Pick<Views, 'measures'>,
  version: IpVersion,
): Record<string, VifState> {
  const vifs = table.vifs[version];
  const states = new Map<string, VifState>();
  for (const vif of vifs.list()) {
    const { vifi, name, ifindex } = vif;
    if (vifs.byName(name) !== vif) continue;
    const counters = sockets.get(version)?.vifCounters(vifi) ?? NO_VIF_COUNTERS;
    const state: VifState = { vifi, ref_count: vifs.refCount(vif), ifindex, ...counters };
    measures.addToVif(state, version, vif);
    states.set(name, state);
  }
  return Object.fromEntries(states);
}
