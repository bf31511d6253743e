/**
 * Addresses as text and as the bytes of in_addr / in6_addr, and what their bits say about multicast.
 *
 * They are parsed here because every route costs two addresses, each time that it is written or its counters are read; the general
 * parser of ipaddr.js takes ten times as long. How IPv6 is spelled best is left to that.
 */
import { IPv6 } from 'ipaddr.js';

export type IpVersion = 4 | 6;

const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const LOWER_A = 97;
const LOWER_F = 102;
const ZERO_WORDS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

/** The 32 bits of a strict dotted quad: four numbers, no leading zeros. Anything else is -1. */
export function parseIpv4(text: string): number {
  let address = 0;
  let dots = 0;
  let digits = 0;
  let octet = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === DOT) {
      if (digits === 0 || ++dots > 3) return -1;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
    } else if (char >= ZERO && char <= NINE) {
      if (digits > 0 && octet === 0) return -1;
      octet = octet * 10 + (char - ZERO);
      if (octet > 255) return -1;
      digits++;
    } else {
      return -1;
    }
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}

/** The longest text of an IPv6 address, with its last 32 bits as a dotted quad. */
const MAX_IPV6_TEXT = 45;

/** The eight 16-bit words of an IPv6 address without zone, in any spelling of RFC 4291 2.2; undefined for anything else. */
export function parseIpv6(text: string): readonly number[] | undefined {
  if (text.length > MAX_IPV6_TEXT) return undefined;
  return text.includes('.') ? parseDotted(text) : parseWords(text);
}

/** The last 32 bits are a dotted quad. */
function parseDotted(text: string): number[] | undefined {
  const at = text.lastIndexOf(':') + 1;
  const tail = parseIpv4(text.slice(at));
  if (tail < 0) return undefined;
  return parseWords(`${text.slice(0, at)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`);
}

function parseWords(text: string): number[] | undefined {
  const words: number[] = [];
  let gap = -1; // where `::` stands
  let word = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit >= 0) {
      word = word * 16 + digit;
      if (++digits > 4) return undefined;
      continue;
    }
    const isGap = text.charCodeAt(i + 1) === COLON;
    if (text.charCodeAt(i) !== COLON) return undefined;
    if (digits > 0) words.push(word);
    else if (!isGap || i > 0) return undefined;
    word = 0;
    digits = 0;
    if (!isGap && i === text.length - 1) return undefined;
    if (!isGap) continue;
    if (gap >= 0) return undefined;
    gap = words.length;
    i++;
  }
  if (digits > 0) words.push(word);
  if (gap >= 0) return filled(words, gap);
  return words.length === 8 ? words : undefined;
}

/** `::` stands for at least one word of zeros. */
function filled(words: readonly number[], gap: number): number[] | undefined {
  const missing = 8 - words.length;
  if (missing < 1) return undefined;
  return [...words.slice(0, gap), ...ZERO_WORDS.slice(0, missing), ...words.slice(gap)];
}

/** The value of a hexadecimal digit; -1 for any other character. */
function hexDigit(char: number): number {
  if (char >= ZERO && char <= NINE) return char - ZERO;
  const lower = char | 0x20;
  return lower >= LOWER_A && lower <= LOWER_F ? lower - LOWER_A + 10 : -1;
}

/** The one spelling of an IPv6 address, RFC 5952. */
export function formatIpv6(words: readonly number[]): string {
  return new IPv6([...words]).toRFC5952String();
}

/** The dotted quad of four bytes. */
export function formatIpv4(bytes: Uint8Array, offset: number): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/** The eight 16-bit words of an IPv6 address that stands in the bytes. */
export function getIpv6(bytes: Uint8Array, offset: number): number[] {
  const words: number[] = [];
  for (let at = offset; at < offset + 16; at += 2) words.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  return words;
}

export function putIpv4(bytes: Uint8Array, offset: number, address: number): void {
  bytes[offset] = address >>> 24;
  bytes[offset + 1] = (address >>> 16) & 0xff;
  bytes[offset + 2] = (address >>> 8) & 0xff;
  bytes[offset + 3] = address & 0xff;
}

export function putIpv6(bytes: Uint8Array, offset: number, words: readonly number[]): void {
  words.forEach((word, i) => {
    bytes[offset + 2 * i] = word >>> 8;
    bytes[offset + 2 * i + 1] = word & 0xff;
  });
}

/** Writes an address that is known to be one of its family. */
export function putAddress(bytes: Uint8Array, offset: number, version: IpVersion, address: string): void {
  if (version === 4) putIpv4(bytes, offset, parseIpv4(address));
  else putIpv6(bytes, offset, parseIpv6(address) ?? []);
}

/** Why `address` cannot be a group that a router forwards; undefined if it can. RFC 5771. */
export function ipv4GroupFault(address: number): string | undefined {
  if (address < 0xe0000000 || address > 0xefffffff) return 'is not a multicast address';
  if (address <= 0xe00000ff) return 'is in 224.0.0.0/24, which the kernel never forwards';
  return undefined;
}

/** Why `address` cannot be the source of a forwarded packet. net/ipv4/route.c: ip_mc_validate_source. */
export function ipv4SourceFault(address: number): string | undefined {
  const first = address >>> 24;
  if (first >= 0xe0 && first <= 0xef) return 'is a multicast address, not that of a host';
  if (first === 0) return 'is in 0.0.0.0/8, which is never the address of a host';
  if (first === 127) return 'is a loopback address, which never comes in from a network';
  if (address === 0xffffffff) return 'is the broadcast address';
  return undefined;
}

/** As ipv4GroupFault. The scope is the low half of the second byte, RFC 4291 2.7: 1 is the interface, 2 the link. */
export function ipv6GroupFault(words: readonly number[]): string | undefined {
  const first = words[0] ?? 0;
  if (first >>> 8 !== 0xff) return 'is not a multicast address';
  const scope = first & 0xf;
  if (scope <= 2) return `has scope ${scope} (ff0${scope}::), which the kernel never forwards`;
  return undefined;
}

/** As ipv4SourceFault. RFC 4291 2.5.6: a router never forwards a packet from a link-local source. */
export function ipv6SourceFault(words: readonly number[]): string | undefined {
  const first = words[0] ?? 0;
  if (first >>> 8 === 0xff) return 'is a multicast address, not that of a host';
  if ((first & 0xffc0) === 0xfe80) return 'is a link-local address, which is never forwarded';
  if (words.slice(0, 7).every((word) => word === 0) && words[7] === 1) return 'is the loopback address';
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return 'is an IPv4-mapped address, which the kernel drops'; // net/ipv6/ip6_input.c ip6_rcv_core
  }
  return undefined;
}
