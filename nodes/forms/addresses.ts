/**
 * Addresses and prefixes as the server reads them: as text, and as numbers that can be compared.
 */
type Version = 4 | 6;

/** 4 bytes or 8 words. */
type Parts = readonly number[];

export interface Prefix {
  readonly version: Version;
  /** Number of bits that count; an address is a prefix of all its bits. */
  readonly length: number;
  /** Whether it is one address. */
  readonly isOne: boolean;
  readonly first: Parts;
  readonly last: Parts;
  /** The bits beyond the length. */
  readonly free: Parts;
}

function ipv4Bytes(text: string): Parts | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function ipv6Words(text: string): Parts | undefined {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (tail !== text && tail.includes('.')) {
    const bytes = ipv4Bytes(tail);
    if (bytes === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    const words = [a * 256 + b, c * 256 + d].map((word) => word.toString(16)).join(':');
    return ipv6Words(text.slice(0, -tail.length) + words);
  }
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - halves.flat().length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const [head = [], rest = []] = halves;
  const words = [...head, ...Array<string>(missing).fill('0'), ...rest];
  return words.every((word) => /^[0-9a-f]{1,4}$/i.test(word)) ? words.map((word) => parseInt(word, 16)) : undefined;
}

/** For each part of an address, the bits beyond the first `length`. */
const freeBits = (count: number, size: number, length: number): number[] =>
  Array.from({ length: count }, (_, i) => 2 ** Math.min(size, Math.max(0, (i + 1) * size - length)) - 1);

/** Undefined if the text is neither an address nor a prefix. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const version = address.includes(':') ? 6 : 4;
  const first = version === 4 ? ipv4Bytes(address) : ipv6Words(address);
  if (first === undefined || rest.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (length !== undefined && !(/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits)) return undefined;
  const count = length === undefined ? bits : Number(length);
  const free = freeBits(first.length, bits / first.length, count);
  const last = first.map((part, i) => part | (free[i] ?? 0));
  return { version, length: count, isOne: count === bits, first, last, free };
}

export const hasHostBits = ({ first, free }: Prefix): boolean => first.some((part, i) => (part & (free[i] ?? 0)) !== 0);

/** The prefix that was meant: `10.1.1.5/24` → `10.1.1.0/24`, in the spelling of answers. */
export function networkOf({ version, length, first, free }: Prefix): string {
  const parts = first.map((part, i) => part & ~(free[i] ?? 0));
  return `${version === 4 ? parts.join('.') : formatWords(parts)}/${length}`;
}

/** RFC 5952: `::` stands for the first of the longest runs of at least two zeros. */
function formatWords(words: Parts): string {
  const text = words.map((word) => word.toString(16)).join(':');
  const [longest] = Array.from(text.matchAll(/\b0(:0)+\b/g)).sort((a, b) => b[0].length - a[0].length);
  if (longest === undefined) return text;
  const [before, after] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

export const isMulticast = (version: Version, [first = 0]: Parts): boolean =>
  version === 4 ? first >= 224 && first <= 239 : first >= 0xff00;

/** 224.0.0.0/24, and the IPv6 scopes reserved, interface and link (RFC 4291 2.7): the kernel never forwards them. */
export const staysOnLink = (version: Version, [a = 0, b, c]: Parts): boolean =>
  version === 4 ? a === 224 && b === 0 && c === 0 : (a & 0xf) <= 2;

/** As a source, it stands for any. */
export const isAny = ({ length, isOne, first }: Prefix): boolean =>
  length === 0 || (isOne && first.every((part) => part === 0));

/** Which range an address is in that no packet is forwarded from; undefined if it can be that of a host. */
export function noHost(version: Version, parts: Parts): string | undefined {
  if (isMulticast(version, parts)) return 'multicast';
  const [first = 0] = parts;
  if (version === 4) {
    if (first === 0) return 'zero';
    if (first === 127) return 'loopback';
    return parts.every((byte) => byte === 255) ? 'broadcast' : undefined;
  }
  if ((first & 0xffc0) === 0xfe80) return 'link-local';
  if (parts[7] === 1 && parts.slice(0, 7).every((word) => word === 0)) return 'loopback6';
  return parts[5] === 0xffff && parts.slice(0, 5).every((word) => word === 0) ? 'mapped' : undefined;
}
