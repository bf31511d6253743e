/**
 * Netlink messages about network interfaces: linux/if_link.h, net/core/rtnetlink.c rtnl_fill_ifinfo.
 */
import { getI32 } from './endian';
import { IFF_LOOPBACK, IFF_MULTICAST, IFF_RUNNING, IFF_UP } from './ifreq';
import { eachAttribute, encodeDump, nlmsghdr } from './netlink';

/** struct ifinfomsg { u8 ifi_family, pad; u16 ifi_type; int ifi_index; unsigned int ifi_flags, ifi_change; } */
export const ifinfomsg = { size: 16, ifi_family: 0, ifi_type: 2, ifi_index: 4, ifi_flags: 8, ifi_change: 12 } as const;

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const IFLA_IFNAME = 3;

export const LINK_DUMP_SIZE = nlmsghdr.size + ifinfomsg.size;

/** Writes the request for all interfaces. */
export function encodeLinkDump(bytes: Uint8Array): void {
  encodeDump(bytes, RTM_GETLINK);
}

/** As ifi_family: the message is about a port of a bridge, net/bridge/br_netlink.c br_ifinfo_notify. */
export const AF_BRIDGE = 7;

export interface LinkMessage {
  readonly name: string;
  readonly ifindex: number;
  readonly up: boolean;
  /** It is up and has a carrier. */
  readonly running: boolean;
  readonly multicast: boolean;
  readonly loopback: boolean;
  /** It is about the interface as a port of a bridge. */
  readonly isPort: boolean;
}

const decoder = new TextDecoder();

export function decodeLink(bytes: Uint8Array, start: number, end: number): LinkMessage {
  let name = '';
  eachAttribute(bytes, start + ifinfomsg.size, end, (type, at, size) => {
    if (type === IFLA_IFNAME) name = decoder.decode(bytes.subarray(at, at + size - 1)); // its last byte is 0
  });
  const flags = getI32(bytes, start + ifinfomsg.ifi_flags);
  return {
    name,
    ifindex: getI32(bytes, start + ifinfomsg.ifi_index),
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    multicast: (flags & IFF_MULTICAST) !== 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    isPort: bytes[start + ifinfomsg.ifi_family] === AF_BRIDGE,
  };
}
