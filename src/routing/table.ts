/**
 * The routes and VIFs of one controller as they are now. It changes by whole plans only, and can go back.
 *
 * A route is active (in the kernel) or pending (kept, with the reason why it is not in the kernel). Maps, never plain objects: an
 * interface may be called `__proto__`.
 */
import type { IpVersion } from '../abi/address';
import { type Route, routeInterfaces, routeKey } from './route';
import { VifRegistry } from './vifs';

export interface Entry extends Route {
  /** Why the route is not in the kernel; absent if it is. */
  readonly pending?: string;
}

export type Vifs = Readonly<Record<IpVersion, VifRegistry>>;

/** Entries by key; undefined is a deletion. */
export type Changes = ReadonlyMap<string, Entry | undefined>;

/** What a plan leaves behind. */
export interface NextState {
  readonly vifs: Vifs;
  readonly changes: Changes;
}

export class RouteTable {
  private vifs_: Vifs = { 4: VifRegistry.empty(), 6: VifRegistry.empty() };
  private readonly entries = new Map<string, Entry>();
  private pending_ = 0;

  get vifs(): Vifs {
    return this.vifs_;
  }

  get size(): number {
    return this.entries.size;
  }

  get pending(): number {
    return this.pending_;
  }

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  /** In the order in which the routes were added. */
  list(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** Takes over a plan's result and answers what takes it back. */
  commit(next: NextState): NextState {
    const before = new Map<string, Entry | undefined>();
    for (const [key, entry] of next.changes) {
      before.set(key, this.entries.get(key));
      this.set(key, entry);
    }
    const vifs = this.vifs_;
    this.vifs_ = next.vifs;
    return { vifs, changes: before };
  }

  /** The interfaces of one family have other names now; routes follow the device. */
  rename(version: IpVersion, names: ReadonlyMap<string, string>): void {
    const vifs = this.vifs_[version].copy();
    for (const vif of this.vifs_[version].list()) vifs.rename(vif, names.get(vif.name) ?? vif.name);
    this.vifs_ = { ...this.vifs_, [version]: vifs };
    for (const [key, entry] of this.entries) {
      if (entry.version !== version || !routeInterfaces(entry).some((name) => names.has(name))) continue;
      const iif = names.get(entry.iif) ?? entry.iif;
      const outputs = entry.outputs.map((output) => ({ ...output, name: names.get(output.name) ?? output.name }));
      this.entries.set(key, { ...entry, iif, outputs });
    }
  }

  private set(key: string, entry: Entry | undefined): void {
    if (this.entries.get(key)?.pending !== undefined) this.pending_--;
    if (entry?.pending !== undefined) this.pending_++;
    if (entry === undefined) this.entries.delete(key);
    else this.entries.set(key, entry);
  }
}

export function keyOf(route: Route): string {
  return routeKey(route.source, route.group);
}
