/**
 * What becomes of the requests of messages: each is decided on in a plan, with what was decided on those before it.
 */
import { isOwn } from './entry';
import type { At } from './invalid';
import type { Outcome, Plan } from './plan';
import { contradiction, noOutput, noRoute, otherInput } from './refusals';
import type { AddRequest, DelRequest } from './request';
import { ANY_INTERFACE, isOpenEnded, isSameRequest, type Route, routeKey, withOutputs } from './route';
import { keyOf, openKey } from './table';

/** What becomes of a request. */
export interface Decided {
  readonly outcome: Outcome;
  /** The route, or what is left of it. */
  readonly route: Route;
  /** Where in the message it is. */
  readonly at?: At;
}

/**
 * Throws if an interface cannot be used, no VIF number is left, or the plan has another route for the same stream.
 *
 * @param allowAbsent what an interface is absent for waits until it comes
 */
export function decideAdd(plan: Plan, route: Route, at?: number, allowAbsent = false): Outcome {
  const key = keyOf(route);
  const added = plan.decidedOn(route, key);
  if (added !== undefined && isOwn(added) && !isSameRequest(added.route, route)) throw contradiction(route, at);
  return put(plan, route, key, at, allowAbsent);
}

/** Adds a route, or to the one that is there what the request names. Throws as `decideAdd`. */
export function decideMerge(plan: Plan, request: AddRequest, at?: number): Decided {
  const { route, allowAbsent, merge } = request;
  const before = merge && plan.find(meantKey(plan, route)); // thousands merge with nothing
  if (merge === undefined || before === undefined || !isOwn(before)) {
    return { outcome: decideAdd(plan, route, at, allowAbsent), route, at };
  }
  const merged = merge(before.route);
  // What the route waits for already, it may go on waiting for.
  const isWaiting = before.reason !== undefined;
  if (isWaiting && !allowAbsent) plan.demand({ ...route, iif: ANY_INTERFACE }, at);
  return { outcome: put(plan, merged, keyOf(merged), at, allowAbsent || isWaiting), route: merged, at };
}

/** Throws ERR_MFC_NO_ROUTE for a route or an output that is not there. Answers the route, or what is left of it. */
export function decideDel(plan: Plan, request: DelRequest, at?: number): Decided {
  const entry = plan.find(meantKey(plan, request));
  if (entry === undefined && request.learnt) return { outcome: 'unchanged', route: goneRoute(request), at };
  if (entry === undefined) throw noRoute(request, at);
  const { route } = entry;
  if (request.iif !== undefined && request.iif !== route.iif) throw otherInput(request, route, at);
  const names = request.outputs ?? [];
  const missing = names.find((name) => !route.outputs.some((output) => output.name === name));
  if (missing !== undefined) throw noOutput(missing, route, at);
  const left = withOutputs(route, ({ name }) => !names.includes(name));
  if (request.outputs === undefined || left.outputs.length === 0) {
    plan.drop(route);
    return { outcome: 'deleted', route, at };
  }
  plan.place(left);
  return { outcome: 'replaced', route: left, at };
}

function put(plan: Plan, route: Route, key: string, at: At, allowAbsent: boolean): Outcome {
  if (allowAbsent) return plan.place(route, at);
  if (!isOpenEnded(route)) return plan.install(route, key, at);
  plan.demand(route, at);
  return plan.place(route, at);
}

/** A learnt entry is meant only if no route has the same source and group. */
function meantKey(plan: Plan, { source, group, learnt }: Pick<DelRequest, 'source' | 'group' | 'learnt'>): string {
  const open = openKey(source, group);
  return learnt === undefined && plan.find(open) !== undefined ? open : routeKey(source, group);
}

/** A learnt entry that has gone by itself. */
function goneRoute({ version, source, group }: DelRequest): Route {
  return { version, source, group, iif: ANY_INTERFACE, outputs: [] };
}
