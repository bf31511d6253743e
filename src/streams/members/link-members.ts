/**
 * The members of all groups of one family on one interface, and the querier that asks them.
 */
import type { IpVersion } from '../../abi/address';
import { ANY_SOURCE } from '../../abi/family';
import type { GroupRecord, Query } from '../../abi/membership';
import { GroupMembers, type Outcome } from './group-members';
import { answerTime, Querier } from './querier';

/** A host of a group on an interface. */
export interface Membership {
  readonly version: IpVersion;
  readonly ifindex: number;
  readonly group: string;
  readonly host: string;
  /** Left out: any source, or all but some. */
  readonly source?: string;
}

export class LinkMembers {
  private readonly querier = new Querier();
  private readonly groups = new Map<string, GroupMembers>();
  private entries = 0;

  constructor(
    readonly version: IpVersion,
    readonly ifindex: number,
  ) {}

  /** How many addresses it takes to remember. */
  get size(): number {
    return this.entries;
  }

  /** Answers when the first member may be gone because of it. */
  query(query: Query, now: number): number {
    const mayBeGone = this.querier.hear(query, now);
    if (query.group === undefined || query.partial) return mayBeGone;
    const answered = now + answerTime(query);
    this.groups.get(query.group)?.ask(answered);
    return Math.min(mayBeGone, answered);
  }

  /** A host reports. There is room for so many addresses more. */
  report(host: string, record: GroupRecord, legacy: boolean, now: number, room: number): Outcome {
    const group = this.groups.get(record.group) ?? new GroupMembers(this.querier);
    return this.change(record.group, group, () => group.report(host, record, legacy, now, room));
  }

  /** When the host is gone from the group if nothing more is heard. */
  goneAt(group: string, host: string): number {
    return this.groups.get(group)?.hostGoneAt(host) ?? Infinity;
  }

  count(group: string): number {
    return this.groups.get(group)?.count ?? 0;
  }

  /** Takes out who is gone: what that changes, by group. */
  expire(now: number): Map<string, Outcome['changes']> {
    const changed = new Map<string, Outcome['changes']>();
    for (const [name, group] of this.groups) {
      if (group.nextGone() <= now)
        changed.set(
          name,
          this.change(name, group, () => group.expire(now)),
        );
    }
    return changed;
  }

  /** When the first of them is gone if nothing more is heard. */
  nextGone(): number {
    let next = Infinity;
    for (const group of this.groups.values()) next = Math.min(next, group.nextGone());
    return next;
  }

  heardAt(group: string, source: string, since: number): number | undefined {
    return this.groups.get(group)?.heardAt(source, since);
  }

  *list(): Generator<Membership> {
    for (const [name, group] of this.groups) {
      for (const [host, { sources }] of group.members) {
        for (const source of sources) yield this.membership(name, host, source);
      }
    }
  }

  membership(group: string, host: string, source: string): Membership {
    const { version, ifindex } = this;
    return { version, ifindex, group, host, ...(source === ANY_SOURCE ? {} : { source }) };
  }

  private change<T>(name: string, group: GroupMembers, act: () => T): T {
    const { size } = group;
    const result = act();
    this.entries += group.size - size;
    if (group.count > 0) this.groups.set(name, group);
    else this.groups.delete(name);
    return result;
  }
}
