/**
 * struct group_req and group_source_req of linux/in.h: a group, and one of its sources, that a socket joins on an interface. The same for
 * both families.
 */
import { type IpVersion, putAddress } from './address';
import { putU16, putU32 } from './endian';
import { familyOf } from './families';
import type { LongSize } from './family';
import { sockaddr_in6 } from './ipv6';

/** setsockopt, at the level of either family. */
export const MCAST_JOIN_GROUP = 42;
export const MCAST_LEAVE_GROUP = 45;
export const MCAST_JOIN_SOURCE_GROUP = 46;
export const MCAST_LEAVE_SOURCE_GROUP = 47;

/** struct group_req { u32 gr_interface; struct sockaddr_storage gr_group; }: a sockaddr_storage is aligned as a long. */
export const group_req = {
  8: { size: 136, gr_interface: 0, gr_group: 8 },
  4: { size: 132, gr_interface: 0, gr_group: 4 },
} as const;

/** struct group_source_req { u32 gsr_interface; struct sockaddr_storage gsr_group, gsr_source; } */
export const group_source_req = {
  8: { size: 264, gsr_interface: 0, gsr_group: 8, gsr_source: 136 },
  4: { size: 260, gsr_interface: 0, gsr_group: 4, gsr_source: 132 },
} as const;

/** struct sockaddr_in { u16 sin_family; be16 sin_port; struct in_addr sin_addr; … } */
export const sockaddr_in = { size: 16, sin_family: 0, sin_addr: 4 } as const;

export function encodeGroupRequest(
  bytes: Uint8Array,
  version: IpVersion,
  ifindex: number,
  group: string,
  long: LongSize,
): void {
  const { size, gr_interface, gr_group } = group_req[long];
  bytes.fill(0, 0, size);
  putU32(bytes, gr_interface, ifindex);
  putSockaddr(bytes, gr_group, version, group);
}

export function encodeGroupSourceRequest(
  bytes: Uint8Array,
  version: IpVersion,
  ifindex: number,
  group: string,
  source: string,
  long: LongSize,
): void {
  const { size, gsr_source } = group_source_req[long];
  encodeGroupRequest(bytes, version, ifindex, group, long); // stands at the same offsets
  bytes.fill(0, gsr_source, size);
  putSockaddr(bytes, gsr_source, version, source);
}

function putSockaddr(bytes: Uint8Array, offset: number, version: IpVersion, address: string): void {
  putU16(bytes, offset + sockaddr_in.sin_family, familyOf(version).domain);
  putAddress(bytes, offset + (version === 4 ? sockaddr_in.sin_addr : sockaddr_in6.sin6_addr), version, address);
}
