/**
 * `mfc set`: the whole wanted table, or the whole of one label, from a message to a plan that changes only what differs.
 */
import { type Decided, decideAdd } from './decide';
import { invalid } from './invalid';
import type { Plan } from './plan';
import { type AddRequest, type Fields, MAX_ROUTES, parseAdd, reading } from './request';
import { formatRoute, isSameRequest, type Route } from './route';
import { shapeOfSet } from './schema';
import { keyOf, type RouteTable, rivalKey } from './table';

/** What a message says of the whole table. */
export interface WholeTable {
  /** Routes as messages have them. */
  readonly rules: readonly unknown[];
  /** Only routes with this label count. */
  readonly label: string | undefined;
  readonly dryRun: boolean;
  /** What holds for all routes, in the words of a message. */
  readonly fields: Fields;
  /** What the list of routes is called in errors. */
  readonly name: string;
}

/** What has to be decided: which routes there should be, and which of those that are there should not. */
export interface Difference {
  readonly wanted: readonly WantedRoute[];
  readonly unwanted: readonly Route[];
  /** Whether messages may change a route that is there. */
  isChangeable(key: string, route: Route): boolean;
}

interface WantedRoute {
  readonly request: AddRequest;
  /** Where in the message it is. */
  readonly at: number;
}

const EXAMPLE =
  'Send an array of all routes, or {"mfc_rules": [...]}: the answer of mfc state, or "previous" out of the answer before.';

/** Throws ERR_MFC_INVALID, which names the field. */
export function parseWholeTable(payload: unknown, fields: Fields): WholeTable {
  return reading(undefined, () => readWholeTable(payload, fields));
}

function readWholeTable(payload: unknown, fields: Fields): WholeTable {
  const isArray = Array.isArray(payload);
  if (!isArray && (typeof payload !== 'object' || payload === null || !('mfc_rules' in payload))) {
    throw invalid(undefined, '', payload, 'is not a table.', EXAMPLE);
  }
  const shape = isArray ? { mfc_rules: payload as unknown[] } : shapeOfSet(payload);
  const { mfc_rules: rules, label, allow_absent, dry_run } = { ...shape, ...fields };
  if (rules.length > MAX_ROUTES) {
    const hint = `Send at most ${MAX_ROUTES} routes in one message.`;
    throw invalid(undefined, isArray ? '' : 'mfc_rules', rules.length, 'is too long.', hint);
  }
  return {
    rules,
    label,
    dryRun: dry_run === true || rules.some(asksForDryRun),
    fields: allow_absent === true ? { allow_absent } : {},
    name: isArray ? 'payload' : 'mfc_rules',
  };
}

function asksForDryRun(rule: unknown): boolean {
  return typeof rule === 'object' && rule !== null && 'dry_run' in rule && rule.dry_run === true;
}

/** One of its routes. With a label for the whole, it has that one. Throws ERR_MFC_INVALID, which names the field. */
export function parseWanted({ rules, label, fields }: WholeTable, at: number): AddRequest {
  const request = parseAdd(rules[at], fields, at);
  const { route, merge } = request;
  if (merge !== undefined) {
    throw invalid(at, 'mode', 'merge', 'is for mfc add: a table has each route as a whole.', 'Leave it out.');
  }
  if (label === undefined || route.label === label) return request;
  if (route.label === undefined) return { ...request, route: { ...route, label } };
  const hint = `Leave it out, or send the whole table without a label of its own.`;
  throw invalid(at, 'label', route.label, `is not '${label}', whose routes are set.`, hint);
}

/**
 * Makes the table of a plan what is wanted. New routes come before those go that are not wanted, so that what both use stays.
 *
 * @param isShort there are not VIF numbers enough for both: what goes, goes first, and routes leave what they are not to have
 */
export function* setWholeTable(
  plan: Plan,
  table: RouteTable,
  whole: WholeTable,
  difference: Difference,
  isShort: boolean,
): Generator<Decided, void> {
  const { wanted, unwanted } = difference;
  if (isShort) {
    yield* drop(plan, unwanted);
    plan.settle();
    plan.makeRoom(wanted.map(({ request }) => request.route));
  }
  for (const { request, at } of wanted) {
    const { route, allowAbsent } = request;
    checkLabel(table, whole, difference, route, at);
    yield { outcome: decideAdd(plan, route, at, allowAbsent || isWaiting(table, route)), route, at };
  }
  if (!isShort) yield* drop(plan, unwanted);
}

function* drop(plan: Plan, routes: readonly Route[]): Generator<Decided, void> {
  for (const route of routes) {
    if (plan.find(keyOf(route)) === undefined) continue; // it made room for its rival
    plan.drop(route);
    yield { outcome: 'deleted', route, at: undefined };
  }
}

/** Whether this very route is there and waits: it may go on waiting. A table is not refused for what it leaves as it is. */
function isWaiting(table: RouteTable, route: Route): boolean {
  if (table.pending + table.degraded === 0) return false; // thousands of routes need not be looked up
  const entry = table.get(keyOf(route));
  return entry?.reason !== undefined && isSameRequest(entry.route, route);
}

/** An answer has more than the routes that messages asked for. */
export function isWanted({ route, origin }: AddRequest, isReserved: (key: string) => boolean): boolean {
  return origin === 'reserved' ? !isReserved(keyOf(route)) : origin === undefined;
}

/**
 * A route of another label would be lost to that one, and the table before could not be set again. Of one that no message may change the
 * guard rails tell.
 */
function checkLabel(
  table: RouteTable,
  { label }: WholeTable,
  { isChangeable }: Pick<Difference, 'isChangeable'>,
  route: Route,
  at: number,
): void {
  if (label === undefined) return;
  for (const key of [keyOf(route), rivalKey(route)]) {
    const entry = table.get(key);
    if (entry === undefined || entry.learnt !== undefined || entry.route.label === label) continue;
    if (!isChangeable(key, entry.route)) continue;
    const owner = entry.route.label === undefined ? 'has no label' : `has the label '${entry.route.label}'`;
    throw invalid(at, 'group', route.group, `is in use: ${formatRoute(route)} ${owner}.`, 'Delete that route first.');
  }
}
