/**
 * The members of one group on one interface.
 *
 * Hosts that speak IGMPv3 or MLDv2 each answer for themselves. Of older ones one answers, and the others keep silent (RFC 2236 3, RFC 2710
 * 4): what one says keeps all of them, and when the last that is known leaves, others may be there. Then the querier asks the group, and
 * who left stays until nobody has answered.
 */
import { ANY_SOURCE } from '../../abi/family';
import { CHANGE_TO_INCLUDE, type GroupRecord } from '../../abi/membership';
import { Member } from './member';
import { LAST_MEMBER_MS, type Querier } from './querier';

/** A host wants a source, or does not any more; `*` is any source. */
export interface Change {
  readonly event: 'member_joined' | 'member_left';
  readonly host: string;
  readonly source: string;
}

export interface Outcome {
  readonly changes: readonly Change[];
  /** How many addresses there was no room for. */
  readonly refused: number;
}

export class GroupMembers {
  private readonly hosts = new Map<string, Member>();
  /** Those that another's report may speak for, and when one last did. */
  private readonly legacy = new Set<string>();
  private spokenAt = -Infinity;
  /** The querier waits so long for one of them to answer. */
  private askedUntil = Infinity;
  /** The last one, which has left, until another one answers. */
  private leaving: string | undefined;
  private entries = 0;

  constructor(private readonly querier: Querier) {}

  /** Hosts. */
  get count(): number {
    return this.hosts.size;
  }

  /** How many addresses it takes to remember. */
  get size(): number {
    return this.entries;
  }

  get members(): Iterable<readonly [host: string, member: Member]> {
    return this.hosts;
  }

  /** A host reports. There is room for so many addresses more. */
  report(host: string, record: GroupRecord, legacy: boolean, now: number, room: number): Outcome {
    if (legacy && record.type === CHANGE_TO_INCLUDE && record.sources.length === 0) {
      return { changes: this.leave(host, now), refused: 0 };
    }
    let refused = 0;
    const changes = this.update(host, (member) => {
      refused = member.apply(record, now, room);
    });
    if (!this.hosts.has(host)) return { changes, refused };
    if (legacy) this.speak(host, now);
    else this.answersForItself(host);
    return { changes: changes.concat(this.endLeaving(host)), refused };
  }

  /** The querier asks who is there, and waits until then for those that keep silent for each other. */
  ask(until: number): void {
    if (this.legacy.size === 0) return;
    this.askedUntil = this.leaving === undefined ? Math.min(this.askedUntil, until) : Math.max(this.askedUntil, until);
  }

  /** Takes out who is gone. */
  expire(now: number): Change[] {
    const changes: Change[] = [];
    for (const [host, member] of this.hosts) {
      const gone = Array.from(member.sources).filter((source) => this.goneAt(host, member, source) <= now);
      if (gone.length > 0) changes.push(...this.update(host, () => gone.forEach((source) => void member.drop(source))));
    }
    return changes;
  }

  /** When the first of them is gone if nothing more is heard. */
  nextGone(): number {
    let next = Infinity;
    for (const [host, member] of this.hosts) next = Math.min(next, this.nextGoneOf(host, member));
    return next;
  }

  /** As nextGone, for one host. */
  hostGoneAt(host: string): number {
    const member = this.hosts.get(host);
    return member === undefined ? Infinity : this.nextGoneOf(host, member);
  }

  /** When a host asked for the source, not before `since`: not always the last time. Undefined if none did. */
  heardAt(source: string, since: number): number | undefined {
    for (const [host, member] of this.hosts) {
      const at = this.heardOf(host, member, source);
      if (at !== undefined && at >= since) return at;
    }
    return undefined;
  }

  private nextGoneOf(host: string, member: Member): number {
    let next = Infinity;
    for (const source of member.sources) next = Math.min(next, this.goneAt(host, member, source));
    return next;
  }

  private goneAt(host: string, member: Member, source: string): number {
    const gone = this.querier.goneAt(this.heardOf(host, member, source) ?? Infinity);
    return this.legacy.has(host) ? Math.min(gone, this.askedUntil) : gone;
  }

  private heardOf(host: string, member: Member, source: string): number | undefined {
    const own = member.heardAt(source);
    return own !== undefined && this.legacy.has(host) ? Math.max(own, this.spokenAt) : own;
  }

  private leave(host: string, now: number): Change[] {
    if (this.hosts.size > 1 || !this.querier.isThere(now)) return this.remove(host);
    if (!this.hosts.has(host)) return [];
    this.leaving = host;
    this.legacy.add(host);
    this.askedUntil = Math.min(this.askedUntil, now + LAST_MEMBER_MS);
    return [];
  }

  private speak(host: string, now: number): void {
    this.legacy.add(host);
    this.spokenAt = now;
    this.askedUntil = Infinity;
  }

  private answersForItself(host: string): void {
    this.legacy.delete(host);
    if (this.legacy.size === 0) this.askedUntil = Infinity; // nobody is waited for
  }

  /** A host is there: no other has to be waited for. */
  private endLeaving(host: string): Change[] {
    const { leaving } = this;
    this.leaving = undefined;
    return leaving === undefined || leaving === host ? [] : this.remove(leaving);
  }

  private remove(host: string): Change[] {
    return this.hosts.has(host) ? this.update(host, (member) => member.drop(ANY_SOURCE)) : [];
  }

  private update(host: string, act: (member: Member) => void): Change[] {
    const member = this.hosts.get(host) ?? new Member();
    const { size } = member;
    const before = new Set(member.sources);
    act(member);
    const after = new Set(member.sources);
    this.entries += member.size - size;
    if (after.size > 0) this.hosts.set(host, member);
    else this.forget(host);
    return [...difference('member_joined', host, after, before), ...difference('member_left', host, before, after)];
  }

  private forget(host: string): void {
    this.hosts.delete(host);
    this.answersForItself(host);
    if (this.leaving === host) this.leaving = undefined;
  }
}

/** The sources of one set that the other does not have. */
function difference(event: Change['event'], host: string, these: Set<string>, those: Set<string>): Change[] {
  return Array.from(these)
    .filter((source) => !those.has(source))
    .map((source) => ({ event, host, source }));
}
