/**
 * Writes and reads integers in this machine's byte order, which is what the kernel's structs use for all but addresses.
 * Plain byte access: a setsockopt per route leaves no time for DataView or Buffer's checks.
 */

export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export function putU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[littleEndian ? offset : offset + 1] = value & 0xff;
  bytes[littleEndian ? offset + 1 : offset] = value >>> 8;
}

export function putU32(bytes: Uint8Array, offset: number, value: number): void {
  putU16(bytes, littleEndian ? offset : offset + 2, value & 0xffff);
  putU16(bytes, littleEndian ? offset + 2 : offset, value >>> 16);
}

/** Reads an unsigned long of `size` bytes (4 or 8). Exact up to 2^53, which a packet counter does not reach. */
export function getLong(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) {
    value = value * 256 + (bytes[littleEndian ? offset + size - 1 - i : offset + i] ?? 0);
  }
  return value;
}

/** Reads a signed int of 4 bytes. */
export function getI32(bytes: Uint8Array, offset: number): number {
  return getLong(bytes, offset, 4) | 0;
}

export function getU16(bytes: Uint8Array, offset: number): number {
  return getLong(bytes, offset, 2);
}

/** Writes an unsigned long, or a pointer, of `size` bytes (4 or 8). */
export function putLong(bytes: Uint8Array, offset: number, value: bigint, size: number): void {
  for (let i = 0; i < size; i++) {
    bytes[littleEndian ? offset + i : offset + size - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }
}
