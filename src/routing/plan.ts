/**
 * (state, requests) → operations and next state. Pure: nothing is changed until the controller has run the operations.
 *
 * Order is an invariant (test/routing/plan.test.ts): VIFs before the route that needs them, a route before the VIFs that it no longer
 * needs. So a VIF number is never free while an entry in the kernel names it, and after every single step each route is whole.
 */
import type { IpVersion } from '../abi/address';
import { ANY_SOURCE, MAXVIFS, type VifOutput } from '../abi/family';
import { MfcError } from '../errors';
import type { MfcOperation, Operation } from './operation';
import type { DelRequest } from './request';
import { formatRoute, type Output, type Route, routeInterfaces, routeKey, sameForwarding } from './route';
import { type At, fieldName } from './schema';
import { type Entry, keyOf, type NextState, type RouteTable, type Vifs } from './table';
import type { VifRegistry } from './vifs';

/** A network interface, as far as a plan needs to know it. */
export interface PlanLink {
  readonly ifindex: number;
  readonly multicast: boolean;
  readonly loopback: boolean;
}

/** What a plan asks about the kernel as it is. No answer changes while the plan is made. */
export interface World {
  /** Undefined if there is no interface of that name. */
  link(name: string): PlanLink | undefined;
  /** Whether the kernel has lost this VIF of the table, since its interface was deleted. */
  isLost(version: IpVersion, vifi: number): boolean;
  /** Whether the kernel has an entry for the source and group of this route. */
  hasEntry(route: Route): boolean;
}

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
      if (vif === undefined) {
        vif = registry.take(name, link.ifindex);
        if (vif === undefined) throw exhausted(name, fieldName(at, role));
        this.operations.push({ op: 'add_vif', version, ...vif });
      } else if (this.world.isLost(version, vif.vifi)) {
        // The interface was deleted and made again. The same number serves: the entries that name it mean this interface.
        vif = registry.rebind(vif, link.ifindex);
        this.operations.push({ op: 'add_vif', version, ...vif });
        healed = true;
      }
      this.known[version] |= 1 << vif.vifi;
    }
    registry.acquire(vif);
    return healed;
  }

  private releaseAll(route: Route): void {
    for (const name of routeInterfaces(route)) this.release(route.version, name);
  }

  private release(version: IpVersion, name: string): void {
    const vif = this.vifs[version].byName(name);
    if (vif === undefined || !this.vifs[version].release(vif)) return;
    this.known[version] &= ~(1 << vif.vifi);
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

function unusable(link: PlanLink | undefined, name: string, field: string): MfcError {
  if (link === undefined) {
    return new MfcError('ERR_MFC_NO_INTERFACE', `Invalid argument: Interface '${name}' not found.`, {
      field,
      value: name,
      hint: "See 'ip link' for the names.",
    });
  }
  const what = link.loopback ? 'is a loopback, which never forwards multicast' : 'has multicast switched off';
  return new MfcError('ERR_MFC_NOT_MULTICAST', `Invalid argument: Interface '${name}' ${what}.`, {
    field,
    value: name,
    hint: link.loopback ? 'Use the interface of a network.' : `Switch it on with 'ip link set ${name} multicast on'.`,
  });
}

function exhausted(name: string, field: string): MfcError {
  return new MfcError(
    'ERR_MFC_VIFS_EXHAUSTED',
    `No VIF number is left for interface '${name}': the kernel has 32 per table.`,
    {
      field,
      value: name,
      hint: 'Delete the routes of an interface that is no longer needed, or use a second controller with another table.',
    },
  );
}

function noRoute(request: DelRequest, at: At): MfcError {
  return new MfcError('ERR_MFC_NO_ROUTE', `MFC entry for ${formatRoute(request)} not found.`, {
    field: fieldName(at, 'group'),
    value: request.group,
    hint: "See 'mfc state' for the routes that are there.",
  });
}

function otherInput(request: DelRequest, route: Route, at: At): MfcError {
  return new MfcError(
    'ERR_MFC_NO_ROUTE',
    `MFC entry for ${formatRoute(request)} comes in on '${route.iif}', not '${request.iif}'.`,
    {
      field: fieldName(at, 'iif'),
      value: request.iif,
      hint: 'Leave iif out to delete the route all the same.',
    },
  );
}

function contradiction(route: Route, at: At): MfcError {
  return new MfcError(
    'ERR_MFC_INVALID',
    `Invalid argument: ${formatRoute(route)} is in the message twice, with different interfaces.`,
    {
      field: fieldName(at, 'group'),
      value: route.group,
      hint: 'Name each source and group once.',
    },
  );
}

function leftOutputs(route: Route, names: readonly string[] | undefined, at: At): readonly Output[] {
  if (names === undefined) return [];
  const missing = names.find((name) => !route.outputs.some((output) => output.name === name));
  if (missing !== undefined) {
    throw new MfcError('ERR_MFC_NO_ROUTE', `MFC entry for ${formatRoute(route)} has no output '${missing}'.`, {
      field: fieldName(at, 'oifs'),
      value: missing,
      hint: `Its outputs are ${route.outputs.map((output) => output.name).join(', ') || 'none'}.`,
    });
  }
  return route.outputs.filter((output) => !names.includes(output.name));
}
