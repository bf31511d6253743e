/**
 * A netlink socket that hears of changes to interfaces, entries and owners. No right is needed.
 */
import { putU16, putU32 } from '../abi/endian';
import { AF_NETLINK, NETLINK_ADD_MEMBERSHIP, SOL_NETLINK, sockaddr_nl } from '../abi/netlink';
import { encodeWatchFilter, SO_ATTACH_FILTER, SOL_SOCKET, WATCH_FILTER_LENGTH } from '../abi/watch-filter';
import { isErrno } from '../errors';
import { bind, close, netlinkSocket, setFilter, setsockopt } from './libc';

/** linux/rtnetlink.h: links; entries of IPv4 and IPv6; settings of IPv4 and IPv6. */
export const RTNLGRP = { LINK: 1, IPV4_MROUTE: 6, IPV6_MROUTE: 10, IPV4_NETCONF: 24, IPV6_NETCONF: 25 } as const;

export const SO_RCVBUF = 8;
export const SO_RCVBUFFORCE = 33;

/** The kernel doubles it. A message about an entry takes less than 1 KiB of it: 32 MiB hold those of more than 40,000 routes. */
const RECEIVE_BUFFER = 16 * 1024 * 1024;

export function openWatchSocket(): number {
  const fd = netlinkSocket();
  try {
    enlarge(fd);
    setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, encodeWatchFilter(), WATCH_FILTER_LENGTH);
    // The kernel sends nothing to a socket without an address; it picks one. Binding later would leave the groups again.
    const address = new Uint8Array(sockaddr_nl.size);
    putU16(address, sockaddr_nl.nl_family, AF_NETLINK);
    bind(fd, address);
    for (const group of Object.values(RTNLGRP)) {
      setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int(group), 4, 'NETLINK_ADD_MEMBERSHIP');
    }
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Beyond net.core.rmem_max only with CAP_NET_ADMIN in the first user namespace; else up to it. */
function enlarge(fd: number): void {
  const size = int(RECEIVE_BUFFER);
  try {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, size.length, 'SO_RCVBUFFORCE');
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, size.length, 'SO_RCVBUF');
  }
}

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value);
  return bytes;
}
