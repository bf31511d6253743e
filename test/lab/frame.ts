// Ethernet frames with UDP packets from any source, made ready in bytes: what a host sends in the name of others. Pure.
//
//  offset        size
//   0             14   Ethernet: the group's address, a source, the protocol
//  14             20   IPv4, or 40 of IPv6
//  34 or 54        8   UDP
//  42 or 62       64   a packet of the lab

import { type IpVersion, parseIpv4, parseIpv6, putIpv4, putIpv6 } from '../../src/abi/address';
import { encodePacket, MIN_SIZE, setSequence } from './packet';

export const ETHERNET = 14;
export const UDP = 8;
const PROTOCOL_UDP = 17;
const UDP_SIZE = UDP + MIN_SIZE;

/** Where things are in the frames of a family. */
export const LAYOUT = {
  4: { etherType: 0x0800, header: 20, source: ETHERNET + 12, group: ETHERNET + 16, addressSize: 4 },
  6: { etherType: 0x86dd, header: 40, source: ETHERNET + 8, group: ETHERNET + 24, addressSize: 16 },
} as const;

export interface FrameOptions {
  group: string;
  port: number;
  ttl: number;
  stream: number;
}

export function frameSize(version: IpVersion): number {
  return ETHERNET + LAYOUT[version].header + UDP_SIZE;
}

/** A frame without a source, to be completed by `completeFrame`. */
export function encodeFrame(version: IpVersion, { group, port, ttl, stream }: FrameOptions): Buffer {
  const { etherType, header, group: groupAt, addressSize } = LAYOUT[version];
  const bytes = Buffer.alloc(frameSize(version));
  putAddress(bytes, groupAt, version, group);
  if (version === 4) {
    bytes.set([0x01, 0x00, 0x5e, (bytes[groupAt + 1] ?? 0) & 0x7f]); // RFC 1112 6.4
    bytes.copy(bytes, 4, groupAt + 2, groupAt + 4);
  } else {
    bytes.set([0x33, 0x33]); // RFC 2464 7
    bytes.copy(bytes, 2, groupAt + addressSize - 4, groupAt + addressSize);
  }
  bytes.writeUInt8(0x02, 6); // a source that nobody was given
  bytes.writeUInt16BE(etherType, 12);
  if (version === 4) putIpv4Header(bytes, ttl);
  else putIpv6Header(bytes, ttl);
  const udp = ETHERNET + header;
  bytes.writeUInt16BE(port, udp);
  bytes.writeUInt16BE(port, udp + 2);
  bytes.writeUInt16BE(UDP_SIZE, udp + 4);
  encodePacket({ stream, sequence: 0, group }).copy(bytes, udp + UDP);
  return bytes;
}

/** Writes source and sequence number into the frame at `at`, and the checksums that follow from them. */
export function completeFrame(
  bytes: Buffer,
  at: number,
  version: IpVersion,
  source: Uint8Array,
  sequence: number,
): void {
  const { header, source: sourceAt, addressSize } = LAYOUT[version];
  bytes.set(source, at + sourceAt);
  const ip = at + ETHERNET;
  const udp = ip + header;
  setSequence(bytes, udp + UDP, sequence);
  if (version === 4) {
    bytes.writeUInt16BE(0, ip + 10);
    bytes.writeUInt16BE(checksum(bytes, ip, udp, 0), ip + 10);
    return; // UDP over IPv4 needs no checksum: 0 is none
  }
  bytes.writeUInt16BE(0, udp + 6);
  const pseudoHeader = sum(bytes, at + sourceAt, at + sourceAt + 2 * addressSize, UDP_SIZE + PROTOCOL_UDP);
  bytes.writeUInt16BE(checksum(bytes, udp, udp + UDP_SIZE, pseudoHeader) || 0xffff, udp + 6);
}

/** The bytes of an address. */
export function addressBytes(version: IpVersion, text: string): Uint8Array {
  const bytes = new Uint8Array(LAYOUT[version].addressSize);
  putAddress(bytes, 0, version, text);
  return bytes;
}

function putAddress(bytes: Uint8Array, at: number, version: IpVersion, text: string): void {
  if (version === 4) putIpv4(bytes, at, parseIpv4(text));
  else putIpv6(bytes, at, parseIpv6(text) ?? []);
}

function putIpv4Header(bytes: Buffer, ttl: number): void {
  bytes.writeUInt8(0x45, ETHERNET);
  bytes.writeUInt16BE(LAYOUT[4].header + UDP_SIZE, ETHERNET + 2);
  bytes.writeUInt8(ttl, ETHERNET + 8);
  bytes.writeUInt8(PROTOCOL_UDP, ETHERNET + 9);
}

function putIpv6Header(bytes: Buffer, ttl: number): void {
  bytes.writeUInt8(0x60, ETHERNET);
  bytes.writeUInt16BE(UDP_SIZE, ETHERNET + 4);
  bytes.writeUInt8(PROTOCOL_UDP, ETHERNET + 6);
  bytes.writeUInt8(ttl, ETHERNET + 7);
}

/** RFC 1071, of an even number of bytes. */
function checksum(bytes: Uint8Array, from: number, to: number, start: number): number {
  let total = sum(bytes, from, to, start);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

function sum(bytes: Uint8Array, from: number, to: number, start: number): number {
  let total = start;
  for (let at = from; at < to; at += 2) total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return total;
}
