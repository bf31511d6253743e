/**
 * (state, requests) → operations and next state. Pure: nothing is changed until the controller has run the operations.
 *
 * Order is an invariant (test/routing/order.test.ts): VIFs before the route that needs them, a route before the VIFs that it no longer
 * needs. So a VIF number is never free while an entry in the kernel names it, and after every single step each route is whole.
 */
import type { IpVersion } from '../abi/address';
import { ANY_SOURCE, MAXVIFS, type MfcEntry, type VifOutput } from '../abi/family';
import type { MfcOperation, Operation } from './operation';
import { contradiction, exhausted, linkFault, noOutput, noRoute, otherInput, unusable } from './refusals';
import type { DelRequest } from './request';
import { type Route, routeInterfaces, routeKey, sameForwarding, withOutputs } from './route';
import { type At, fieldName } from './schema';
import { type Entry, keyOf, type RouteTable, type TableState, type Vifs } from './table';
import { type Vif, VifRegistry } from './vifs';
import type { World } from './world';

export type Outcome = 'added' | 'replaced' | 'unchanged' | 'deleted';

export class Plan {
  readonly operations: Operation[] = [];
  private readonly vifs: Record<IpVersion, VifRegistry>;
  private readonly changes = new Map<string, Entry | undefined>();
  private waiting = 0;
  /** VIF numbers whose interfaces were deleted: the kernel has no such VIFs to delete. */
  private gone: ReadonlySet<number> = new Set();

  /** @param wished VIF numbers to take where they are free */
  constructor(
    private readonly table: RouteTable,
    private readonly world: World,
    private readonly wished: Vifs = table.vifs,
  ) {
    this.vifs = { 4: table.vifs[4].copy(), 6: table.vifs[6].copy() };
  }

  get next(): TableState {
    return { vifs: this.vifs, changes: this.changes };
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
    const added = this.changes.get(key);
    if (added !== undefined && !sameForwarding(added.route, route)) throw contradiction(route, at);
    if (allowAbsent) return this.place(route, at);
    this.acquireAll(route, at);
    return this.put({ route, installed: route }, key);
  }

  /** Puts of a route what its interfaces allow. Does nothing if that is how it is. */
  place(route: Route, at?: number): Outcome {
    return this.put(this.acquireUsable(route, at));
  }

  /** Keeps a route as it is in the kernel, or not there at all, and notes why. */
  keep(route: Route, reason: string): void {
    this.changes.set(keyOf(route), { route, installed: this.find(keyOf(route))?.installed, reason });
  }

  /** Throws ERR_MFC_NO_ROUTE for a route or an output that is not there. Answers the route, or what is left of it. */
  del(request: DelRequest, at?: number): { outcome: Outcome; route: Route } {
    const entry = this.find(routeKey(request.source, request.group));
    if (entry === undefined) throw noRoute(request, at);
    const { route } = entry;
    if (request.iif !== undefined && request.iif !== route.iif) throw otherInput(request, route, at);
    const names = request.outputs ?? [];
    const missing = names.find((name) => !route.outputs.some((output) => output.name === name));
    if (missing !== undefined) throw noOutput(missing, route, at);
    const left = withOutputs(route, ({ name }) => !names.includes(name));
    if (request.outputs === undefined || left.outputs.length === 0) {
      this.drop(route);
      return { outcome: 'deleted', route };
    }
    this.place(left);
    return { outcome: 'replaced', route: left };
  }

  /** The table of a family is no longer ours: nothing of it is in the kernel as far as we know, and its routes wait. */
  lose(version: IpVersion, reason: string): void {
    this.vifs[version] = VifRegistry.empty();
    for (const { route } of this.table.list()) {
      if (route.version === version) this.changes.set(keyOf(route), { route, installed: undefined, reason });
    }
  }

  /** Takes a route out, wherever it is. */
  drop(route: Route): void {
    const key = keyOf(route);
    this.replace(this.find(key)?.installed, undefined);
    this.changes.set(key, undefined);
  }

  /**
   * Interfaces were deleted, and the kernel has lost their VIFs with these numbers. Answers the names of those that routes use: every
   * route has to leave them in this plan.
   */
  loseVifs(version: IpVersion, gone: ReadonlySet<number>): Set<string> {
    this.gone = gone;
    const registry = this.vifs[version];
    const lost = registry.list().filter(({ vifi }) => gone.has(vifi));
    for (const vif of lost) if (registry.refCount(vif) === 0) this.free(version, vif);
    return new Set(lost.filter((vif) => registry.refCount(vif) > 0).map(({ name }) => name));
  }

  /** Takes a route off interfaces that were deleted. */
  leave({ route, installed }: Entry, names: ReadonlySet<string>): void {
    const name = installed && routeInterfaces(installed).find((one) => names.has(one));
    if (installed === undefined || name === undefined) return;
    const rest = withOutputs(installed, (output) => !names.has(output.name));
    const left = names.has(rest.iif) || isEmptied(rest, route) ? undefined : rest;
    if (left !== undefined) this.retain(left);
    this.replace(installed, left);
    this.changes.set(keyOf(route), { route, installed: left, ...because(linkFault(undefined, name)) });
  }

  /** Deletes the VIFs that no route uses. */
  freeUnused(version: IpVersion): void {
    for (const vif of this.vifs[version].list()) {
      if (this.vifs[version].refCount(vif) === 0) this.free(version, vif);
    }
  }

  /** Makes `entry` what the table has. The interfaces of what is to be in the kernel are acquired. */
  private put(entry: Entry, key = keyOf(entry.route)): Outcome {
    const before = this.find(key);
    this.replace(before?.installed, entry.installed);
    if (entry.reason !== undefined) this.waiting++;
    if (before !== undefined && isSame(before, entry)) return 'unchanged';
    this.changes.set(key, entry);
    return before === undefined || (before.installed === undefined && entry.installed !== undefined)
      ? 'added'
      : 'replaced';
  }

  /** The kernel step from one form of a route to another. What `after` needs is acquired; what `before` needed is given back. */
  private replace(before: Route | undefined, after: Route | undefined): void {
    if (after !== undefined && (before === undefined || !sameForwarding(before, after))) {
      const step = this.mfc('add_mfc', after, before);
      if (before !== undefined || !this.world.has(step)) this.operations.push(step);
    } else if (after === undefined && before !== undefined) {
      this.operations.push(this.mfc('del_mfc', before));
    }
    if (before !== undefined) for (const name of routeInterfaces(before)) this.release(before.version, name);
  }

  private acquireAll(route: Route, at: At): void {
    this.acquire(route.version, route.iif, at, 'iif');
    for (const { name } of route.outputs) this.acquire(route.version, name, at, 'oifs');
  }

  /** What of a route its interfaces allow now. */
  private acquireUsable(route: Route, at: At): Entry {
    const fault = (name: string): string | undefined => linkFault(this.world.link(name), name);
    const usable = withOutputs(route, ({ name }) => fault(name) === undefined);
    const reason = routeInterfaces(route)
      .map(fault)
      .find((one) => one !== undefined);
    if (fault(route.iif) !== undefined || isEmptied(usable, route))
      return { route, installed: undefined, ...because(reason) };
    this.acquireAll(usable, at);
    return { route, installed: usable, ...because(reason) };
  }

  private acquire(version: IpVersion, name: string, at: At, role: string): void {
    const link = this.world.link(name);
    const fault = linkFault(link, name);
    if (link === undefined || fault !== undefined) throw unusable(fault ?? '', link, name, fieldName(at, role));
    const registry = this.vifs[version];
    const vif = registry.byName(name) ?? this.make(version, name, link.ifindex);
    if (vif === undefined) throw exhausted(name, fieldName(at, role));
    registry.acquire(vif);
  }

  private make(version: IpVersion, name: string, ifindex: number): Vif | undefined {
    const vif = this.vifs[version].take(name, ifindex, this.wished[version].byName(name)?.vifi);
    if (vif !== undefined) this.operations.push({ op: 'add_vif', version, ...vif });
    return vif;
  }

  /** Acquires interfaces that have VIFs: there is nothing to ask about them. */
  private retain(route: Route): void {
    const registry = this.vifs[route.version];
    for (const name of routeInterfaces(route)) registry.acquire(vifOf(registry, name));
  }

  private release(version: IpVersion, name: string): void {
    const registry = this.vifs[version];
    const vif = vifOf(registry, name);
    if (registry.release(vif)) this.free(version, vif);
  }

  private free(version: IpVersion, vif: Vif): void {
    const isGone = this.gone.has(vif.vifi);
    if (!isGone && (vif.foreign || this.world.isUsedByOthers(version, vif.ifindex))) return;
    this.vifs[version].free(vif);
    if (!isGone) this.operations.push({ op: 'del_vif', version, ...vif });
  }

  /** The step that adds or deletes a route, in the kernel's terms. */
  private mfc(op: 'add_mfc' | 'del_mfc', route: Route, before?: Route): MfcOperation {
    const entry = entryOf(route, this.vifs[route.version]);
    return before === undefined
      ? { op, ...entry }
      : { op, ...entry, before: entryOf(before, this.vifs[route.version]) };
  }
}

/** A route in the kernel's terms. Each of its interfaces must have a VIF. */
export function entryOf({ version, source, group, iif, outputs }: Route, registry: VifRegistry): MfcEntry {
  const parent = vifOf(registry, iif).vifi;
  const vifs = outputs.map(({ name, threshold }) => vifOutput(vifOf(registry, name).vifi, threshold));
  // A native (*,G) entry matches packets from the interfaces among its outputs, and never sends one back to where it came from:
  // net/ipv4/ipmr_base.c mr_mfc_find_any. A stop filter needs it as much.
  if (source === ANY_SOURCE) vifs.push(vifOutput(parent, 1));
  return { version, source, group, parent, outputs: vifs };
}

/** Outputs with threshold 1, the common case, made once. */
const PLAIN: readonly VifOutput[] = Array.from({ length: MAXVIFS }, (_, vifi) => ({ vifi, threshold: 1 }));

function vifOutput(vifi: number, threshold: number): VifOutput {
  return (threshold === 1 ? PLAIN[vifi] : undefined) ?? { vifi, threshold };
}

function vifOf(registry: VifRegistry, name: string): Vif {
  const vif = registry.byName(name);
  if (vif === undefined) throw new Error(`no VIF for '${name}': the registry does not match its routes`);
  return vif;
}

function isEmptied(installed: Route, wanted: Route): boolean {
  return installed.outputs.length === 0 && wanted.outputs.length > 0;
}

function because(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

function isSame(a: Entry, b: Entry): boolean {
  if (a.reason !== b.reason || a.route.label !== b.route.label || !sameForwarding(a.route, b.route)) return false;
  if (a.installed === undefined || b.installed === undefined) return a.installed === b.installed;
  return sameForwarding(a.installed, b.installed);
}
