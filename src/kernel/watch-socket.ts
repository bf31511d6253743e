/**
 * A netlink socket that hears of changes to interfaces, entries and owners. No right is needed.
 */
import { putU16, putU32 } from '../abi/endian';
import {
  AF_NETLINK,
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_DROP_MEMBERSHIP,
  RTNLGRP,
  SOL_NETLINK,
  sockaddr_nl,
} from '../abi/netlink';
import { encodeWatchFilter } from '../abi/watch-filter';
import { attachFilter, bind, close, netlinkSocket, setsockopt } from './libc';
import { enlargeReceiveBuffer } from './receive-buffer';

/** A message about an entry takes less than 1 KiB: the buffer holds those of more than 40,000 routes. */
export function openWatchSocket(): number {
  const fd = netlinkSocket();
  try {
    enlargeReceiveBuffer(fd);
    attachFilter(fd, encodeWatchFilter());
    // The kernel sends nothing to a socket without an address; it picks one. Binding later would leave the groups again.
    const address = new Uint8Array(sockaddr_nl.size);
    putU16(address, sockaddr_nl.nl_family, AF_NETLINK);
    bind(fd, address);
    for (const group of Object.values(RTNLGRP)) join(fd, group);
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Whether the socket is to hear of entries. */
export function hearEntries(fd: number, isWanted: boolean): void {
  const change = isWanted ? join : leave;
  for (const group of [RTNLGRP.IPV4_MROUTE, RTNLGRP.IPV6_MROUTE]) change(fd, group);
}

function join(fd: number, group: number): void {
  setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int(group), 4, 'NETLINK_ADD_MEMBERSHIP');
}

function leave(fd: number, group: number): void {
  setsockopt(fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, int(group), 4, 'NETLINK_DROP_MEMBERSHIP');
}

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value);
  return bytes;
}
