/**
 * Who is a member of which group, on which interface: the reports of hosts, kept until they leave or are gone.
 *
 * Where a querier asks, a host that does not answer is gone after 260 seconds (RFC 3376 8.4). Where none does, it stays until it leaves;
 * who asks may leave out hosts that were not heard for some time. What is remembered is bounded, whatever is sent.
 */
import type { IpVersion } from '../../abi/address';
import type { Report } from '../../abi/membership';
import type { HeardMembership } from '../../kernel/kernel';
import { type Clock, systemClock, Timer } from '../clock';
import type { Change } from './group-members';
import { LinkMembers, type Membership } from './link-members';

export interface MemberChange extends Membership {
  readonly event: Change['event'];
  /** How many hosts of the group there are on the interface now. */
  readonly members: number;
}

/** Must not throw. */
export interface MembersListener {
  member(change: MemberChange): void;
  /** What is wanted of the group may have changed, or was asked for again; after the changes of its members. Told for every report. */
  wishes(version: IpVersion, ifindex: number, group: string): void;
}

/** How many addresses are remembered, of hosts and sources. An interface has no more than half of what the others leave. */
const MAX_SIZE = 10_000;

/** Hosts that have no address yet have this one, so that what one says may be another's. RFC 3376 4.2.13 */
const NO_ADDRESS = '0.0.0.0';

const nameOf = (version: IpVersion, ifindex: number): string => `${version} ${ifindex}`;

export class Members {
  private readonly links = new Map<string, LinkMembers>();
  private readonly timer: Timer;
  private size = 0;
  private refusals = 0;

  constructor(
    private readonly listener: MembersListener,
    private readonly clock: Clock = systemClock,
  ) {
    this.timer = new Timer(clock, (now) => this.expire(now));
  }

  /** How many addresses there was no room for until now. */
  get refused(): number {
    return this.refusals;
  }

  heard({ version, ifindex, host, message }: HeardMembership): void {
    const link = this.links.get(nameOf(version, ifindex)) ?? new LinkMembers(version, ifindex);
    this.links.set(nameOf(version, ifindex), link);
    if (message.kind === 'report') this.report(link, host, message);
    else this.timer.wakeBy(link.query(message, this.clock.now()));
  }

  /** Whether a host wants the group's packets from this source (`*`: from any), and has said so in the last `maxAgeMs`. */
  wants(version: IpVersion, ifindex: number, group: string, source: string, maxAgeMs = Infinity): boolean {
    return this.wantedUntil(version, ifindex, group, source, maxAgeMs) !== undefined;
  }

  /** As wants: when to ask again, by the listener's clock, if nothing more is heard. Undefined if nobody wants them. */
  wantedUntil(
    version: IpVersion,
    ifindex: number,
    group: string,
    source: string,
    maxAgeMs: number,
  ): number | undefined {
    const link = this.links.get(nameOf(version, ifindex));
    const at = link?.heardAt(group, source, this.clock.now() - maxAgeMs);
    return at === undefined ? undefined : at + maxAgeMs;
  }

  *list(): Generator<Membership> {
    for (const link of this.links.values()) yield* link.list();
  }

  /** The interface is gone, or is not heard any more: so are its members. */
  forget(version: IpVersion, ifindex: number): void {
    const link = this.links.get(nameOf(version, ifindex));
    if (link === undefined) return;
    this.links.delete(nameOf(version, ifindex));
    this.size -= link.size;
    const groups = new Set<string>();
    for (const membership of link.list()) {
      groups.add(membership.group);
      this.listener.member({ event: 'member_left', ...membership, members: 0 });
    }
    for (const group of groups) this.listener.wishes(version, ifindex, group);
  }

  /** Tells nothing of those who are there. */
  close(): void {
    this.timer.close();
    this.links.clear();
    this.size = 0;
  }

  private report(link: LinkMembers, host: string, { records, legacy }: Report): void {
    const now = this.clock.now();
    for (const record of records) {
      const { size } = link;
      const room = Math.max(0, Math.floor((MAX_SIZE - this.size - size) / 2));
      const { changes, refused } = link.report(host, record, legacy || host === NO_ADDRESS, now, room);
      this.size += link.size - size;
      this.refusals += refused;
      this.timer.wakeBy(link.goneAt(record.group, host));
      this.tell(link, record.group, changes);
    }
  }

  private expire(now: number): number {
    let next = Infinity;
    for (const link of this.links.values()) {
      const { size } = link;
      const changed = link.expire(now);
      this.size += link.size - size;
      next = Math.min(next, link.nextGone());
      for (const [group, changes] of changed) this.tell(link, group, changes);
    }
    return next;
  }

  private tell(link: LinkMembers, group: string, changes: readonly Change[]): void {
    const members = link.count(group);
    for (const { event, host, source } of changes) {
      this.listener.member({ event, ...link.membership(group, host, source), members });
    }
    this.listener.wishes(link.version, link.ifindex, group);
  }
}
