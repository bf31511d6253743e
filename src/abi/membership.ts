/**
 * What hosts and queriers say to each other about groups, in words that IGMP (igmp.ts) and MLD (mld.ts) share.
 *
 * IGMPv3 and MLDv2 (RFC 3376, RFC 3810) say the same in the same layout, but for the size of an address. What older versions say is put
 * into the words of the newer, as RFC 3376 7.3.2 does. Decoders take any bytes and answer undefined for what is not such a message.
 */
import { formatIpv4, formatIpv6, getIpv6, type IpVersion } from './address';

/** Types of a record, RFC 3376 4.2.12. */
export const MODE_IS_INCLUDE = 1;
export const MODE_IS_EXCLUDE = 2;
export const CHANGE_TO_INCLUDE = 3;
export const CHANGE_TO_EXCLUDE = 4;
export const ALLOW_NEW_SOURCES = 5;
export const BLOCK_OLD_SOURCES = 6;

/** What a host says about one group. */
export interface GroupRecord {
  readonly type: number;
  readonly group: string;
  readonly sources: readonly string[];
}

export interface Report {
  readonly kind: 'report';
  /** Groups that no router forwards, and types that nobody knows, are left out. */
  readonly records: readonly GroupRecord[];
  /** IGMPv1, IGMPv2, MLDv1: a host that hears another's report keeps its own back, and one that leaves may say nothing. */
  readonly legacy: boolean;
}

export interface Query {
  readonly kind: 'query';
  /** Undefined: all groups. */
  readonly group: string | undefined;
  /** Hosts answer within this time. */
  readonly responseMs: number;
  /** How many lost packets the querier allows for; 0 if it does not say. */
  readonly robustness: number;
  /** Between two queries about all groups; 0 if it does not say. */
  readonly intervalMs: number;
  /** Whether it is about less than the group: about some of its sources, or it tells other routers not to wait for the answers. */
  readonly partial: boolean;
}

export type MembershipMessage = Report | Query;

/** A message and who sent it. */
export interface Heard {
  /** 0.0.0.0 for a host without an IPv4 address. */
  readonly host: string;
  readonly message: MembershipMessage;
}

/** A report of one group: a join of any source, or a leave. */
export function legacyReport(version: IpVersion, bytes: Uint8Array, at: number, type: number): Report {
  const records = isForwarded(version, bytes, at) ? [{ type, group: textOf(version, bytes, at), sources: [] }] : [];
  return { kind: 'report', records, legacy: true };
}

/**
 * The records of an IGMPv3 or MLDv2 report, whose count is in the two bytes before `start`. What follows them is left unread, as the RFCs
 * say.
 *
 *   offset size
 *   0      1    type
 *   1      1    words of auxiliary data
 *   2      2    number of sources
 *   4      4|16 group
 *   …      …    sources, auxiliary data
 */
export function decodeRecords(version: IpVersion, bytes: Uint8Array, start: number): Report | undefined {
  const size = addressSize(version);
  const records: GroupRecord[] = [];
  let at = start;
  for (let count = getBe16(bytes, start - 2); count > 0; count--) {
    const type = bytes[at] ?? 0;
    const sourcesAt = at + 4 + size;
    const end = sourcesAt + size * getBe16(bytes, at + 2);
    const next = end + 4 * (bytes[at + 1] ?? 0);
    if (sourcesAt > bytes.length || next > bytes.length) return undefined;
    if (type >= MODE_IS_INCLUDE && type <= BLOCK_OLD_SOURCES && isForwarded(version, bytes, at + 4)) {
      const sources: string[] = [];
      for (let source = sourcesAt; source < end; source += size) sources.push(textOf(version, bytes, source));
      records.push({ type, group: textOf(version, bytes, at + 4), sources });
    }
    at = next;
  }
  return { kind: 'report', records, legacy: false };
}

/** Bytes that an IGMPv3 or MLDv2 query has behind the group. */
export const QUERY_TAIL_SIZE = 4;

const SUPPRESS = 0x08;
const DEFAULT_RESPONSE_MS = 10_000;

/**
 * The group of a query, and what newer versions have behind it. Undefined if the sources that it speaks of are not there.
 *
 *   offset size
 *   0      4|16 group; zero: all
 *   …      1    4 bits reserved, 1 bit suppress, 3 bits robustness
 *   …      1    interval in seconds
 *   …      2    number of sources
 *   …      …    sources
 */
export function decodeQuery(version: IpVersion, bytes: Uint8Array, at: number, response: number): Query | undefined {
  const tail = at + addressSize(version);
  const group = bytes.subarray(at, tail).every((byte) => byte === 0) ? undefined : textOf(version, bytes, at);
  const responseMs = response === 0 ? DEFAULT_RESPONSE_MS : response; // IGMPv1 has a zero there
  const query = { kind: 'query', group, responseMs, robustness: 0, intervalMs: 0, partial: false } as const;
  if (bytes.length === tail) return query;
  const flags = bytes[tail] ?? 0;
  const sources = getBe16(bytes, tail + 2);
  if (tail + QUERY_TAIL_SIZE + sources * addressSize(version) > bytes.length) return undefined;
  const intervalMs = 1000 * decodeFloat(bytes[tail + 1] ?? 0, 4);
  return { ...query, robustness: flags & 7, intervalMs, partial: sources > 0 || (flags & SUPPRESS) !== 0 };
}

/** A number with its highest bit set is a float: a bit, 3 bits of exponent, and a mantissa without its first bit. RFC 3376 4.1.1 */
export function decodeFloat(code: number, mantissaBits: 4 | 12): number {
  const first = 1 << mantissaBits;
  if (code < first << 3) return code;
  const exponent = (code >>> mantissaBits) & 7;
  return (first | (code & (first - 1))) << (exponent + 3);
}

export function getBe16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function addressSize(version: IpVersion): number {
  return version === 4 ? 4 : 16;
}

function textOf(version: IpVersion, bytes: Uint8Array, at: number): string {
  return version === 4 ? formatIpv4(bytes, at) : formatIpv6(getIpv6(bytes, at));
}

/** Whether routers forward to this group: not those of the link, 224.0.0.0/24 and ff00::/16 to ff02::/16. */
function isForwarded(version: IpVersion, bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (version === 6) return first === 0xff && (second & 0xf) > 2;
  return first >>> 4 === 0xe && (first !== 0xe0 || second !== 0 || bytes[at + 2] !== 0);
}
