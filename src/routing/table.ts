/**
 * The routes and VIFs of one controller as they are now. It changes by whole plans only, and can go back.
 *
 * A route is in the kernel as it is wanted, in part (degraded: outputs are absent), or not at all (pending). Maps, never plain objects:
 * an interface may be called `__proto__`.
 */
import type { IpVersion } from '../abi/address';
import { ANY_SOURCE } from '../abi/family';
import { isOpenEnded, type Route, renamed, routeInterfaces, routeKey } from './route';
import { VifRegistry } from './vifs';

export interface Entry {
  /** As it is wanted and saved. */
  readonly route: Route;
  /** As it is in the kernel: the same, or with fewer outputs. Undefined if it is not there. */
  readonly installed: Route | undefined;
  /** Why it is not in the kernel as it is wanted. */
  readonly reason?: string;
  /**
   * Key of the route that made this entry for a stream. Such an entry is not saved, and the VIFs that it uses are those of that route:
   * they are not counted for it.
   */
  readonly learnt?: string;
}

/** Why routes go. */
export type Cause = 'deleted' | 'expired' | 'replaced' | 'foreign';

/** Hears of every change of the table, after it. Must not throw. */
export type Follower = (change: Change) => void;

export interface Change {
  readonly key: string;
  readonly before: Entry | undefined;
  readonly now: Entry | undefined;
  readonly cause: Cause;
}

export type Vifs = Readonly<Record<IpVersion, VifRegistry>>;

/** Entries by key; undefined is a deletion. */
export type Changes = ReadonlyMap<string, Entry | undefined>;

/** What a plan leaves behind, or what there was before it. */
export interface TableState {
  readonly vifs: Vifs;
  readonly changes: Changes;
  /** Why routes go, if not because they are deleted. */
  readonly cause?: Cause | undefined;
}

export class RouteTable {
  private vifs_: Vifs = { 4: VifRegistry.empty(), 6: VifRegistry.empty() };
  private readonly entries = new Map<string, Entry>();
  /** Keys of the routes that are not in the kernel as they are wanted. */
  private readonly incomplete = new Set<string>();
  /** Keys of the routes whose interfaces depend on which there are, or on who has joined. */
  private readonly openEnded = new Set<string>();
  /** Keys of the routes that learn. */
  private readonly learning_ = new Set<string>();
  /** Keys of the learnt entries, by the key of the route that made them. */
  private readonly learnt = new Map<string, Set<string>>();
  private readonly followers: Follower[] = [];
  private learnt_ = 0;
  private watching = 0;
  /** Of those that are not as they are wanted, and that anybody asked for. */
  private pending_ = 0;
  private degraded_ = 0;

  get vifs(): Vifs {
    return this.vifs_;
  }

  /** How many routes there are that somebody asked for: learnt entries do not count, nor what only watches interfaces. */
  get size(): number {
    return this.entries.size - this.learnt_ - this.watching;
  }

  /** How many entries are learnt. */
  get learntSize(): number {
    return this.learnt_;
  }

  get pending(): number {
    return this.pending_;
  }

  get degraded(): number {
    return this.degraded_;
  }

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  /** In the order in which the routes were added. */
  list(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** The routes that messages asked for. */
  listOwn(): Route[] {
    const routes: Route[] = [];
    for (const { route, learnt } of this.entries.values()) {
      if (learnt === undefined && route.isWatch === undefined) routes.push(route);
    }
    return routes;
  }

  keyed(): IterableIterator<[string, Entry]> {
    return this.entries.entries();
  }

  /** The entries that wait for something. */
  listIncomplete(): Entry[] {
    return Array.from(this.incomplete, (key) => this.entries.get(key)).filter((entry) => entry !== undefined);
  }

  /** The routes whose interfaces depend on which there are, or on who has joined. */
  listOpenEnded(): Entry[] {
    return Array.from(this.openEnded, (key) => this.entries.get(key)).filter((entry) => entry !== undefined);
  }

  /** Keys of the routes that learn. */
  get learning(): ReadonlySet<string> {
    return this.learning_;
  }

  /** All learnt entries. */
  *listLearnt(): Generator<[key: string, entry: Entry], void> {
    for (const keys of this.learnt.values()) {
      for (const key of keys) {
        const entry = this.entries.get(key);
        if (entry !== undefined) yield [key, entry];
      }
    }
  }

  /** Keys of the entries that a route has learnt. */
  learntBy(key: string): ReadonlySet<string> {
    return this.learnt.get(key) ?? NONE;
  }

  follow(follower: Follower): void {
    this.followers.push(follower);
  }

  /** Takes over a plan's result and answers what there was before. */
  commit(next: TableState): TableState {
    const before = new Map<string, Entry | undefined>();
    const vifs = this.vifs_;
    this.vifs_ = next.vifs;
    for (const [key, entry] of next.changes) {
      before.set(key, this.entries.get(key));
      this.set(key, entry, next.cause);
    }
    return { vifs, changes: before };
  }

  /** The kernel has an entry for a stream that a route of this table takes. */
  learn(key: string, route: Route, by: string): void {
    this.set(key, { route, installed: route, learnt: by });
  }

  /** VIFs that the kernel has from an earlier process. No route of this one uses them yet. */
  adopt(version: IpVersion, vifs: VifRegistry): void {
    this.vifs_ = { ...this.vifs_, [version]: vifs };
  }

  /** Interfaces of one family have other names now. Each of its routes has to be renamed as well before a plan is made. */
  renameVifs(version: IpVersion, names: ReadonlyMap<string, string>): void {
    const vifs = this.vifs_[version].copy();
    for (const vif of this.vifs_[version].list()) vifs.rename(vif, names.get(vif.name) ?? vif.name);
    this.vifs_ = { ...this.vifs_, [version]: vifs };
  }

  /** A route in the kernel follows its devices. Answers whether it uses one of them. */
  renameRoute(key: string, entry: Entry, names: ReadonlyMap<string, string>): boolean {
    const { installed } = entry;
    const route = followed(entry, names);
    if (installed === undefined || route === entry.route) return false;
    const now = entry.route === installed ? route : followed({ route: installed, installed }, names);
    this.set(key, { ...entry, route, installed: now });
    return true;
  }

  private set(key: string, entry: Entry | undefined, cause: Cause = 'deleted'): void {
    const before = this.entries.get(key);
    if (before !== undefined) this.forget(key, before);
    if (entry === undefined) this.entries.delete(key);
    else this.note(key, entry);
    for (const follower of this.followers) follower({ key, before, now: entry, cause });
  }

  private note(key: string, entry: Entry): void {
    this.entries.set(key, entry);
    this.count(entry, 1);
    if (entry.reason !== undefined) this.incomplete.add(key);
    if (entry.learnt === undefined) {
      if (isOpenEnded(entry.route)) this.openEnded.add(key);
      if (entry.route.learning !== undefined) this.learning_.add(key);
      return;
    }
    this.learnt_++;
    const keys = this.learnt.get(entry.learnt);
    if (keys === undefined) this.learnt.set(entry.learnt, new Set([key]));
    else keys.add(key);
  }

  private count({ route, installed, reason }: Entry, by: 1 | -1): void {
    if (route.isWatch !== undefined) this.watching += by;
    else if (installed === undefined) this.pending_ += by;
    else if (reason !== undefined) this.degraded_ += by;
  }

  private forget(key: string, entry: Entry): void {
    this.count(entry, -1);
    this.incomplete.delete(key);
    this.openEnded.delete(key);
    this.learning_.delete(key);
    if (entry.learnt === undefined) return;
    this.learnt_--;
    const keys = this.learnt.get(entry.learnt);
    keys?.delete(key);
    if (keys?.size === 0) this.learnt.delete(entry.learnt);
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The route as it is wanted, with new names for what of it is in the kernel. Answers the route itself where no name is new. */
export function followed({ route, installed }: Entry, names: ReadonlyMap<string, string>): Route {
  const interfaces = installed === undefined || names.size === 0 ? [] : routeInterfaces(installed);
  if (!interfaces.some((name) => names.has(name))) return route;
  return renamed(route, new Map(Array.from(names).filter(([from]) => interfaces.includes(from))));
}

/** A route that takes one stream wherever it comes in has a key beside that of the stream: the entry that the stream gets has that one. */
export function keyOf({ source, group, learning }: Route): string {
  if (learning === undefined) return routeKey(source, group);
  const isOneStream = source !== ANY_SOURCE && !source.includes('/') && !group.includes('/');
  return isOneStream ? openKey(source, group) : routeKey(source, group);
}

/** Key of a route of one stream whose input is left open. */
export function openKey(source: string, group: string): string {
  return `${routeKey(source, group)} ?`;
}

/** Key of the route of the same source and group whose input is left open if that of this one is not, and the other way round. */
export function rivalKey(route: Route): string {
  const { source, group } = route;
  return route.learning === undefined ? openKey(source, group) : routeKey(source, group);
}
