/**
 * A socket that joins groups and receives nothing: it has no port. What a socket may join is limited, net.ipv4.igmp_max_memberships and
 * igmp_max_msf, net.ipv6.mld_max_msf; there is no limit for all sockets together.
 *
 * A socket joins either groups or sources of groups: the kernel would turn a join of any source into one of sources
 * (net/ipv4/igmp.c ip_mc_source).
 */

import type { Family } from '../abi/family';
import {
  encodeGroupRequest,
  encodeGroupSourceRequest,
  group_req,
  group_source_req,
  MCAST_JOIN_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
} from '../abi/group-request';
import { close, longSize, trySetsockopt, udpSocket } from './libc';

/** The kernel walks through all groups of a socket for every join and leave, and IPv6 sets no limit. */
const MAX_GROUPS = 128;
/** There is no room: of its own, or of all sockets' memory. */
const NO_ROOM = ['ENOBUFS', 'ENOMEM'];
/** There is nothing to leave: no such source, no such group. */
const NOT_THERE = ['EADDRNOTAVAIL', 'EINVAL'];

const groupRequest = new Uint8Array(group_req[longSize].size);
const sourceRequest = new Uint8Array(group_source_req[longSize].size);

export class MembershipSocket {
  readonly fd: number;
  /** How many sources of each group, 1 for a join of any source. */
  private readonly groups = new Map<string, number>();

  constructor(private readonly family: Family) {
    this.fd = udpSocket(family.domain);
  }

  get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  has(ifindex: number, group: string): boolean {
    return this.groups.has(keyOf(ifindex, group));
  }

  /** Undefined if it has joined; the errno where there is no room. Throws why else it cannot. */
  tryJoin(ifindex: number, group: string, source: string | undefined): string | undefined {
    const key = keyOf(ifindex, group);
    const sources = this.groups.get(key) ?? 0;
    if (sources === 0 && this.groups.size >= MAX_GROUPS) return 'ENOBUFS';
    const refusal =
      source === undefined ? this.joinGroup(ifindex, group) : this.joinSource(ifindex, group, source, sources === 0);
    if (refusal === undefined) this.groups.set(key, sources + 1);
    return refusal;
  }

  /** Also where the interface is gone, and the membership with it: the socket still counts it. */
  leave(ifindex: number, group: string, source: string | undefined): void {
    const key = keyOf(ifindex, group);
    const sources = this.groups.get(key) ?? 0;
    if (sources > 1) this.groups.set(key, sources - 1);
    else this.groups.delete(key);
    if (source === undefined) this.leaveGroup(ifindex, group);
    else this.leaveSource(ifindex, group, source);
  }

  close(): void {
    close(this.fd);
  }

  private joinGroup(ifindex: number, group: string): string | undefined {
    encodeGroupRequest(groupRequest, this.family.version, ifindex, group, longSize);
    return this.set(MCAST_JOIN_GROUP, groupRequest, 'MCAST_JOIN_GROUP', NO_ROOM);
  }

  private joinSource(ifindex: number, group: string, source: string, isFirst: boolean): string | undefined {
    encodeGroupSourceRequest(sourceRequest, this.family.version, ifindex, group, source, longSize);
    const refusal = this.set(MCAST_JOIN_SOURCE_GROUP, sourceRequest, 'MCAST_JOIN_SOURCE_GROUP', NO_ROOM);
    // The kernel may have joined the group, for no source, before it had no room for the source.
    if (refusal !== undefined && isFirst) this.leaveGroup(ifindex, group);
    return refusal;
  }

  private leaveGroup(ifindex: number, group: string): void {
    encodeGroupRequest(groupRequest, this.family.version, ifindex, group, longSize);
    this.set(MCAST_LEAVE_GROUP, groupRequest, 'MCAST_LEAVE_GROUP', NOT_THERE);
  }

  private leaveSource(ifindex: number, group: string, source: string): void {
    encodeGroupSourceRequest(sourceRequest, this.family.version, ifindex, group, source, longSize);
    const expected = [...NOT_THERE, 'ENODEV'];
    const answer = this.set(MCAST_LEAVE_SOURCE_GROUP, sourceRequest, 'MCAST_LEAVE_SOURCE_GROUP', expected);
    // Without the interface only all sources can be left at once, and all are gone.
    if (answer === 'ENODEV') this.leaveGroup(ifindex, group);
  }

  private set(option: number, request: Uint8Array, name: string, expected: readonly string[]): string | undefined {
    return trySetsockopt(this.fd, this.family.level, option, request, request.length, name, expected);
  }
}

function keyOf(ifindex: number, group: string): string {
  return `${ifindex} ${group}`;
}
