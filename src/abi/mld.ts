/**
 * MLD, a part of ICMPv6: RFC 2710 (version 1), RFC 3810 (2). The kernel has checked the checksum: net/ipv6/raw.c rawv6_rcv_skb.
 *
 *   offset size
 *   0      1    type
 *   1      1    code
 *   2      2    checksum
 *   4      2    queries: maximum response time in milliseconds
 *   6      2    version 2 reports: number of records
 *   8      16   group; in a version 2 report the records begin here
 *   24     …    version 2 queries: see decodeQuery
 */
import { formatIpv6, getIpv6 } from './address';
import { sockaddr_in6 } from './ipv6';
import {
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  decodeFloat,
  decodeQuery,
  decodeRecords,
  getBe16,
  type Heard,
  legacyReport,
  type MembershipMessage,
  QUERY_TAIL_SIZE,
} from './membership';

export const ICMPV6_MGM_QUERY = 130;
export const ICMPV6_MGM_REPORT = 131;
export const ICMPV6_MGM_REDUCTION = 132;
export const ICMPV6_MLD2_REPORT = 143;

const GROUP_AT = 8;
/** Of all but reports of version 2. */
const SIZE = 24;

/** Reads an ICMPv6 message and the sockaddr_in6 of who sent it. Only who has a link-local address is on the link: RFC 3810 5.1.14, 5.2.13. */
export function decodeMldPacket(bytes: Uint8Array, from: Uint8Array): Heard | undefined {
  const at = sockaddr_in6.sin6_addr;
  if (from[at] !== 0xfe || ((from[at + 1] ?? 0) & 0xc0) !== 0x80) return undefined;
  const message = decodeMld(bytes);
  return message && { host: formatIpv6(getIpv6(from, at)), message };
}

export function decodeMld(bytes: Uint8Array): MembershipMessage | undefined {
  if (bytes.length < GROUP_AT) return undefined;
  if (bytes[0] === ICMPV6_MLD2_REPORT) return decodeRecords(6, bytes, GROUP_AT);
  if (bytes.length < SIZE) return undefined;
  switch (bytes[0]) {
    case ICMPV6_MGM_QUERY:
      // Neither version 1 nor 2: RFC 3810 8.1.
      if (bytes.length > SIZE && bytes.length < SIZE + QUERY_TAIL_SIZE) return undefined;
      return decodeQuery(6, bytes, GROUP_AT, decodeResponse(bytes));
    case ICMPV6_MGM_REPORT:
      return legacyReport(6, bytes, GROUP_AT, CHANGE_TO_EXCLUDE);
    case ICMPV6_MGM_REDUCTION:
      return legacyReport(6, bytes, GROUP_AT, CHANGE_TO_INCLUDE);
    default:
      return undefined;
  }
}

/** Version 1 has a plain number there. */
function decodeResponse(bytes: Uint8Array): number {
  const code = getBe16(bytes, 4);
  return bytes.length > SIZE ? decodeFloat(code, 12) : code;
}
