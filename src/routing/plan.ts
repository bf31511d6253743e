/**
 * (state, requests) → operations and next state. Pure: nothing is changed until the controller has run the operations.
 *
 * Order is an invariant (test/routing/order.test.ts): VIFs before the route that needs them, a route before the VIFs that it no longer
 * needs. So a VIF number is never free while an entry in the kernel names it, and after every single step each route is whole.
 */
import type { IpVersion } from '../abi/address';
import { because, isOwn, isRenewal, isSame } from './entry';
import type { At } from './invalid';
import { LearntPlan } from './learnt-plan';
import type { MfcOperation, Operation } from './operation';
import { contradiction, linkFault, noOutput, noRoute, noVif, otherInput } from './refusals';
import type { AddRequest, DelRequest } from './request';
import { isEmptied, resolve } from './resolve';
import {
  ANY_INTERFACE,
  isOpenEnded,
  isSameRequest,
  type Route,
  routeInterfaces,
  routeKey,
  sameEntry,
  withOutputs,
} from './route';
import {
  type Cause,
  type Changes,
  type Entry,
  keyOf,
  openKey,
  type RouteTable,
  rivalKey,
  type TableState,
  type Vifs,
} from './table';
import { entryOf, VifPlan } from './vif-plan';
import type { World } from './world';

export type Outcome = 'added' | 'replaced' | 'renewed' | 'unchanged' | 'deleted';

/** What becomes of a request. */
export interface Decided {
  readonly outcome: Outcome;
  /** The route, or what is left of it. */
  readonly route: Route;
  /** Where in the message it is. */
  readonly at?: At;
}

export class Plan {
  private readonly steps: Operation[] = [];
  private readonly vifs: VifPlan;
  private readonly learnt: LearntPlan;
  private readonly changes = new Map<string, Entry | undefined>();
  /** Routes that learn, as they were: what they have learnt uses their VIFs until it has followed. */
  private readonly left: Route[] = [];
  /** Routes that only watch and have left their VIF numbers to others: at the end they take what is left. */
  private readonly unwatched: Route[] = [];
  private waiting = 0;
  /** Interfaces that a route takes if it can were left out: there are no VIF numbers for them. */
  isShort = false;
  /** Why routes go, if not because they are deleted. */
  cause: Cause | undefined;

  /** @param wished VIF numbers to take where they are free */
  constructor(
    private readonly table: RouteTable,
    private readonly world: World,
    wished: Vifs = table.vifs,
  ) {
    this.vifs = new VifPlan(table.vifs, world, wished, this.steps, (version) => this.unwatch(version));
    this.learnt = new LearntPlan(table, world, {
      find: (key) => this.find(key),
      changed: () => this.changes.keys(),
      change: (key, entry) => this.change(key, entry),
    });
  }

  /** Routes that learn are changed, or what they have learnt: nothing may be learnt while it is carried out. */
  get isLearning(): boolean {
    return this.learnt.isTouched;
  }

  /** The steps in the kernel. Ask when all is decided. */
  get operations(): readonly Operation[] {
    this.settle();
    return this.steps;
  }

  /** Ask when all is decided. */
  get next(): TableState {
    this.settle();
    return { vifs: this.vifs.vifs, changes: this.changes, cause: this.cause };
  }

  /** What is decided so far; what was learnt follows at the end. */
  get decided(): Changes {
    return this.changes;
  }

  /** The entry as it will be. */
  find(key: string): Entry | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.table.get(key);
  }

  /** Whether every route of the plan will be in the kernel as it is wanted. */
  get isWhole(): boolean {
    return this.waiting === 0 && this.table.pending + this.table.degraded === 0;
  }

  /**
   * Throws if an interface cannot be used, no VIF number is left, or this plan has another route for the same stream.
   *
   * @param allowAbsent what an interface is absent for waits until it comes
   */
  add(route: Route, at?: number, allowAbsent = false): Outcome {
    const key = keyOf(route);
    const added = this.changes.get(key) ?? (this.mayHaveRival(route) ? this.changes.get(rivalKey(route)) : undefined);
    if (added !== undefined && isOwn(added) && !isSameRequest(added.route, route)) throw contradiction(route, at);
    return this.install(route, key, at, allowAbsent);
  }

  /** Adds a route, or to the one that is there what the request names. Throws as `add`. */
  merge(request: AddRequest, at?: number): Decided {
    const { route, allowAbsent, merge } = request;
    const before = merge && this.find(this.keyOf(route)); // thousands merge with nothing
    if (merge === undefined || before === undefined || !isOwn(before)) {
      return { outcome: this.add(route, at, allowAbsent), route, at };
    }
    const merged = merge(before.route);
    // What the route waits for already, it may go on waiting for.
    const isWaiting = before.reason !== undefined;
    if (isWaiting && !allowAbsent) this.vifs.demand({ ...route, iif: ANY_INTERFACE }, at);
    return { outcome: this.install(merged, keyOf(merged), at, allowAbsent || isWaiting), route: merged, at };
  }

  private install(route: Route, key: string, at: At, allowAbsent: boolean): Outcome {
    if (allowAbsent) return this.place(route, at);
    if (isOpenEnded(route)) {
      this.vifs.demand(route, at);
      return this.place(route, at);
    }
    this.vifs.acquire(route, at);
    return this.put({ route, installed: route }, key);
  }

  /** Puts of a route what its interfaces allow. Does nothing if that is how it is. */
  place(route: Route, at?: number): Outcome {
    return this.put(this.acquireUsable(route, at));
  }

  /** Hosts have joined or left: the outputs of learnt entries open and close. */
  reopen(keys: Iterable<string>): void {
    this.learnt.reopen(keys);
  }

  /** Interfaces have other names: learnt entries are of the routes that take their streams now. */
  relearn(): void {
    this.learnt.reconsider();
  }

  /** Keeps a route as it is in the kernel, or not there at all, and notes why. */
  keep(route: Route, reason: string): void {
    this.changes.set(keyOf(route), { route, installed: this.find(keyOf(route))?.installed, reason });
  }

  /** Throws ERR_MFC_NO_ROUTE for a route or an output that is not there. Answers the route, or what is left of it. */
  del(request: DelRequest, at?: number): Decided {
    const key = this.keyOf(request);
    const entry = this.find(key);
    if (entry === undefined && request.learnt) return { outcome: 'unchanged', route: goneRoute(request), at };
    if (entry === undefined) throw noRoute(request, at);
    const { route } = entry;
    if (request.iif !== undefined && request.iif !== route.iif) throw otherInput(request, route, at);
    const names = request.outputs ?? [];
    const missing = names.find((name) => !route.outputs.some((output) => output.name === name));
    if (missing !== undefined) throw noOutput(missing, route, at);
    const left = withOutputs(route, ({ name }) => !names.includes(name));
    if (request.outputs === undefined || left.outputs.length === 0) {
      this.drop(route);
      return { outcome: 'deleted', route, at };
    }
    this.place(left);
    return { outcome: 'replaced', route: left, at };
  }

  /** The table of a family is no longer ours: nothing of it is in the kernel as far as we know, and its routes wait. */
  lose(version: IpVersion, reason: string): void {
    this.vifs.loseAll(version);
    for (const [key, { route, learnt }] of this.table.keyed()) {
      if (route.version !== version) continue;
      this.changes.set(key, learnt === undefined ? { route, installed: undefined, reason } : undefined);
    }
  }

  /** Takes a route out, wherever it is. */
  drop(route: Route): void {
    const key = keyOf(route);
    const before = this.find(key);
    this.changes.set(key, undefined);
    this.replace(before, undefined);
  }

  /**
   * Interfaces were deleted, and the kernel has lost their VIFs with these numbers. Answers the names of those that routes use: every
   * route has to leave them in this plan.
   */
  loseVifs(version: IpVersion, gone: ReadonlySet<number>): Set<string> {
    return this.vifs.lose(version, gone);
  }

  /** Takes a route off interfaces that were deleted. Learnt entries follow the route that made them. */
  leave(entry: Entry, names: ReadonlySet<string>): void {
    const { route, installed } = entry;
    const name = installed && routeInterfaces(installed).find((one) => names.has(one));
    if (installed === undefined || name === undefined || !isOwn(entry)) return;
    const rest = without(installed, names);
    const left = names.has(rest.iif) || isEmptied(rest, route) ? undefined : rest;
    if (left !== undefined) this.vifs.retain(left);
    this.changes.set(keyOf(route), { route, installed: left, ...because(linkFault(undefined, name)) });
    this.replace(entry, left);
  }

  /** Deletes the VIFs that no route uses. */
  freeUnused(version: IpVersion): void {
    this.vifs.freeUnused(version);
  }

  /** Makes `entry` what the table has. The interfaces of what is to be in the kernel are acquired. */
  private put(entry: Entry, key = keyOf(entry.route)): Outcome {
    const rival = this.mayHaveRival(entry.route) ? this.find(rivalKey(entry.route)) : undefined;
    if (rival !== undefined && isOwn(rival) && rivalKey(entry.route) !== key) {
      this.set(entry, key);
      this.drop(rival.route);
      return 'replaced';
    }
    return this.set(entry, key);
  }

  /** Most tables have no route that learns: thousands of routes need not be compared with any. */
  private mayHaveRival({ learning }: Route): boolean {
    return learning !== undefined || this.isLearning || this.table.learning.size > 0;
  }

  private set(entry: Entry, key: string): Outcome {
    const before = this.find(key);
    const isAsBefore = before !== undefined && isSame(before, entry);
    if (!isAsBefore) this.changes.set(key, entry);
    this.replace(before, entry.installed);
    if (entry.reason !== undefined && entry.route.isWatch === undefined) this.waiting++;
    if (isAsBefore) return 'unchanged';
    if (before !== undefined && isRenewal(before, entry)) return 'renewed';
    return before === undefined || !isOwn(before) || (before.installed === undefined && entry.installed !== undefined)
      ? 'added'
      : 'replaced';
  }

  /** The kernel step from one form of a route to another. What `after` needs is acquired; what `before` needed is given back. */
  private replace(before: Entry | undefined, after: Route | undefined): void {
    const installed = before?.installed;
    this.rewrite(
      installed?.learning === undefined ? installed : undefined,
      after?.learning === undefined ? after : undefined,
    );
    const isNew = this.learnt.note(installed, after);
    if (before === undefined || installed === undefined || !isOwn(before)) return;
    if (isNew && installed.learning !== undefined) this.left.push(installed);
    else this.vifs.release(installed);
  }

  /** What was learnt follows, and what nobody needs any more is free. To be called before the end only by who needs VIF numbers. */
  settle(): void {
    this.learnt.settle();
    for (const route of this.left.splice(0)) this.vifs.release(route);
    for (const route of this.unwatched.splice(0)) this.watch(route);
  }

  /** Answers whether any number was given back. */
  private unwatch(version: IpVersion): boolean {
    let isAny = false;
    for (const key of this.table.learning) {
      const entry = this.find(key);
      if (entry?.route.isWatch === undefined || entry.route.version !== version || entry.installed === undefined)
        continue;
      this.changes.set(key, { route: entry.route, installed: undefined });
      this.vifs.release(entry.installed);
      this.unwatched.push(entry.route);
      isAny = true;
    }
    return isAny;
  }

  private watch(route: Route): void {
    const { isShort } = this;
    try {
      this.place(route);
    } catch (error) {
      this.keep(route, error instanceof Error ? error.message : String(error));
    }
    this.isShort = isShort; // what it does without is no route's
  }

  /** The kernel step from one form of an entry to another. */
  private rewrite(before: Route | undefined, after: Route | undefined): void {
    if (after !== undefined && (before === undefined || !sameEntry(before, after))) {
      const step = this.mfc('add_mfc', after, before);
      if (before !== undefined || !this.world.has(step)) this.steps.push(step);
    } else if (after === undefined && before !== undefined) {
      this.steps.push(this.mfc('del_mfc', before));
    }
  }

  /** A learnt entry is meant only if no route has the same source and group. */
  private keyOf({ source, group, learnt }: Pick<DelRequest, 'source' | 'group' | 'learnt'>): string {
    const open = openKey(source, group);
    return learnt === undefined && this.find(open) !== undefined ? open : routeKey(source, group);
  }

  /** Another form of a learnt entry, or none. */
  private change(key: string, entry: Entry | undefined): void {
    this.rewrite(this.find(key)?.installed, entry?.installed);
    this.changes.set(key, entry);
  }

  /** What of a route its interfaces allow now. */
  private acquireUsable(route: Route, at: At): Entry {
    const resolved = resolve(route, this.world);
    const { installed, lacking } = this.vifs.fit(resolved.installed);
    if (lacking !== undefined) this.isShort = true;
    if (installed !== undefined) this.vifs.acquire(installed, at);
    return { route, installed, ...because(resolved.reason ?? (lacking && noVif(lacking))) };
  }

  /** The step that adds or deletes a route, in the kernel's terms. */
  private mfc(op: 'add_mfc' | 'del_mfc', route: Route, before?: Route): MfcOperation {
    const registry = this.vifs.vifs[route.version];
    const entry = entryOf(route, registry);
    return before === undefined ? { op, ...entry } : { op, ...entry, before: entryOf(before, registry) };
  }
}

/** A learnt entry that has gone by itself. */
function goneRoute({ version, source, group }: DelRequest): Route {
  return { version, source, group, iif: ANY_INTERFACE, outputs: [] };
}

/** What is left of an installed route without some interfaces. */
function without(installed: Route, names: ReadonlySet<string>): Route {
  const left = withOutputs(installed, ({ name }) => !names.has(name));
  return left.reserved === undefined ? left : { ...left, reserved: left.reserved.filter((name) => !names.has(name)) };
}
