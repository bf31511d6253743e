/**
 * What all rtnetlink messages have in common: header, attributes, and the request for a list. linux/netlink.h.
 *
 * A datagram is walked in place: nothing is copied, for a burst of routes brings as many messages.
 */
import type { IpVersion } from './address';
import { getI32, getLong, getU16, putU16, putU32 } from './endian';

/** struct nlmsghdr { u32 nlmsg_len; u16 nlmsg_type, nlmsg_flags; u32 nlmsg_seq, nlmsg_pid; } */
export const nlmsghdr = {
  size: 16,
  nlmsg_len: 0,
  nlmsg_type: 4,
  nlmsg_flags: 6,
  nlmsg_seq: 8,
  nlmsg_pid: 12,
} as const;
/** struct nlattr { u16 nla_len, nla_type; } */
export const nlattr = { size: 4, nla_len: 0, nla_type: 2 } as const;
/** struct sockaddr_nl { u16 nl_family, nl_pad; u32 nl_pid, nl_groups; } */
export const sockaddr_nl = { size: 12, nl_family: 0, nl_pid: 4, nl_groups: 8 } as const;

export const AF_NETLINK = 16;
export const NETLINK_ROUTE = 0;
export const SOL_NETLINK = 270;
export const NETLINK_ADD_MEMBERSHIP = 1;
export const NETLINK_DROP_MEMBERSHIP = 2;
export const NETLINK_GET_STRICT_CHK = 12;

/** The groups of messages that a socket can hear: linux/rtnetlink.h. */
export const RTNLGRP = { LINK: 1, IPV4_MROUTE: 6, IPV6_MROUTE: 10, IPV4_NETCONF: 24, IPV6_NETCONF: 25 } as const;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
/** NLM_F_REQUEST */
export const REQUEST = 0x1;
/** NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH */
export const DUMP = 0x301;

/** The families under which multicast routing has its rules and entries: linux/rtnetlink.h. */
export const RTNL_FAMILY_IPMR = 128;
export const RTNL_FAMILY_IP6MR = 129;

export function rtnlFamily(version: IpVersion): number {
  return version === 4 ? RTNL_FAMILY_IPMR : RTNL_FAMILY_IP6MR;
}

const align = (size: number): number => (size + 3) & ~3;

/** Writes the head of a request for a list of everything; the bytes behind it are zeroed. */
export function encodeDump(bytes: Uint8Array, type: number): void {
  bytes.fill(0);
  putU32(bytes, nlmsghdr.nlmsg_len, bytes.length);
  putU16(bytes, nlmsghdr.nlmsg_type, type);
  putU16(bytes, nlmsghdr.nlmsg_flags, DUMP);
}

/** Calls `visit` for every whole message of a datagram: what stands from `start`, behind the header, to `end`. */
export function eachMessage(
  bytes: Uint8Array,
  size: number,
  visit: (type: number, start: number, end: number) => void,
): void {
  for (let at = 0; at + nlmsghdr.size <= size; ) {
    const length = getLong(bytes, at + nlmsghdr.nlmsg_len, 4);
    if (length < nlmsghdr.size || at + length > size) return;
    visit(getU16(bytes, at + nlmsghdr.nlmsg_type), at + nlmsghdr.size, at + length);
    at += align(length);
  }
}

/** Calls `visit` for every whole attribute between `start` and `end`: its value is `size` bytes from `at`. */
export function eachAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (type: number, at: number, size: number) => void,
): void {
  for (let at = start; at + nlattr.size <= end; ) {
    const length = getU16(bytes, at + nlattr.nla_len);
    if (length < nlattr.size || at + length > end) return;
    visit(getU16(bytes, at + nlattr.nla_type), at + nlattr.size, length - nlattr.size);
    at += align(length);
  }
}

/** Writes the head of an attribute whose value has `size` bytes. Answers where that begins. */
export function putAttribute(bytes: Uint8Array, at: number, type: number, size: number): number {
  putU16(bytes, at + nlattr.nla_len, nlattr.size + size);
  putU16(bytes, at + nlattr.nla_type, type);
  return at + nlattr.size;
}

/**
 * The errno with which a list ends, 0 if it is complete; undefined if more datagrams follow. Its last message has an int, which is
 * a negative errno where something went wrong.
 */
export function dumpEnd(bytes: Uint8Array, size: number): number | undefined {
  let end: number | undefined;
  eachMessage(bytes, size, (type, start, to) => {
    if (type === NLMSG_DONE || type === NLMSG_ERROR) end = to - start >= 4 ? 0 - getI32(bytes, start) : 0;
  });
  return end;
}
