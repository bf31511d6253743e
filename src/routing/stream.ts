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
import { type At, invalid } from './schema';

const NOT_AN_ADDRESS = 'is not an IP address';
const GROUP_HINT = 'Use a group that routers forward: 224.0.1.0–239.255.255.255, or ff03:: and wider scopes.';
const SOURCE_HINT = 'Use the address of the sender as "10.1.1.5", without leading zeros, or "*" for any source.';

/** Which family a group is of; nothing is said about its validity. */
export function versionOf(group: string): IpVersion {
  return group.includes(':') ? 6 : 4;
}

/** The canonical text of a group. */
export function parseGroup(text: string, at: At): string {
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

/** The canonical text of a source, `*` for any. With a version, the source has to be of that family. */
export function parseSource(text: string | undefined, version: IpVersion | undefined, at: At): string {
  if (text === undefined || text === ANY_SOURCE) return ANY_SOURCE;
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

function isAddress(text: string): boolean {
  return parseIpv4(text) >= 0 || parseIpv6(text) !== undefined;
}
