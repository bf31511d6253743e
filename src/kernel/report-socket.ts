/**
 * A raw socket that hears IGMP or MLD on one interface. CAP_NET_RAW is all that it needs.
 *
 * Newer reports go to the routers of the link, and so do leaves: the socket joins those groups. Reports of IGMPv1, IGMPv2 and MLDv1 go to
 * the group that they are about. The kernel hands those over where the interface is routed: to IPv4 sockets that ask for the Router Alert
 * (net/ipv4/ip_input.c ip_call_ra_chain), to all ICMPv6 sockets (net/ipv6/ip6_input.c ip6_mc_input). An IPv4 report without that option
 * goes to the owner socket of the table only.
 *
 * A packet socket would hear the same, but the kernel would run its filter on every packet that comes in on the interface.
 */
import type { IpVersion } from '../abi/address';
import { putU32 } from '../abi/endian';
import { familyOf } from '../abi/families';
import { encodeGroupRequest, group_req, MCAST_JOIN_GROUP } from '../abi/group-request';
import { encodeMldOnly, encodeReportFilter, ICMPV6_FILTER, icmp6_filter } from '../abi/report-filter';
import { IP_ROUTER_ALERT, SO_BINDTOIFINDEX, SOL_SOCKET } from '../abi/socket-options';
import { attachFilter, close, longSize, rawSocket, setsockopt, tryReceive } from './libc';

/** All routers of the link, and those that speak IGMPv3 or MLDv2. */
const ROUTERS = { 4: ['224.0.0.2', '224.0.0.22'], 6: ['ff02::2', 'ff02::16'] } as const;

/** More than can have come between two system calls. */
const STRAYS = 1_000;

export function openReportSocket(version: IpVersion, ifindex: number): number {
  const family = familyOf(version);
  const fd = rawSocket(family.domain, family.protocol);
  try {
    setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, int(ifindex), 4, 'SO_BINDTOIFINDEX');
    attachFilter(fd, encodeReportFilter(version));
    if (version === 4) setsockopt(fd, family.level, IP_ROUTER_ALERT, int(1), 4, 'IP_ROUTER_ALERT');
    else hearMldOnly(fd, family.protocol);
    dropStrays(fd);
    for (const group of ROUTERS[version]) {
      const request = new Uint8Array(group_req[longSize].size);
      encodeGroupRequest(request, version, ifindex, group, longSize);
      setsockopt(fd, family.level, MCAST_JOIN_GROUP, request, request.length, 'MCAST_JOIN_GROUP');
    }
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

function hearMldOnly(fd: number, level: number): void {
  const filter = new Uint8Array(icmp6_filter.size);
  encodeMldOnly(filter);
  setsockopt(fd, level, ICMPV6_FILTER, filter, filter.length, 'ICMP6_FILTER');
}

/** What came in elsewhere before the socket was bound. */
function dropStrays(fd: number): void {
  const bytes = new Uint8Array(1);
  for (let n = 0; n < STRAYS && tryReceive(fd, bytes) !== 'EAGAIN'; n++);
}

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value);
  return bytes;
}
