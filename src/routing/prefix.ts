/**
 * Ranges of addresses, `239.1.0.0/16`: as text, and as the bytes that packets are compared with.
 */
import {
  formatIpv4,
  formatIpv6,
  getIpv6,
  type IpVersion,
  parseIpv4,
  parseIpv6,
  putIpv4,
  putIpv6,
} from '../abi/address';

export interface Prefix {
  readonly version: IpVersion;
  /** The address in network byte order, 4 or 16 bytes; those after the prefix are zero. */
  readonly bytes: Uint8Array;
  /** Number of leading bits that count. */
  readonly length: number;
}

/** The bytes of an address in network byte order; undefined if it is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (!text.includes(':')) {
    const address = parseIpv4(text);
    if (address < 0) return undefined;
    const bytes = new Uint8Array(4);
    putIpv4(bytes, 0, address);
    return bytes;
  }
  const words = parseIpv6(text);
  if (words === undefined) return undefined;
  const bytes = new Uint8Array(16);
  putIpv6(bytes, 0, words);
  return bytes;
}

/** The text of an address in network byte order. */
export function formatAddress(bytes: Uint8Array): string {
  return bytes.length === 4 ? formatIpv4(bytes, 0) : formatIpv6(getIpv6(bytes, 0));
}

/** Reads `239.1.0.0/16`, or an address, which is a prefix of all its bits. Undefined if it is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  const bits = 8 * bytes.length;
  if (length !== undefined && (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bits)) return undefined;
  return { version: bytes.length === 4 ? 4 : 6, bytes, length: length === undefined ? bits : Number(length) };
}

/** The prefix that an address with a length stands for: `10.0.0.7/24` → `10.0.0.0/24`. */
export function masked({ version, bytes, length }: Prefix): Prefix {
  const network = bytes.map((byte, i) => byte & maskOf(length - 8 * i));
  return { version, bytes: network, length };
}

/** The one spelling of a prefix; one of all bits is the address itself. */
export function formatPrefix({ bytes, length }: Prefix): string {
  const address = formatAddress(bytes);
  return length === 8 * bytes.length ? address : `${address}/${length}`;
}

/** Whether an address, as many bytes as the prefix has, is in it. Runs for every new stream. */
export function contains({ bytes, length }: Prefix, address: Uint8Array): boolean {
  if (address.length !== bytes.length) return false;
  const whole = length >>> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== bytes[i]) return false;
  return (length & 7) === 0 || ((address[whole] ?? 0) & maskOf(length & 7)) === bytes[whole];
}

/** Whether all of `inner` is in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && contains(outer, inner.bytes);
}

/** The first and the last address of a prefix. */
export function endsOf({ bytes, length }: Prefix): [first: string, last: string] {
  const last = bytes.map((byte, i) => byte | (0xff ^ maskOf(length - 8 * i)));
  return [formatAddress(bytes), formatAddress(last)];
}

/** All addresses of a prefix, in order. */
export function* addressesOf({ bytes, length }: Prefix): Generator<string, void> {
  const address = bytes.slice();
  for (let left = 2 ** (8 * bytes.length - length); left > 0; left--) {
    yield formatAddress(address);
    for (let i = address.length - 1; i >= 0; i--) {
      address[i] = (address[i] ?? 0) + 1;
      if (address[i] !== 0) break;
    }
  }
}

/** The byte whose leading bits are set. */
function maskOf(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : (0xff00 >>> bits) & 0xff;
}
