/**
 * The two addresses that name a stream, from a message's text to the one spelling that tables and answers use.
 */
import {
  formatIpv6,
  type IpVersion,
  ipv4GroupFault,
  ipv4SourceFault,
  ipv6GroupFault,
  ipv6SourceFault,
  parseIpv4,
  parseIpv6,
} from '../abi/address';
import { ANY_SOURCE } from '../abi/family';
import { type At, invalid } from './invalid';
import { covers, endsOf, formatPrefix, masked, type Prefix, parsePrefix } from './prefix';

const NOT_AN_ADDRESS = 'is not an IP address';
const GROUP_HINT = 'Use a group that routers forward: 224.0.1.0–239.255.255.255, or ff03:: and wider scopes.';
const SOURCE_HINT = 'Use the address of the sender as "10.1.1.5", without leading zeros, or "*" for any source.';

/** Which family a group is of; nothing is said about its validity. */
export function versionOf(group: string): IpVersion {
  return group.includes(':') ? 6 : 4;
}

/** The canonical text of a group, or of a prefix of groups. */
export function parseGroup(text: string, at: At): string {
  if (text.includes('/')) return parseGroupPrefix(text, at);
  if (versionOf(text) === 4) {
    const address = parseIpv4(text);
    const fault = address < 0 ? NOT_AN_ADDRESS : ipv4GroupFault(address);
    if (fault !== undefined) throw invalid(at, 'group', text, `${fault}.`, GROUP_HINT);
    return text;
  }
  const words = parseIpv6(text);
  const fault = words === undefined ? NOT_AN_ADDRESS : ipv6GroupFault(words);
  if (words === undefined || fault !== undefined) throw invalid(at, 'group', text, `${fault}.`, GROUP_HINT);
  return formatIpv6(words);
}

/** The canonical text of a source or a prefix of sources, `*` for any. With a version, it has to be of that family. */
export function parseSource(text: string | undefined, version: IpVersion | undefined, at: At): string {
  if (text === undefined || text === ANY_SOURCE) return ANY_SOURCE;
  if (text.includes('/')) return parseSourcePrefix(text, version, at);
  const own = versionOf(text);
  if (version !== undefined && own !== version && isAddress(text)) {
    const what = `is IPv${own}, but the group is IPv${version}.`;
    throw invalid(at, 'source', text, what, 'Use addresses of one family.');
  }
  if (own === 4) {
    const address = parseIpv4(text);
    if (address === 0) return ANY_SOURCE;
    const fault = address < 0 ? NOT_AN_ADDRESS : ipv4SourceFault(address);
    if (fault !== undefined) throw invalid(at, 'source', text, `${fault}.`, SOURCE_HINT);
    return text;
  }
  const words = parseIpv6(text);
  if (words?.every((word) => word === 0)) return ANY_SOURCE;
  const fault = words === undefined ? NOT_AN_ADDRESS : ipv6SourceFault(words);
  if (words === undefined || fault !== undefined) throw invalid(at, 'source', text, `${fault}.`, SOURCE_HINT);
  return formatIpv6(words);
}

const MULTICAST: Record<IpVersion, string> = { 4: '224.0.0.0/4', 6: 'ff00::/8' };

function isMulticast(prefix: Prefix): boolean {
  const range = parsePrefix(MULTICAST[prefix.version]);
  return range !== undefined && covers(range, prefix);
}

function groupFault(address: string): string | undefined {
  const words = parseIpv6(address);
  return words === undefined ? ipv4GroupFault(parseIpv4(address)) : ipv6GroupFault(words);
}

function sourceFault(address: string): string | undefined {
  const words = parseIpv6(address);
  return words === undefined ? ipv4SourceFault(parseIpv4(address)) : ipv6SourceFault(words);
}

function parseGroupPrefix(text: string, at: At): string {
  const prefix = readPrefix(text, 'group', at);
  if (prefix.length === 8 * prefix.bytes.length) return parseGroup(formatPrefix(prefix), at);
  if (!isMulticast(prefix)) {
    const what = `has addresses outside ${MULTICAST[prefix.version]}, which are no groups.`;
    throw invalid(at, 'group', text, what, GROUP_HINT);
  }
  // What stays on the link comes first: 224.0.0.0/24, and the lower scopes of each kind of IPv6 group.
  const [, last] = endsOf(prefix);
  if (groupFault(last) !== undefined) {
    throw invalid(at, 'group', text, 'has only groups that the kernel never forwards.', GROUP_HINT);
  }
  return formatPrefix(prefix);
}

function parseSourcePrefix(text: string, version: IpVersion | undefined, at: At): string {
  const prefix = readPrefix(text, 'source', at);
  if (version !== undefined && prefix.version !== version) {
    const what = `is IPv${prefix.version}, but the group is IPv${version}.`;
    throw invalid(at, 'source', text, what, 'Use addresses of one family.');
  }
  if (prefix.length === 0) return ANY_SOURCE;
  if (prefix.length === 8 * prefix.bytes.length) return parseSource(formatPrefix(prefix), version, at);
  if (isMulticast(prefix)) {
    throw invalid(at, 'source', text, 'has multicast addresses, which no host has.', SOURCE_HINT);
  }
  // Each range that no packet is forwarded from has a fault of its own, so both ends are in one of them.
  const [fault, lastFault] = endsOf(prefix).map(sourceFault);
  if (fault !== undefined && fault === lastFault) {
    throw invalid(at, 'source', text, 'has only addresses that no packet is forwarded from.', SOURCE_HINT);
  }
  return formatPrefix(prefix);
}

function readPrefix(text: string, field: string, at: At): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    throw invalid(
      at,
      field,
      text,
      'is not a prefix.',
      'Write an address, a slash and the number of bits, as "239.1.0.0/16".',
    );
  }
  const network = formatPrefix(masked(prefix));
  if (network !== formatPrefix(prefix)) {
    throw invalid(at, field, text, `has bits beyond its length of ${prefix.length}.`, `Write "${network}".`);
  }
  return prefix;
}

/** Prefixes of groups or sources of a family, in their one spelling. */
export function parseExclude(texts: readonly string[], version: IpVersion, at: At): string[] {
  return texts.map((text, i) => {
    const prefix = readPrefix(text.trim(), `exclude[${i}]`, at);
    if (prefix.version === version) return formatPrefix(prefix);
    const what = `is IPv${prefix.version}, but the group is IPv${version}.`;
    throw invalid(at, `exclude[${i}]`, text, what, 'Use addresses of one family.');
  });
}

function isAddress(text: string): boolean {
  return parseIpv4(text) >= 0 || parseIpv6(text) !== undefined;
}
