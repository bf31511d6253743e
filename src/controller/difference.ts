/**
 * A whole table that is wanted, against what is there.
 */
import type { Pace } from '../pace';
import type { Guard } from '../routing/guard';
import type { AddRequest } from '../routing/request';
import type { Route, Rule } from '../routing/route';
import { keyOf, type RouteTable } from '../routing/table';
import { type Difference, isWanted, type WholeTable } from '../routing/whole-table';
import { type WantedTable, wantedRule } from './answers';

interface Compared {
  readonly difference: Difference;
  /** What is there, as a message would want it. */
  readonly previous: WantedTable;
}

export async function compare(
  whole: WholeTable,
  requests: readonly AddRequest[],
  table: RouteTable,
  guard: Guard,
  pace: Pace,
): Promise<Compared> {
  const isReserved = (key: string): boolean => guard.isReserved(key);
  const isChangeable = (key: string, route: Route): boolean => guard.isChangeable(key, route);
  const numbered = await pace.map(requests, (request, at) => ({ request, at }));
  const wanted = numbered.filter(({ request }) => isWanted(request, isReserved));
  const keys = new Set(await pace.map(wanted, ({ request }) => keyOf(request.route)));
  const mfc_rules: Rule[] = [];
  const unwanted: Route[] = [];
  await pace.map(table.listOwn(), (route) => {
    if (whole.label !== undefined && route.label !== whole.label) return;
    const key = keyOf(route);
    if (!isChangeable(key, route)) return;
    mfc_rules.push(wantedRule(route, table.get(key)));
    if (!keys.has(key)) unwanted.push(route);
  });
  return { difference: { wanted, unwanted, isChangeable }, previous: { ...labelOf(whole), mfc_rules } };
}

/** As a message and an answer have it. */
export function labelOf({ label }: WholeTable): { label?: string } {
  return label === undefined ? {} : { label };
}
