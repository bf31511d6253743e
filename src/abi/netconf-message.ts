/**
 * Netlink messages about settings of interfaces: linux/netconf.h.
 *
 * The kernel counts the owners of multicast routing in the setting mc_forwarding of all interfaces, and tells each change of it.
 * It does so for every table: net/ipv4/ipmr.c and net/ipv6/ip6mr.c, mrtsock_destruct and MRT_INIT.
 */
import type { IpVersion } from './address';
import { getI32 } from './endian';
import { eachAttribute } from './netlink';

/** struct netconfmsg { u8 ncm_family; }; attributes follow at the next multiple of 4. */
export const netconfmsg = { size: 1, ncm_family: 0 } as const;
export const NETCONFMSG_ALIGNED = 4;

export const RTM_NEWNETCONF = 80;
export const NETCONFA_IFINDEX = 1;
export const NETCONFA_MC_FORWARDING = 4;
export const NETCONFA_IFINDEX_ALL = -1;
const AF_INET = 2;
const AF_INET6 = 10;

/** The family in which a table got or lost its owner; undefined if the message is about something else. */
export function decodeOwnerChange(bytes: Uint8Array, start: number, end: number): IpVersion | undefined {
  let all = false;
  let forwarding = false;
  eachAttribute(bytes, start + NETCONFMSG_ALIGNED, end, (type, at) => {
    if (type === NETCONFA_IFINDEX) all = getI32(bytes, at) === NETCONFA_IFINDEX_ALL;
    if (type === NETCONFA_MC_FORWARDING) forwarding = true;
  });
  if (!all || !forwarding) return undefined;
  const family = bytes[start + netconfmsg.ncm_family];
  if (family === AF_INET) return 4;
  return family === AF_INET6 ? 6 : undefined;
}
