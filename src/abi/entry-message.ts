/**
 * Netlink messages about entries of the forwarding cache: linux/rtnetlink.h, net/ipv4/ipmr_base.c mr_fill_mroute.
 *
 * The kernel names interfaces by index here, where the socket options have VIF numbers. An interface whose VIF is gone is left out.
 */
import { formatIpv4, formatIpv6, getIpv6, type IpVersion } from './address';
import { getI32, getLong, getU16, littleEndian, putU32 } from './endian';
import { ANY_SOURCE } from './family';
import {
  eachAttribute,
  encodeDump,
  nlattr,
  nlmsghdr,
  putAttribute,
  RTNL_FAMILY_IP6MR,
  RTNL_FAMILY_IPMR,
  rtnlFamily,
} from './netlink';

/** struct rtmsg { u8 rtm_family, rtm_dst_len, rtm_src_len, rtm_tos, rtm_table, rtm_protocol, rtm_scope, rtm_type; unsigned int rtm_flags; } */
export const rtmsg = {
  size: 12,
  rtm_family: 0,
  rtm_dst_len: 1,
  rtm_src_len: 2,
  rtm_table: 4,
  rtm_protocol: 5,
  rtm_flags: 8,
} as const;
/** struct rtnexthop { u16 rtnh_len; u8 rtnh_flags, rtnh_hops; int rtnh_ifindex; } */
export const rtnexthop = { size: 8, rtnh_len: 0, rtnh_flags: 2, rtnh_hops: 3, rtnh_ifindex: 4 } as const;

export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;
export const RTA_DST = 1;
export const RTA_SRC = 2;
export const RTA_IIF = 3;
export const RTA_MULTIPATH = 9;
export const RTA_TABLE = 15;
/** A stream that waits for a route, not an entry. */
export const RTNH_F_UNRESOLVED = 32;
/** Made by the table's owner alone. Others' have RTPROT_STATIC: net/ipv4/ipmr.c ipmr_fill_mroute, MFC_STATIC. */
export const RTPROT_MROUTED = 17;

/** An entry as the kernel lists it: in interface indices, for it does not tell VIF numbers. */
export interface KernelEntry {
  readonly version: IpVersion;
  /** Address, or `*` for any source. */
  readonly source: string;
  readonly group: string;
  /** Index of the incoming interface; 0 if its VIF is gone. */
  readonly iif: number;
  /** In a native any-source entry the incoming interface is among them. */
  readonly outputs: readonly KernelOutput[];
  /** A program that is not the table's owner made or changed it. The kernel keeps such an entry when the owner ends. */
  readonly foreign: boolean;
}

export interface KernelOutput {
  readonly ifindex: number;
  readonly threshold: number;
}

export const ENTRY_DUMP_SIZE = nlmsghdr.size + rtmsg.size + nlattr.size + 4;

/** Writes the request for the entries of one table. Kernels before 4.20 list those of all tables. */
export function encodeEntryDump(bytes: Uint8Array, version: IpVersion, table: number): void {
  encodeDump(bytes, RTM_GETROUTE);
  bytes[nlmsghdr.size + rtmsg.rtm_family] = rtnlFamily(version);
  putU32(bytes, putAttribute(bytes, nlmsghdr.size + rtmsg.size, RTA_TABLE, 4), table);
}

/** The family of an entry's message; undefined for a waiting stream and for unicast routes. Costs next to nothing. */
export function entryVersion(bytes: Uint8Array, start: number): IpVersion | undefined {
  const flags = bytes[start + rtmsg.rtm_flags + (littleEndian ? 0 : 3)] ?? 0;
  if ((flags & RTNH_F_UNRESOLVED) !== 0) return undefined;
  const family = bytes[start + rtmsg.rtm_family];
  if (family === RTNL_FAMILY_IPMR) return 4;
  return family === RTNL_FAMILY_IP6MR ? 6 : undefined;
}

/** Reads a message whose entryVersion is `version`; undefined if it is about another table. */
export function decodeEntry(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: IpVersion,
  table: number,
): KernelEntry | undefined {
  const format = version === 4 ? formatIpv4 : formatWords;
  let inTable = bytes[start + rtmsg.rtm_table] ?? 0;
  let source = '';
  let group = '';
  let iif = 0;
  let outputs: readonly KernelOutput[] = NO_OUTPUTS;
  eachAttribute(bytes, start + rtmsg.size, end, (type, at, size) => {
    if (type === RTA_TABLE) inTable = getLong(bytes, at, 4);
    else if (inTable !== table) return;
    else if (type === RTA_SRC) source = isZero(bytes, at, size) ? ANY_SOURCE : format(bytes, at);
    else if (type === RTA_DST) group = format(bytes, at);
    else if (type === RTA_IIF) iif = getLong(bytes, at, 4);
    else if (type === RTA_MULTIPATH) outputs = decodeOutputs(bytes, at, at + size);
  });
  if (inTable !== table) return undefined;
  const foreign = bytes[start + rtmsg.rtm_protocol] !== RTPROT_MROUTED;
  return { version, source, group, iif, outputs, foreign };
}

const NO_OUTPUTS: readonly KernelOutput[] = [];

function formatWords(bytes: Uint8Array, at: number): string {
  return formatIpv6(getIpv6(bytes, at));
}

function isZero(bytes: Uint8Array, at: number, size: number): boolean {
  for (let i = at; i < at + size; i++) if (bytes[i] !== 0) return false;
  return true;
}

function decodeOutputs(bytes: Uint8Array, start: number, end: number): KernelOutput[] {
  const outputs: KernelOutput[] = [];
  for (let at = start; at + rtnexthop.size <= end; ) {
    const length = getU16(bytes, at + rtnexthop.rtnh_len);
    if (length < rtnexthop.size) break;
    const threshold = bytes[at + rtnexthop.rtnh_hops] ?? 0;
    outputs.push({ ifindex: getI32(bytes, at + rtnexthop.rtnh_ifindex), threshold });
    at += (length + 3) & ~3;
  }
  return outputs;
}
