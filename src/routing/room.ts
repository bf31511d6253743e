/**
 * What gives VIF numbers back where all of a table are taken: what only watches interfaces, routes that go and leave their streams to
 * others, and of a route that is to have other interfaces those that it is not to have any more. No packet is lost that anybody is to get:
 * each output that stays goes on all the time (test/routing/order-room.test.ts).
 */
import type { IpVersion } from '../abi/address';
import { isOwn } from './entry';
import { isOpenEnded, type Route, withOutputs } from './route';
import { type Entry, keyOf, type RouteTable } from './table';
import type { RoomMaker, VifPlan } from './vif-plan';

/** The plan as it is so far. */
export interface Draft {
  /** The entry as it will be. */
  find(key: string): Entry | undefined;
  /** Gives an entry another form, whatever the kernel has. */
  note(key: string, entry: Entry): void;
  /** A route goes on in the kernel in a form that has no more outputs; all that it names has a VIF. */
  reduce(entry: Entry, left: Route): void;
  /** What was learnt follows what is decided so far. Answers whether VIFs were needed until then. */
  follow(): boolean;
}

export class Room implements RoomMaker {
  /** Routes that only watch and have left their numbers to others. */
  private readonly unwatched: Route[] = [];

  constructor(
    private readonly table: RouteTable,
    private readonly vifs: VifPlan,
    private readonly draft: Draft,
  ) {}

  /** There is no number for an interface of a route. Answers whether any may have been given back; if none was, ask again. */
  makeFor(route: Route): boolean {
    if (route.isWatch !== undefined) return false;
    return this.unwatch(route.version) || this.draft.follow() || this.leaveOutputs(route) || this.leaveInput(route);
  }

  /** Whether a route has to give its input up before it can have another one: nobody else uses its number. */
  isHeldBy(route: Route): boolean {
    const installed = this.find(route)?.installed;
    return (
      installed !== undefined && installed.iif !== route.iif && this.vifs.useCount(route.version, installed.iif) === 1
    );
  }

  /** Before any of these routes has its new interfaces, what is there of them leaves those that they are not to have any more. */
  leaveAll(routes: readonly Route[]): void {
    for (const route of routes) this.leaveOutputs(route);
    for (const route of routes) this.leaveInput(route);
  }

  /** The routes that only watch and have left their numbers: they take what is left at the end. */
  takeUnwatched(): Route[] {
    return this.unwatched.splice(0);
  }

  /** Answers whether there was any output to leave. */
  private leaveOutputs(to: Route): boolean {
    const there = this.find(to);
    if (there === undefined) return false;
    const { entry, installed } = there;
    const left = withOutputs(installed, ({ name }) => to.outputs.some((output) => output.name === name));
    if (left === installed) return false;
    this.draft.reduce(entry, left);
    return true;
  }

  /** Answers whether there was another input to leave, and a number for the one that the route is to have. */
  private leaveInput(to: Route): boolean {
    const there = this.find(to);
    if (there === undefined || there.installed.iif === to.iif) return false;
    const { entry, installed } = there;
    if (installed.outputs.some(({ name }) => name === to.iif) || !this.vifs.give(to.version, to.iif)) return false;
    this.draft.reduce(entry, { ...installed, iif: to.iif });
    return true;
  }

  /** What is in the kernel of a route, if that and the route name their interfaces. */
  private find(route: Route): { readonly entry: Entry; readonly installed: Route } | undefined {
    const entry = this.draft.find(keyOf(route));
    if (entry?.installed === undefined || !isOwn(entry) || entry.route.learning !== undefined) return undefined;
    return isOpenEnded(entry.route) || isOpenEnded(route) ? undefined : { entry, installed: entry.installed };
  }

  /** Answers whether any number was given back. */
  private unwatch(version: IpVersion): boolean {
    let isAny = false;
    for (const key of this.table.learning) {
      const entry = this.draft.find(key);
      if (entry?.route.isWatch === undefined || entry.route.version !== version || entry.installed === undefined)
        continue;
      this.draft.note(key, { route: entry.route, installed: undefined });
      this.vifs.release(entry.installed);
      this.unwatched.push(entry.route);
      isAny = true;
    }
    return isAny;
  }
}
