/**
 * The VIFs of a plan: made for the first route that needs them, deleted after the last.
 */
import type { IpVersion } from '../abi/address';
import { MAXVIFS } from '../abi/family';
import { type At, fieldName } from './invalid';
import { faultOf } from './link-faults';
import type { Operation } from './operation';
import { exhausted, renamedJustNow, unmatched, unusable } from './refusals';
import { namedInterfaces, resolve } from './resolve';
import { isPattern, matchesPattern, type Route, routeInterfaces } from './route';
import type { Vifs } from './table';
import { type Vif, VifRegistry } from './vifs';
import type { PlanLink, World } from './world';

/** What gives numbers back where all are taken. */
export interface RoomMaker {
  /** Answers whether any number may have been given back for an interface of a route. */
  makeFor(route: Route): boolean;
  /** Whether a route has to give its input up before it can have another one: nobody else uses its number. */
  isHeldBy(route: Route): boolean;
}

interface Fit {
  readonly installed: Route | undefined;
  readonly lacking: string | undefined;
}

export class VifPlan {
  readonly vifs: Record<IpVersion, VifRegistry>;
  /** VIF numbers whose interfaces were deleted: the kernel has no such VIFs to delete. */
  private gone: ReadonlySet<number> = new Set();

  /**
   * @param operations where the steps go
   * @param wished VIF numbers to take where they are free
   */
  constructor(
    vifs: Vifs,
    private readonly world: World,
    private readonly wished: Vifs,
    private readonly operations: Operation[],
    private readonly room: () => RoomMaker,
  ) {
    this.vifs = { 4: vifs[4].copy(), 6: vifs[6].copy() };
  }

  /** Throws if an interface that a route names cannot be used. */
  demand(route: Route, at: At): void {
    for (const name of namedInterfaces(route)) {
      const role = name === route.iif ? 'iif' : route.members === undefined ? 'oifs' : 'members.among';
      this.usable(name, at, role);
    }
    if (isPattern(route.iif) && resolve(route, this.world).installed === undefined) {
      throw unmatched(route.iif, fieldName(at, 'iif'));
    }
  }

  /**
   * Of the interfaces that a route takes if it can, those that there are VIF numbers for: it may mean more than a table has.
   * Answers one that it has to do without as well.
   */
  fit(route: Route | undefined): Fit {
    const fit = this.fitNow(route);
    if (route === undefined || fit.lacking === undefined) return fit;
    return this.room().makeFor(route) ? this.fitNow(route) : fit;
  }

  private fitNow(route: Route | undefined): Fit {
    if (route?.reserved === undefined) return { installed: route, lacking: undefined };
    const registry = this.vifs[route.version];
    const isNew = (name: string): boolean => registry.byName(name) === undefined;
    const fresh = route.reserved.filter((name) => !this.isRenamed(registry, name));
    const named = [route.iif, ...(route.members === undefined ? route.outputs.map(({ name }) => name) : [])];
    let free = MAXVIFS - registry.list().length - named.filter((name) => !isPattern(name) && isNew(name)).length;
    const left = fresh.filter((name) => !isNew(name) || named.includes(name) || free-- > 0);
    const lacking = fresh.find((name) => !left.includes(name));
    if (left.length === route.reserved.length) return { installed: route, lacking };
    const isEmpty = isPattern(route.iif) && !left.some((name) => matchesPattern(route.iif, name));
    const outputs = route.outputs.filter(({ name }) => left.includes(name) || route.members === undefined);
    return { installed: isEmpty ? undefined : { ...route, outputs, reserved: left }, lacking };
  }

  /** Throws if an interface cannot be used, or no VIF number is left. */
  acquire(route: Route, at: At): void {
    const { iif, outputs, reserved } = route;
    if (!isPattern(iif)) this.acquireOne(route, iif, at, 'iif');
    for (const { name } of outputs) this.acquireOne(route, name, at, 'oifs');
    if (reserved === undefined) return;
    for (const name of routeInterfaces(route).slice(isPattern(iif) ? outputs.length : outputs.length + 1)) {
      this.acquireOne(route, name, at, route.members === undefined ? 'iif' : 'oifs');
    }
  }

  /** Acquires interfaces that have VIFs: there is nothing to ask about them. */
  retain(route: Route): void {
    const registry = this.vifs[route.version];
    for (const name of routeInterfaces(route)) registry.acquire(registry.get(name));
  }

  release(route: Route): void {
    const registry = this.vifs[route.version];
    for (const name of routeInterfaces(route)) {
      const vif = registry.get(name);
      if (registry.release(vif)) this.free(route.version, vif);
    }
  }

  /** Answers whether an interface has a VIF; it gets one if a number is free. */
  give(version: IpVersion, name: string): boolean {
    const link = this.world.link(name);
    const registry = this.vifs[version];
    if (link === undefined || faultOf(link) !== undefined || this.isRenamed(registry, name)) return false;
    return (registry.byName(name) ?? this.make(version, name, link.ifindex)) !== undefined;
  }

  /** How many routes use an interface, once per role. */
  useCount(version: IpVersion, name: string): number {
    const vif = this.vifs[version].byName(name);
    return vif === undefined ? 0 : this.vifs[version].refCount(vif);
  }

  /** The kernel has lost the VIFs with these numbers. Answers the names of those that routes use. */
  lose(version: IpVersion, gone: ReadonlySet<number>): Set<string> {
    this.gone = gone;
    const registry = this.vifs[version];
    const lost = registry.list().filter(({ vifi }) => gone.has(vifi));
    for (const vif of lost) if (registry.refCount(vif) === 0) this.free(version, vif);
    return new Set(lost.filter((vif) => registry.refCount(vif) > 0).map(({ name }) => name));
  }

  /** The table of a family is no longer ours. */
  loseAll(version: IpVersion): void {
    this.vifs[version] = VifRegistry.empty();
  }

  /** Deletes the VIFs that no route uses. */
  freeUnused(version: IpVersion): void {
    for (const vif of this.vifs[version].list()) {
      if (this.vifs[version].refCount(vif) === 0) this.free(version, vif);
    }
  }

  private usable(name: string, at: At, role: string): PlanLink {
    const link = this.world.link(name);
    const fault = faultOf(link);
    if (link === undefined || fault !== undefined) throw unusable(fault ?? 'absent', link, name, fieldName(at, role));
    return link;
  }

  private acquireOne(route: Route, name: string, at: At, role: string): void {
    const { ifindex } = this.usable(name, at, role);
    const { version } = route;
    const registry = this.vifs[version];
    const there = registry.byName(name);
    if (there === undefined && this.isRenamed(registry, name)) throw renamedJustNow(name, fieldName(at, role));
    let vif = there ?? this.make(version, name, ifindex);
    while (vif === undefined && this.room().makeFor(route)) vif = this.make(version, name, ifindex);
    if (vif === undefined) throw exhausted(route, name, fieldName(at, role), this.room().isHeldBy(route));
    registry.acquire(vif);
  }

  /** Whether an interface has a VIF under the name that it had until a moment ago. Routes follow it before it gets another one. */
  private isRenamed(registry: VifRegistry, name: string): boolean {
    if (registry.byName(name) !== undefined) return false;
    const ifindex = this.world.link(name)?.ifindex;
    return registry.list().some((vif) => vif.ifindex === ifindex && !this.gone.has(vif.vifi));
  }

  private make(version: IpVersion, name: string, ifindex: number): Vif | undefined {
    const vif = this.vifs[version].take(name, ifindex, this.wished[version].byName(name)?.vifi);
    if (vif !== undefined) this.operations.push({ op: 'add_vif', version, ...vif });
    return vif;
  }

  private free(version: IpVersion, vif: Vif): void {
    const isGone = this.gone.has(vif.vifi);
    if (!isGone && (vif.foreign || this.world.isUsedByOthers(version, vif.ifindex))) return;
    this.vifs[version].free(vif);
    if (!isGone) this.operations.push({ op: 'del_vif', version, ...vif });
  }
}
