/**
 * The netlink question about one entry of the forwarding cache: net/ipv4/ipmr.c ipmr_rtm_getroute, net/ipv6/ip6mr.c ip6mr_rtm_getroute.
 *
 *   nlmsghdr | rtmsg | RTA_DST group | RTA_SRC source | RTA_TABLE
 */
import { type IpVersion, putAddress } from './address';
import { getLong, putU16, putU32 } from './endian';
import { RTA_DST, RTA_SRC, RTA_TABLE, RTM_GETROUTE, rtmsg } from './entry-message';
import { eachAttribute, nlattr, nlmsghdr, putAttribute, REQUEST, rtnlFamily } from './netlink';

/** For how long an entry was not used, in clock ticks of USER_HZ: mr_fill_mroute. */
export const RTA_EXPIRES = 23;
/** USER_HZ is 100 on all machines that Node.js runs on. */
const MS_PER_TICK = 10;
const ADDRESS_SIZE = { 4: 4, 6: 16 } as const;
const TABLE_SIZE = 4;

/** Bytes of a request. */
export function entryRequestSize(version: IpVersion): number {
  return nlmsghdr.size + rtmsg.size + 2 * (nlattr.size + ADDRESS_SIZE[version]) + nlattr.size + TABLE_SIZE;
}

export function encodeEntryRequest(
  bytes: Uint8Array,
  version: IpVersion,
  table: number,
  source: string,
  group: string,
): void {
  const size = ADDRESS_SIZE[version];
  bytes.fill(0);
  putU32(bytes, nlmsghdr.nlmsg_len, bytes.length);
  putU16(bytes, nlmsghdr.nlmsg_type, RTM_GETROUTE);
  putU16(bytes, nlmsghdr.nlmsg_flags, REQUEST);
  bytes[nlmsghdr.size + rtmsg.rtm_family] = rtnlFamily(version);
  bytes[nlmsghdr.size + rtmsg.rtm_dst_len] = 8 * size;
  bytes[nlmsghdr.size + rtmsg.rtm_src_len] = 8 * size;
  const dst = nlmsghdr.size + rtmsg.size;
  putAddress(bytes, putAttribute(bytes, dst, RTA_DST, size), version, group);
  const src = dst + nlattr.size + size;
  putAddress(bytes, putAttribute(bytes, src, RTA_SRC, size), version, source);
  putU32(bytes, putAttribute(bytes, src + nlattr.size + size, RTA_TABLE, TABLE_SIZE), table);
}

/** Reads the message about an entry between `start` and `end`: milliseconds; undefined if it does not say. */
export function decodeIdleTime(bytes: Uint8Array, start: number, end: number): number | undefined {
  let ms: number | undefined;
  eachAttribute(bytes, start + rtmsg.size, end, (type, at, size) => {
    if (type === RTA_EXPIRES && size === 8) ms = MS_PER_TICK * getLong(bytes, at, 8);
  });
  return ms;
}
