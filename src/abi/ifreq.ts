/**
 * struct ifreq of linux/if.h: how an interface is asked for its index, its name and its flags.
 */
import { getI32, getU16, putU32 } from './endian';

/** struct ifreq { char ifr_name[IFNAMSIZ]; union { int ifr_ifindex; short ifr_flags; … }; }, 40 bytes, 32 on 32-bit machines. */
export const ifreq = { size: 40, ifr_name: 0, ifr_ifindex: 16, ifr_flags: 16 } as const;

/** Bytes of a name with its final zero. */
export const IFNAMSIZ = 16;

export const SIOCGIFNAME = 0x8910;
export const SIOCGIFFLAGS = 0x8913;
export const SIOCGIFINDEX = 0x8933;

export const IFF_UP = 0x1;
export const IFF_LOOPBACK = 0x8;
export const IFF_RUNNING = 0x40;
export const IFF_MULTICAST = 0x1000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes a request for the interface called `name` (at most 15 bytes in UTF-8). */
export function encodeIfreqName(bytes: Uint8Array, name: string): void {
  bytes.fill(0, 0, ifreq.size);
  encoder.encodeInto(name, bytes.subarray(0, IFNAMSIZ - 1));
}

/** Writes a request for the interface with this index. */
export function encodeIfreqIndex(bytes: Uint8Array, ifindex: number): void {
  bytes.fill(0, 0, ifreq.size);
  putU32(bytes, ifreq.ifr_ifindex, ifindex);
}

export function decodeIfreqName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(bytes.subarray(0, Math.min(end < 0 ? IFNAMSIZ : end, IFNAMSIZ)));
}

export function decodeIfreqIndex(bytes: Uint8Array): number {
  return getI32(bytes, ifreq.ifr_ifindex);
}

export function decodeIfreqFlags(bytes: Uint8Array): number {
  return getU16(bytes, ifreq.ifr_flags);
}
