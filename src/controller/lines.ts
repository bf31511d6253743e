/**
 * What a plan changes, as lines for people: a sign, the stream, its way.
 *
 *   + (10.1.1.5, 239.10.20.30) eth1 → eth2, eth3
 *   ~ (10.1.1.6, 239.10.20.31) eth1 → eth2 becomes eth1 → eth3
 *   - (10.1.1.7, 239.10.20.32) eth1 → eth2
 */
import { ownRoute } from '../routing/entry';
import type { Plan } from '../routing/plan';
import { formatRoute, isPattern, type Route, type Rule, toRule } from '../routing/route';
import type { Entry, RouteTable } from '../routing/table';

/** Ask before the plan is carried out. */
export function linesOf(plan: Plan, table: RouteTable): string[] {
  const lines: string[] = [];
  for (const [key, now] of plan.next.changes) {
    const line = lineOf(table.get(key), now);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

function lineOf(before: Entry | undefined, now: Entry | undefined): string | undefined {
  const was = routeOf(before);
  const is = routeOf(now);
  if (is === undefined) return was && `- ${formatRoute(was)} ${wayOf(was)}`;
  const waits = now?.reason === undefined ? '' : `, waits: ${now.reason}`;
  if (was === undefined) return `+ ${formatRoute(is)} ${wayOf(is)}${optionsOf(is)}${waits}`;
  const [from, to] = wayOf(was) === wayOf(is) ? [optionsOf(was), optionsOf(is)] : [` ${wayOf(was)}`, ` ${wayOf(is)}`];
  return `~ ${formatRoute(is)}${from} becomes${to === '' ? ' plain' : to}${waits}`;
}

/** Learnt entries follow the routes of messages, and what watches gives way to them: of these no line tells. */
function routeOf(entry: Entry | undefined): Route | undefined {
  const route = ownRoute(entry);
  return route?.isWatch === undefined ? route : undefined;
}

/** `eth1 → eth2, eth3 (above TTL 16)`. */
function wayOf({ iif, outputs, members }: Route): string {
  const input = isPattern(iif) ? `any of ${iif}` : iif;
  if (members !== undefined)
    return `${input} → where hosts join${members.among ? ` among ${members.among.join(', ')}` : ''}`;
  if (outputs.length === 0) return `${input} → nowhere`;
  const names = outputs.map(({ name, threshold }) => (threshold === 1 ? name : `${name} (above TTL ${threshold})`));
  return `${input} → ${names.join(', ')}`;
}

/** What else the route has, as a message spells it. */
function optionsOf(route: Route): string {
  const { source, group, iif, oifs, stop_filter, members, ...options }: Rule = toRule(route);
  return Object.keys(options).length === 0 ? '' : ` ${JSON.stringify(options)}`;
}
