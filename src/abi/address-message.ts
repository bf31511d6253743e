/**
 * Netlink messages about the addresses of network interfaces: linux/if_addr.h, net/ipv4/devinet.c inet_fill_ifaddr and
 * net/ipv6/addrconf.c inet6_fill_ifaddr.
 */
import { formatIpv4, formatIpv6, getIpv6 } from './address';
import { getI32 } from './endian';
import { eachAttribute, encodeDump, nlmsghdr } from './netlink';

/** struct ifaddrmsg { u8 ifa_family, ifa_prefixlen, ifa_flags, ifa_scope; u32 ifa_index; } */
export const ifaddrmsg = {
  size: 8,
  ifa_family: 0,
  ifa_prefixlen: 1,
  ifa_flags: 2,
  ifa_scope: 3,
  ifa_index: 4,
} as const;

export const RTM_NEWADDR = 20;
export const RTM_GETADDR = 22;
export const IFA_ADDRESS = 1;
export const IFA_LOCAL = 2;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

export const ADDRESS_DUMP_SIZE = nlmsghdr.size + ifaddrmsg.size;

/** Writes the request for the addresses of all interfaces and families. */
export function encodeAddressDump(bytes: Uint8Array): void {
  encodeDump(bytes, RTM_GETADDR);
}

/** An address of this machine. */
export interface AddressMessage {
  readonly ifindex: number;
  /** With the length of its prefix: `10.1.1.1/24`. */
  readonly address: string;
}

/** Undefined for the addresses of other families. */
export function decodeAddress(bytes: Uint8Array, start: number, end: number): AddressMessage | undefined {
  let own: string | undefined;
  let other: string | undefined;
  eachAttribute(bytes, start + ifaddrmsg.size, end, (type, at, size) => {
    if (type === IFA_LOCAL) own = format(bytes, at, size);
    if (type === IFA_ADDRESS) other = format(bytes, at, size); // of the other end, where there is one
  });
  const address = own ?? other;
  if (address === undefined) return undefined;
  const ifindex = getI32(bytes, start + ifaddrmsg.ifa_index);
  return { ifindex, address: `${address}/${bytes[start + ifaddrmsg.ifa_prefixlen]}` };
}

function format(bytes: Uint8Array, at: number, size: number): string | undefined {
  if (size === IPV4_BYTES) return formatIpv4(bytes, at);
  return size === IPV6_BYTES ? formatIpv6(getIpv6(bytes, at)) : undefined;
}
