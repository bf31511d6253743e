/**
 * (state, requests) → operations and next state. Pure: nothing is changed until the controller has run the operations.
 *
 * Order is an invariant (test/routing/order.test.ts): VIFs before the route that needs them, a route before the VIFs that it no longer
 * needs. So a VIF number is never free while an entry in the kernel names it, and after every single step each route is whole.
 */
import type { IpVersion } from '../abi/address';
import { messageOf } from '../errors';
import { Decisions } from './decisions';
import { because, isOwn, isRenewal, isSame } from './entry';
import type { At } from './invalid';
import { LearntPlan } from './learnt-plan';
import { describeFaults, faultOf, type LinkFault, together } from './link-faults';
import { MfcPlan } from './mfc-plan';
import type { Operation } from './operation';
import { noVif } from './refusals';
import { isEmptied, namedInterfaces, resolve } from './resolve';
import { Room } from './room';
import { type Route, routeInterfaces, withOutputs } from './route';
import { type Cause, type Changes, type Entry, keyOf, type RouteTable, type TableState, type Vifs } from './table';
import { VifPlan } from './vif-plan';
import type { World } from './world';

export type Outcome = 'added' | 'replaced' | 'renewed' | 'unchanged' | 'deleted';

export class Plan {
  private readonly steps: Operation[] = [];
  private readonly vifs: VifPlan;
  private readonly entries: MfcPlan;
  private readonly learnt: LearntPlan;
  private readonly decisions: Decisions;
  private readonly room: Room;
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
    this.decisions = new Decisions(table);
    const find = (key: string): Entry | undefined => this.find(key);
    this.vifs = new VifPlan(table.vifs, world, wished, this.steps, () => this.room);
    this.entries = new MfcPlan(this.vifs.vifs, world, this.steps);
    this.room = new Room(table, this.vifs, {
      find,
      note: (key, entry) => this.decisions.change(key, entry),
      reduce: (entry, left) => this.reduce(entry, left),
      follow: () => this.follow(),
    });
    this.learnt = new LearntPlan(table, world, {
      find,
      changed: () => this.decided.keys(),
      change: (key, before, entry) => this.change(key, before, entry),
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
    return { vifs: this.vifs.vifs, changes: this.decided, cause: this.cause };
  }

  /** What is decided so far; what was learnt follows at the end. */
  get decided(): Changes {
    return this.decisions.changes;
  }

  /** The entry as it will be. */
  find(key: string): Entry | undefined {
    return this.decisions.find(key);
  }

  /** Whether every route of the plan will be in the kernel as it is wanted. */
  get isWhole(): boolean {
    return this.waiting === 0 && this.table.pending + this.table.degraded === 0;
  }

  /** What is decided so far on the stream of a route: another route for it may have its input open. */
  decidedOn(route: Route, key: string): Entry | undefined {
    return this.decisions.on(route, key);
  }

  /** Throws if an interface that a route names cannot be used. */
  demand(route: Route, at: At): void {
    this.vifs.demand(route, at);
  }

  /** Puts all of a route that names its interfaces. Throws if one of them cannot be used, or no VIF number is left. */
  install(route: Route, key: string, at: At): Outcome {
    this.vifs.acquire(route, at);
    return this.put({ route, installed: route }, key);
  }

  /** Puts of a route what its interfaces allow. Does nothing if that is how it is. */
  place(route: Route, at?: number): Outcome {
    return this.put(this.acquireUsable(route, at));
  }

  /** What is there of these routes leaves the interfaces that they are not to have, before any of them needs a VIF number. */
  makeRoom(routes: readonly Route[]): void {
    this.room.leaveAll(routes);
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
    this.decisions.change(keyOf(route), { route, installed: this.find(keyOf(route))?.installed, reason });
  }

  /** The table of a family is no longer ours: nothing of it is in the kernel as far as we know, and its routes wait. */
  lose(version: IpVersion, reason: string): void {
    this.vifs.loseAll(version);
    for (const [key, { route, learnt }] of this.table.keyed()) {
      if (route.version !== version) continue;
      this.decisions.change(key, learnt === undefined ? { route, installed: undefined, reason } : undefined);
    }
  }

  /** Takes a route out, wherever it is. */
  drop(route: Route): void {
    const key = keyOf(route);
    const before = this.find(key);
    this.decisions.change(key, undefined);
    if (before !== undefined && this.decisions.canLearn && this.learnt.leave(key, before)) return;
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
    if (installed === undefined || !isOwn(entry)) return;
    const lost = routeInterfaces(installed).filter((name) => names.has(name));
    if (lost.length === 0) return;
    const rest = without(installed, names);
    const left = names.has(rest.iif) || isEmptied(rest, route) ? undefined : rest;
    // What is lost is absent, also where another interface has its name by now.
    const fault = (name: string): LinkFault | undefined =>
      names.has(name) ? 'absent' : faultOf(this.world.link(name));
    const named = namedInterfaces(route);
    const others = lost.filter((name) => !named.includes(name));
    this.reduce(entry, left, describeFaults([...named, ...others], fault, route.iif));
  }

  /** Deletes the VIFs that no route uses. */
  freeUnused(version: IpVersion): void {
    this.vifs.freeUnused(version);
  }

  /** What was learnt follows, and what nobody needs any more is free. To be called before the end only by who needs VIF numbers. */
  settle(): void {
    this.follow();
    for (const route of this.room.takeUnwatched()) this.watch(route);
  }

  /** What was learnt follows. Answers whether VIFs were needed until then. */
  private follow(): boolean {
    const left = this.learnt.settle();
    for (const route of left) this.vifs.release(route);
    return left.length > 0;
  }

  /** A route goes on in the kernel in a form that has no more outputs; all that it names has a VIF. */
  private reduce(entry: Entry, left: Route | undefined, reason = entry.reason): void {
    const { route } = entry;
    if (left !== undefined) this.vifs.retain(left);
    this.decisions.change(keyOf(route), { route, installed: left, ...because(reason) });
    this.replace(entry, left);
  }

  /** Makes `entry` what the table has. The interfaces of what is to be in the kernel are acquired. */
  private put(entry: Entry, key = keyOf(entry.route)): Outcome {
    const rival = this.decisions.rivalOf(entry.route, key);
    if (rival === undefined) return this.set(entry, key);
    this.set(entry, key);
    this.drop(rival);
    return 'replaced';
  }

  private set(entry: Entry, key: string): Outcome {
    const before = this.find(key);
    const isAsBefore = before !== undefined && isSame(before, entry);
    if (isAsBefore) this.decisions.keep(key);
    else this.decisions.change(key, entry);
    this.replace(before ?? this.learnt.comeBack(key), entry.installed);
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
    this.entries.rewrite(installed, after);
    const isNeeded = this.learnt.note(installed, after);
    if (before !== undefined && installed !== undefined && isOwn(before) && !isNeeded) this.vifs.release(installed);
  }

  private watch(route: Route): void {
    const { isShort } = this;
    try {
      this.place(route);
    } catch (error) {
      this.keep(route, messageOf(error));
    }
    this.isShort = isShort; // what it does without is no route's
  }

  private change(key: string, before: Route | undefined, entry: Entry | undefined): void {
    this.entries.rewrite(before, entry?.installed);
    this.decisions.change(key, entry);
  }

  /** What of a route its interfaces allow now. */
  private acquireUsable(route: Route, at: At): Entry {
    const resolved = resolve(route, this.world);
    const { installed, lacking } = this.vifs.fit(resolved.installed);
    if (lacking !== undefined) this.isShort = true;
    if (installed !== undefined) this.vifs.acquire(installed, at);
    const reason = lacking === undefined ? resolved.reason : together(resolved.reason, noVif(lacking));
    return { route, installed, ...because(reason) };
  }
}

/** What is left of an installed route without some interfaces. */
function without(installed: Route, names: ReadonlySet<string>): Route {
  const left = withOutputs(installed, ({ name }) => !names.has(name));
  return left.reserved === undefined ? left : { ...left, reserved: left.reserved.filter((name) => !names.has(name)) };
}
