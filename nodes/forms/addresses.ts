/**
 * Addresses and prefixes as the server reads them: as text, and as numbers that can be compared.
 */

type Version = 4 | 6;

export interface Prefix {
  readonly version: Version;
  /** Number of leading bits that count. */
  readonly length: number;
  /** Whether it is an address: a prefix of all its bits. */
  readonly isOne: boolean;
  /** 4 bytes or 8 words. */
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** For each part, the bits beyond the prefix. */
  readonly free: readonly number[];
}

function ipv4Bytes(text: string): number[] | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function ipv6Words(text: string): number[] | undefined {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (tail !== text && tail.includes('.')) {
    const bytes = ipv4Bytes(tail);
    if (!bytes) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    const words = [a * 256 + b, c * 256 + d].map((word) => word.toString(16)).join(':');
    return ipv6Words(text.slice(0, -tail.length) + words);
  }
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - halves.flat().length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const [start = [], end = []] = halves;
  const words = [...start, ...Array.from({ length: missing }, () => '0'), ...end];
  return words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))
    ? words.map((word) => Number.parseInt(word, 16))
    : undefined;
}

/** 4 bytes or 8 words; undefined if the text is no address. */
function parseAddress(text: string): { version: Version; parts: readonly number[] } | undefined {
  const bytes = ipv4Bytes(text);
  if (bytes) return { version: 4, parts: bytes };
  const words = ipv6Words(text);
  return words && { version: 6, parts: words };
}

/** For each part of an address, the bits beyond the first `length`. */
const freeBits = (count: number, size: number, length: number): number[] =>
  Array.from({ length: count }, (_, i) => 2 ** Math.min(size, Math.max(0, (i + 1) * size - length)) - 1);

/** An address is a prefix of all its bits. Undefined if the text is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || rest.length > 0) return undefined;
  const { version, parts } = parsed;
  const bits = version === 4 ? 32 : 128;
  if (length !== undefined && !(/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits)) return undefined;
  const count = length === undefined ? bits : Number(length);
  const free = freeBits(parts.length, bits / parts.length, count);
  const last = parts.map((part, i) => part | (free[i] ?? 0));
  return { version, length: count, isOne: count === bits, first: parts, last, free };
}

export const hasHostBits = ({ first, free }: Prefix): boolean => first.some((part, i) => (part & (free[i] ?? 0)) !== 0);

/** The prefix that was meant: `10.1.1.5/24` → `10.1.1.0/24`, in the spelling of answers. */
export function networkOf({ version, length, first, free }: Prefix): string {
  const parts = first.map((part, i) => part & ~(free[i] ?? 0));
  return `${version === 4 ? parts.join('.') : formatWords(parts)}/${length}`;
}

/** RFC 5952: `::` stands for the first of the longest runs of at least two zeros. */
function formatWords(words: readonly number[]): string {
  const text = words.map((word) => word.toString(16)).join(':');
  const runs = Array.from(text.matchAll(/\b0(:0)+\b/g));
  const [longest] = runs.sort((a, b) => b[0].length - a[0].length || a.index - b.index);
  if (longest === undefined) return text;
  const [before, after] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

export const isMulticast = (version: Version, [first = 0]: readonly number[]): boolean =>
  version === 4 ? first >= 224 && first <= 239 : first >= 0xff00;

/** 224.0.0.0/24, and the IPv6 scopes reserved, interface and link (RFC 4291 2.7): the kernel never forwards them. */
export const staysOnLink = (version: Version, [a = 0, b = 0, c = 0]: readonly number[]): boolean =>
  version === 4 ? a === 224 && b === 0 && c === 0 : (a & 0xf) <= 2;

/** As a source, it stands for any. */
export const isAny = ({ length, isOne, first }: Prefix): boolean =>
  length === 0 || (isOne && first.every((part) => part === 0));

/** Which range an address is in that no packet is forwarded from; undefined if it can be that of a host. */
export function noHost(version: Version, parts: readonly number[]): string | undefined {
  if (isMulticast(version, parts)) return 'multicast';
  if (version === 4) {
    if (parts[0] === 0) return 'zero';
    if (parts[0] === 127) return 'loopback';
    return parts.every((byte) => byte === 255) ? 'broadcast' : undefined;
  }
  if (((parts[0] ?? 0) & 0xffc0) === 0xfe80) return 'link-local';
  if (parts[7] === 1 && parts.slice(0, 7).every((word) => word === 0)) return 'loopback6';
  return parts[5] === 0xffff && parts.slice(0, 5).every((word) => word === 0) ? 'mapped' : undefined;
}
