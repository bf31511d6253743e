/**
 * Joins the groups of routes on their incoming interfaces, so that routers and switches upstream send the streams here.
 *
 * A join is wished for by the name of an interface and made by its index. It waits for an interface that is not there, is made anew where
 * one of that name comes, and stays on one that is renamed until the wish follows. Nothing is opened while nobody wishes.
 */
import type { IpVersion } from '../../abi/address';
import { MfcError } from '../../errors';
import type { Kernel, Memberships } from '../../kernel/kernel';
import { Pace } from '../../pace';
import type { JoinWish } from './join-wishes';

interface Join {
  readonly key: string;
  readonly wish: JoinWish;
  /** Where it is joined; undefined while it is not. */
  ifindex: number | undefined;
}

export class Joins {
  private readonly joins = new Map<string, Join>();
  /** By the name of the interface. */
  private readonly byLink = new Map<string, Set<Join>>();
  private readonly failed = new Map<string, MfcError>();
  private memberships: Memberships | undefined;

  constructor(private readonly kernel: Kernel) {}

  get size(): number {
    return this.joins.size;
  }

  /** What the kernel refused to join, with the reason, by key. Those that wait for their interface are not among them. */
  get failures(): ReadonlyMap<string, MfcError> {
    return this.failed;
  }

  /** The sockets that hold the joins: as long as any process has them open, no group is left. */
  fds(): number[] {
    return this.memberships?.fds() ?? [];
  }

  /** How many sockets were opened until now: who keeps them has to look again when there are more. */
  get opened(): number {
    return this.memberships?.opened ?? 0;
  }

  /** Joins, or leaves where `wish` is undefined. What was wished under that key before is left afterwards: a stream that both want goes on. */
  set(key: string, wish: JoinWish | undefined): void {
    const before = this.joins.get(key);
    if (before !== undefined && wish !== undefined && isSame(before.wish, wish)) return;
    this.joins.delete(key);
    this.failed.delete(key);
    if (wish !== undefined) this.add({ key, wish, ifindex: undefined });
    if (before !== undefined) this.drop(before);
  }

  /**
   * Looks at the interfaces and does what is due. Wishes follow new names of interfaces before this is called; no other call while it runs.
   * What the kernel refuses is tried again with the next call.
   */
  async refresh(): Promise<void> {
    if (this.joins.size === 0) return;
    const pace = new Pace();
    const lost = { 4: this.lost(4), 6: this.lost(6) };
    const links = Array.from(this.byLink, ([name, joins]) => ({ joins, ifindex: this.kernel.findLink(name)?.ifindex }));
    // All are left before any is joined: see Memberships.lost().
    for (const { joins, ifindex } of links) {
      for (const join of joins) {
        if (this.isMisplaced(join, ifindex, lost)) this.leave(join);
        if (pace.isDue()) await pace.rest();
      }
    }
    for (const { joins, ifindex } of links) {
      for (const join of joins) {
        if (join.ifindex === undefined) this.join(join, ifindex);
        if (pace.isDue()) await pace.rest();
      }
    }
  }

  /** Closes all sockets; what another process has open is not left. Safe to call twice, and no other call after it. */
  async close(): Promise<void> {
    this.joins.clear();
    this.byLink.clear();
    this.failed.clear();
    await this.memberships?.close();
  }

  private add(join: Join): void {
    this.joins.set(join.key, join);
    const { iif } = join.wish;
    const joins = this.byLink.get(iif);
    if (joins === undefined) this.byLink.set(iif, new Set([join]));
    else joins.add(join);
    this.join(join, this.kernel.findLink(iif)?.ifindex);
  }

  private drop(join: Join): void {
    const { iif } = join.wish;
    const joins = this.byLink.get(iif);
    joins?.delete(join);
    if (joins?.size === 0) this.byLink.delete(iif);
    this.leave(join);
  }

  private join(join: Join, ifindex: number | undefined): void {
    this.failed.delete(join.key);
    if (ifindex === undefined) return;
    const { version, group, source } = join.wish;
    try {
      this.memberships ??= this.kernel.openMemberships();
      this.memberships.join(version, ifindex, group, source);
      join.ifindex = ifindex;
    } catch (error) {
      if (!(error instanceof MfcError)) throw error;
      this.failed.set(join.key, error);
    }
  }

  private leave(join: Join): void {
    if (join.ifindex === undefined) return;
    const { version, group, source } = join.wish;
    this.memberships?.leave(version, join.ifindex, group, source);
    join.ifindex = undefined;
  }

  private lost(version: IpVersion): ReadonlySet<number> {
    return this.memberships?.lost(version) ?? new Set();
  }

  /** @param now the interface that has the name of the join's; where there is none, the join's own may have another name by now */
  private isMisplaced(
    { wish, ifindex }: Join,
    now: number | undefined,
    lost: Readonly<Record<IpVersion, ReadonlySet<number>>>,
  ): boolean {
    if (ifindex === undefined) return false;
    return lost[wish.version].has(ifindex) || (now !== undefined && now !== ifindex);
  }
}

function isSame(a: JoinWish, b: JoinWish): boolean {
  return a.version === b.version && a.iif === b.iif && a.group === b.group && a.source === b.source;
}
