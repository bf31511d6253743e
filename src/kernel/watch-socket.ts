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
import { SO_RCVBUF, SO_RCVBUFFORCE, SOL_SOCKET } from '../abi/socket-options';
import { encodeWatchFilter } from '../abi/watch-filter';
import { isErrno } from '../errors';
import { attachFilter, bind, close, netlinkSocket, setsockopt } from './libc';

/** The kernel doubles it. A message about an entry takes less than 1 KiB of it: 32 MiB hold those of more than 40,000 routes. */
const RECEIVE_BUFFER = 16 * 1024 * 1024;

export function openWatchSocket(): number {
  const fd = netlinkSocket();
  try {
    enlarge(fd);
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
