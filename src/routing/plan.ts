/**
 * (state, requests) → operations and next state. Pure: nothing is changed until the controller has run the operations.
 *
 * Order is an invariant (test/routing/plan.test.ts): VIFs before the route that needs them, a route before the VIFs that it no longer
 * needs. So a VIF number is never free while an entry in the kernel names it, and after every single step each route is whole.
 */
import type { IpVersion } from '../abi/address';
import { ANY_SOURCE, MAXVIFS, type VifOutput } from '../abi/family';
import type { MfcOperation, Operation } from './operation';
import { contradiction, exhausted, noOutput, noRoute, otherInput, replaced, unusable } from './refusals';
import type { DelRequest } from './request';
import { type Output, type Route, routeInterfaces, routeKey, sameForwarding } from './route';
import { type At, fieldName } from './schema';
import { type Entry, keyOf, type NextState, type RouteTable, type Vifs } from './table';
import type { Vif, VifRegistry } from './vifs';
import type { World } from './world';

export type Outcome = 'added' | 'replaced' | 'unchanged' | 'deleted';

export class Plan {
  readonly operations: Operation[] = [];
  private readonly vifs: Vifs;
  private readonly changes = new Map<string, Entry | undefined>();
  /** By family, a bit for every VIF number that was looked at or made in this plan: no need to ask the world again. */
  private readonly known: Record<IpVersion, number> = { 4: 0, 6: 0 };

  constructor(
    private readonly table: RouteTable,
    private readonly world: World,
  ) {
    this.vifs = { 4: table.vifs[4].copy(), 6: table.vifs[6].copy() };
  }

  get next(): NextState {
    return { vifs: this.vifs, changes: this.changes };
  }

  /** Throws if an interface cannot be used, no VIF number is left, or this plan has another route for the same stream. */
  add(route: Route, at?: number): Outcome {
    const key = keyOf(route);
    const added = this.changes.get(key);
    if (added !== undefined && !sameForwarding(added, route)) throw contradiction(route, at);
    const before = added ?? this.table.get(key);
    const active = before?.pending === undefined ? before : undefined;
    const healed = this.acquireAll(route, at);
    if (active !== undefined && sameForwarding(active, route)) {
      this.releaseAll(active); // both count the same interfaces; the route counts once
      const missing = added === undefined && !this.world.hasEntry(route);
      if (missing) this.operations.push(this.mfc('add_mfc', route));
      if (active.label === route.label && !healed && !missing) return 'unchanged';
    } else {
      this.install(route, active);
    }
    this.changes.set(key, route);
    return active === undefined ? 'added' : 'replaced';
  }

  /** Keeps a route that cannot be in the kernel now. */
  keep(route: Route, reason: string): void {
    this.changes.set(keyOf(route), { ...route, pending: reason });
  }

  /** Throws ERR_MFC_NO_ROUTE for a route or an output that is not there. Answers the route, or what is left of it. */
  del(request: DelRequest, at?: number): { outcome: Outcome; route: Route } {
    const key = routeKey(request.source, request.group);
    const before = this.find(key);
    if (before === undefined) throw noRoute(request, at);
    if (request.iif !== undefined && request.iif !== before.iif) throw otherInput(request, before, at);
    const left = leftOutputs(before, request.outputs, at);
    if (left.length > 0) {
      const route = { ...before, outputs: left };
      this.changes.set(key, route);
      if (before.pending === undefined) this.shrink(route, before);
      return { outcome: 'replaced', route };
    }
    this.changes.set(key, undefined);
    if (before.pending === undefined) this.uninstall(before);
    return { outcome: 'deleted', route: before };
  }

  private find(key: string): Entry | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.table.get(key);
  }

  private install(route: Route, active: Route | undefined): void {
    this.operations.push(this.mfc('add_mfc', route, active));
    if (active !== undefined) this.releaseAll(active);
  }

  /** Replaces a route by one with fewer outputs, which needs no interface asked about: the others may be gone. */
  private shrink(route: Route, active: Route): void {
    this.operations.push(this.mfc('add_mfc', route, active));
    for (const output of active.outputs) {
      if (!route.outputs.includes(output)) this.release(route.version, output.name);
    }
  }

  private uninstall(route: Route): void {
    this.operations.push(this.mfc('del_mfc', route));
    this.releaseAll(route);
  }

  /** Answers whether an interface had to be made known to the kernel anew. */
  private acquireAll(route: Route, at: At): boolean {
    let healed = this.acquire(route.version, route.iif, at, 'iif');
    for (const { name } of route.outputs) {
      if (this.acquire(route.version, name, at, 'oifs')) healed = true;
    }
    return healed;
  }

  private acquire(version: IpVersion, name: string, at: At, role: string): boolean {
    const registry = this.vifs[version];
    let vif = registry.byName(name);
    const known = vif !== undefined && (this.known[version] & (1 << vif.vifi)) !== 0;
    let healed = false;
    if (vif === undefined || !known) {
      const link = this.world.link(name);
      if (link === undefined || link.loopback || !link.multicast) throw unusable(link, name, fieldName(at, role));
      const lost = vif !== undefined && this.world.isLost(version, vif.vifi);
      if (vif !== undefined && !lost ? vif.ifindex !== link.ifindex : this.isInUse(version, link.ifindex, vif)) {
        throw replaced(name, fieldName(at, role));
      }
      if (vif === undefined) {
        vif = registry.take(name, link.ifindex);
        if (vif === undefined) throw exhausted(name, fieldName(at, role));
        this.operations.push({ op: 'add_vif', version, ...vif });
      } else if (lost) {
        // The interface was deleted and made again. The same number serves: the entries that name it mean this interface.
        vif = registry.rebind(vif, link.ifindex);
        this.operations.push({ op: 'add_vif', version, ...vif });
        this.reinstall(version, name);
        healed = true;
      }
      this.known[version] |= 1 << vif.vifi;
    }
    registry.acquire(vif);
    return healed;
  }

  /** Whether the interface with this index has a VIF under another name. */
  private isInUse(version: IpVersion, ifindex: number, own: Vif | undefined): boolean {
    const vifs = this.vifs[version].list();
    return vifs.some((vif) => vif !== own && vif.ifindex === ifindex && !this.world.isLost(version, vif.vifi));
  }

  /** An entry that was written while an interface of it was gone lacks it: ipmr_update_thresholds. So all are written again. */
  private reinstall(version: IpVersion, name: string): void {
    for (const { source, group } of this.table.list()) {
      const entry = this.find(routeKey(source, group));
      if (entry?.version !== version || entry.pending !== undefined || !routeInterfaces(entry).includes(name)) continue;
      const before = this.mfc('add_mfc', entry);
      this.operations.push({ ...before, before });
    }
  }

  private releaseAll(route: Route): void {
    for (const name of routeInterfaces(route)) this.release(route.version, name);
  }

  private release(version: IpVersion, name: string): void {
    const vif = this.vifs[version].byName(name);
    if (vif === undefined || !this.vifs[version].release(vif)) return;
    const known = (this.known[version] & (1 << vif.vifi)) !== 0;
    this.known[version] &= ~(1 << vif.vifi);
    if (!known && this.world.isLost(version, vif.vifi)) return; // there is nothing to delete, and nothing to bring back
    this.operations.push({ op: 'del_vif', version, ...vif });
  }

  /** The step that adds or deletes a route, in the kernel's terms. Every interface of both must have a VIF. */
  private mfc(op: 'add_mfc' | 'del_mfc', route: Route, before?: Route): MfcOperation {
    const { version, source, group } = route;
    const registry = this.vifs[version];
    const parent = vifiOf(registry, route.iif);
    const outputs = route.outputs.map(({ name, threshold }) => vifOutput(vifiOf(registry, name), threshold));
    // A native (*,G) entry matches packets from the interfaces among its outputs, and never sends one back to where it came from:
    // net/ipv4/ipmr_base.c mr_mfc_find_any. A stop filter needs it as much.
    if (source === ANY_SOURCE) outputs.push(vifOutput(parent, 1));
    return before === undefined
      ? { op, version, source, group, parent, outputs }
      : { op, version, source, group, parent, outputs, before: this.mfc(op, before) };
  }
}

/** Outputs with threshold 1, the common case, made once. */
const PLAIN: readonly VifOutput[] = Array.from({ length: MAXVIFS }, (_, vifi) => ({ vifi, threshold: 1 }));

function vifOutput(vifi: number, threshold: number): VifOutput {
  return (threshold === 1 ? PLAIN[vifi] : undefined) ?? { vifi, threshold };
}

function vifiOf(registry: VifRegistry, name: string): number {
  const vif = registry.byName(name);
  if (vif === undefined) throw new Error(`no VIF for '${name}': the registry does not match its routes`);
  return vif.vifi;
}

function leftOutputs(route: Route, names: readonly string[] | undefined, at: At): readonly Output[] {
  if (names === undefined) return [];
  const missing = names.find((name) => !route.outputs.some((output) => output.name === name));
  if (missing !== undefined) {
    throw noOutput(missing, route, at);
  }
  return route.outputs.filter((output) => !names.includes(output.name));
}
