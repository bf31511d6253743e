/**
 * Joins of groups by IGMP and MLD: net/ipv4/igmp.c, net/ipv6/mcast.c.
 *
 * The kernel counts how many sockets of a machine have joined a group and tells the network of the first and the last only. So sockets
 * that another process keeps open, or that are closed after others have joined the same, cost the stream nothing.
 *
 * An interface that is deleted, or moved to another namespace, takes its groups along, and the sockets do not notice. If one with the same
 * index comes, leaving a group of the old one would leave it on the new one: what was lost is left before it is joined again.
 */
import type { IpVersion } from '../abi/address';
import { familyOf } from '../abi/families';
import { readJoinedGroups } from './joined-groups';
import type { Memberships } from './kernel';
import { MembershipPool } from './membership-pool';
import type { MembershipSocket } from './membership-socket';

interface Membership {
  readonly version: IpVersion;
  readonly ifindex: number;
  readonly group: string;
  readonly socket: MembershipSocket;
  /** How often it was joined. */
  users: number;
}

class LinuxMemberships implements Memberships {
  opened = 0;
  private readonly pools = new Map<string, MembershipPool>();
  private readonly joined = new Map<string, Membership>();

  join(version: IpVersion, ifindex: number, group: string, source: string | undefined): void {
    const key = keyOf(version, ifindex, group, source);
    const membership = this.joined.get(key);
    if (membership === undefined) {
      const socket = this.pool(version, source).join(ifindex, group, source);
      this.joined.set(key, { version, ifindex, group, socket, users: 1 });
    } else {
      membership.users++;
    }
  }

  leave(version: IpVersion, ifindex: number, group: string, source: string | undefined): void {
    const key = keyOf(version, ifindex, group, source);
    const membership = this.joined.get(key);
    if (membership === undefined || --membership.users > 0) return;
    this.joined.delete(key);
    this.pool(version, source).leave(membership.socket, ifindex, group, source);
  }

  lost(version: IpVersion): Set<number> {
    // All that an interface has goes at once, so that one group of each tells.
    const witnesses = new Map<number, string>();
    for (const one of this.joined.values()) if (one.version === version) witnesses.set(one.ifindex, one.group);
    if (witnesses.size === 0) return new Set();
    const has = readJoinedGroups(version);
    const lost = Array.from(witnesses).filter(([ifindex, group]) => !has(ifindex, group));
    return new Set(lost.map(([ifindex]) => ifindex));
  }

  fds(): number[] {
    return Array.from(this.pools.values()).flatMap((pool) => pool.fds());
  }

  async close(): Promise<void> {
    const pools = Array.from(this.pools.values());
    this.pools.clear();
    this.joined.clear();
    for (const pool of pools) await pool.closeAll();
  }

  private pool(version: IpVersion, source: string | undefined): MembershipPool {
    const kind = `${version} ${source === undefined ? 'groups' : 'sources'}`;
    let pool = this.pools.get(kind);
    if (pool === undefined) {
      pool = new MembershipPool(familyOf(version), () => this.opened++);
      this.pools.set(kind, pool);
    }
    return pool;
  }
}

function keyOf(version: IpVersion, ifindex: number, group: string, source: string | undefined): string {
  return `${version} ${ifindex} ${group} ${source ?? '*'}`;
}

export function openMemberships(): Memberships {
  return new LinuxMemberships();
}
