/**
 * IGMP: RFC 1112 (version 1), RFC 2236 (2), RFC 3376 (3).
 *
 *   offset size
 *   0      1    type
 *   1      1    queries: maximum response time in tenths of a second
 *   2      2    checksum
 *   4      4    group; in a version 3 report: two bytes reserved, two with the number of records
 *   8      …    version 3: records of a report, or see decodeQuery
 */
import { formatIpv4 } from './address';
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

export const IGMP_HOST_MEMBERSHIP_QUERY = 0x11;
export const IGMP_HOST_MEMBERSHIP_REPORT = 0x12;
export const IGMPV2_HOST_MEMBERSHIP_REPORT = 0x16;
export const IGMP_HOST_LEAVE_MESSAGE = 0x17;
export const IGMPV3_HOST_MEMBERSHIP_REPORT = 0x22;

export const IGMP_SIZE = 8;
const GROUP_AT = 4;

/** The part of an IPv4 header that is always there: where the length of all of it, the source and the destination are. */
export const iphdr = { size: 20, saddr: 12, daddr: 16 } as const;

/** Reads an IPv4 packet as a raw socket has it, with its header. */
export function decodeIgmpPacket(bytes: Uint8Array): Heard | undefined {
  const headerSize = 4 * ((bytes[0] ?? 0) & 0xf);
  if (headerSize < iphdr.size || bytes.length < headerSize + IGMP_SIZE) return undefined;
  // Nobody needs to send it to one host, and only that could come from beyond the link.
  if ((bytes[iphdr.daddr] ?? 0) >>> 4 !== 0xe) return undefined;
  const message = decodeIgmp(bytes.subarray(headerSize));
  return message && { host: formatIpv4(bytes, iphdr.saddr), message };
}

export function decodeIgmp(bytes: Uint8Array): MembershipMessage | undefined {
  if (bytes.length < IGMP_SIZE || !isChecksumRight(bytes)) return undefined;
  switch (bytes[0]) {
    case IGMP_HOST_MEMBERSHIP_QUERY:
      // Neither version 2 nor 3: RFC 3376 7.1.
      if (bytes.length > IGMP_SIZE && bytes.length < IGMP_SIZE + QUERY_TAIL_SIZE) return undefined;
      return decodeQuery(4, bytes, GROUP_AT, 100 * decodeResponse(bytes));
    case IGMP_HOST_MEMBERSHIP_REPORT:
    case IGMPV2_HOST_MEMBERSHIP_REPORT:
      return legacyReport(4, bytes, GROUP_AT, CHANGE_TO_EXCLUDE);
    case IGMP_HOST_LEAVE_MESSAGE:
      return legacyReport(4, bytes, GROUP_AT, CHANGE_TO_INCLUDE);
    case IGMPV3_HOST_MEMBERSHIP_REPORT:
      return decodeRecords(4, bytes, IGMP_SIZE);
    default:
      return undefined;
  }
}

/** Version 2 has a plain number there: RFC 3376 7.2.1 has it end at 255 tenths. */
function decodeResponse(bytes: Uint8Array): number {
  const code = bytes[1] ?? 0;
  return bytes.length > IGMP_SIZE ? decodeFloat(code, 4) : code;
}

/** The kernel gives a raw socket what it has not checked: net/ipv4/raw.c. The sum of all halves is all ones. RFC 1071 */
function isChecksumRight(bytes: Uint8Array): boolean {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += getBe16(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}
