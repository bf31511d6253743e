/**
 * The answer of `mfc state`: what the kernel has, by the counters of every route and VIF, beside what the controller thinks it has.
 */
import type { IpVersion } from '../abi/address';
import type { Filter } from '../routing/request';
import { type Route, routeInterfaces, toRule } from '../routing/route';
import type { Entry, RouteTable } from '../routing/table';
import type { RouteState, StateAnswer, VifState } from './answers';
import { Pace } from './pace';
import type { Sockets, Survey } from './survey';

const NO_ROUTE_COUNTERS = { packets: 0, bytes: 0, wrong_if: 0 };
const NO_VIF_COUNTERS = { packets_in: 0, bytes_in: 0, packets_out: 0, bytes_out: 0 };

function matches(route: Route, filter: Filter): boolean {
  return (
    (filter.source === undefined || filter.source === route.source) &&
    (filter.group === undefined || filter.group === route.group) &&
    (filter.iif === undefined || filter.iif === route.iif)
  );
}

export async function readState(
  table: RouteTable,
  sockets: Sockets,
  survey: Survey,
  filter: Filter,
): Promise<StateAnswer> {
  const entries = Array.from(table.list()).filter((entry) => matches(entry, filter));
  const lost: Record<IpVersion, Set<string>> = { 4: lostNames(table, survey, 4), 6: lostNames(table, survey, 6) };
  const mfc_rules = await new Pace().map(entries, (entry) => routeState(entry, sockets, lost[entry.version]));
  return {
    status: 'success',
    vif_map: vifMap(table, sockets, 4),
    vif6_map: vifMap(table, sockets, 6),
    mfc_rules,
  };
}

function lostNames(table: RouteTable, survey: Survey, version: IpVersion): Set<string> {
  const vifs = table.vifs[version].list().filter((vif) => survey.isLost(version, vif.vifi));
  return new Set(vifs.map((vif) => vif.name));
}

/** Fields are written one by one: with thousands of routes, spreading objects into each other takes longer than asking the kernel. */
function routeState(entry: Entry, sockets: Sockets, lost: ReadonlySet<string>): RouteState {
  const counters =
    entry.pending === undefined ? sockets.get(entry.version)?.mfcCounters(entry.source, entry.group) : undefined;
  const { state, reason } = judge(entry, counters !== undefined, lost);
  const { packets, bytes, wrong_if } = counters ?? NO_ROUTE_COUNTERS;
  const { source, group, iif, oifs, stop_filter, label } = toRule(entry);
  const answer: RouteState = { source, group, iif, oifs, state, packets, bytes, wrong_if };
  if (stop_filter !== undefined) answer.stop_filter = stop_filter;
  if (label !== undefined) answer.label = label;
  if (reason !== undefined) answer.reason = reason;
  return answer;
}

const ACTIVE: Judgement = { state: 'active' };

interface Judgement {
  state: RouteState['state'];
  reason?: string;
}

function judge(entry: Entry, inKernel: boolean, lost: ReadonlySet<string>): Judgement {
  if (entry.pending !== undefined) return { state: 'pending', reason: entry.pending };
  if (!inKernel) return { state: 'missing', reason: 'Another program took it out of the kernel. Add it again.' };
  const gone = lost.size === 0 ? undefined : routeInterfaces(entry).find((name) => lost.has(name));
  if (gone === undefined) return ACTIVE;
  return { state: 'degraded', reason: `Interface '${gone}' is gone. Add the route again when it is back.` };
}

function vifMap(table: RouteTable, sockets: Sockets, version: IpVersion): Record<string, VifState> {
  const vifs = table.vifs[version];
  return Object.fromEntries(
    vifs.list().map((vif) => [
      vif.name,
      {
        vifi: vif.vifi,
        ref_count: vifs.refCount(vif),
        ifindex: vif.ifindex,
        ...(sockets.get(version)?.vifCounters(vif.vifi) ?? NO_VIF_COUNTERS),
      },
    ]),
  );
}
