/**
 * What is wrong with a field of a route.
 */
import {
  hasHostBits,
  isAny,
  isMulticast,
  networkOf,
  noHost,
  type Prefix,
  parsePrefix,
  staysOnLink,
} from './addresses.js';
import type { Check, Fault, Other } from './fault.js';
import { isInterfaceName, isPattern, listed, namesFault } from './names.js';

const MAX_LABEL = 256;
const MAX_EXCLUDED = 1000;
const MAX_JOINED = 4096;
const MAX_SECONDS = 315_360_000; // ten years

type RouteField =
  | 'source'
  | 'group'
  | 'iif'
  | 'interface'
  | 'oifs'
  | 'membersAmong'
  | 'membersTimeout'
  | 'threshold'
  | 'label'
  | 'alarmIdle'
  | 'expiresIn'
  | 'exclude'
  | 'idleTimeout';

/** Whether hosts open the outputs: the text that says so in a message may stand in the field as well. */
const isForMembers = (other: Other): boolean => other('members') === 'true' || other('oifs') === 'members';

const isSeconds = (value: string): boolean =>
  /^(0|[1-9]\d*)(\.\d+)?$/.test(value) && Number(value) > 0 && Number(value) <= MAX_SECONDS;

/** Whether a route surely is for one stream. What is blank may come with the message. */
function isOneStream(other: Other): boolean {
  const [source = '', group = '', iif = ''] = ['source', 'group', 'iif'].map(other);
  const prefix = parsePrefix(source);
  const isOneSource = source === '*' || prefix?.isOne || prefix?.length === 0;
  return isOneSource === true && parsePrefix(group)?.isOne === true && iif !== '' && !isPattern(iif);
}

/** Of the text of a group or a source: whether it is an address or a prefix at all. */
function spellingFault(field: string, value: string, prefix: Prefix | undefined): Fault | undefined {
  if (!prefix) return { key: value.includes('/') ? `${field}-not-prefix` : `${field}-not-address` };
  return hasHostBits(prefix)
    ? { key: `${field}-host-bits`, length: prefix.length, network: networkOf(prefix) }
    : undefined;
}

function groupFault({ version, isOne, first, last }: Prefix): Fault | undefined {
  if (!isMulticast(version, first) || !isMulticast(version, last)) {
    if (isOne) return { key: 'group-not-multicast' };
    return { key: 'group-outside', range: version === 4 ? '224.0.0.0/4' : 'ff00::/8' };
  }
  if (!staysOnLink(version, last)) return undefined;
  if (!isOne) return { key: 'group-stays-on-link' };
  return version === 4 ? { key: 'group-link' } : { key: 'group-scope', scope: (first[0] ?? 0) & 0xf };
}

/** Each range that no packet is forwarded from has a fault of its own: with both ends in one of them, no host is between. */
function sourceFault({ version, isOne, first, last }: Prefix): Fault | undefined {
  const range = noHost(version, first);
  if (range === undefined || range !== noHost(version, last)) return undefined;
  if (isOne) return { key: `source-${range}` };
  return { key: range === 'multicast' ? 'source-groups' : 'source-not-host' };
}

export const routeFaults: Record<RouteField, Check> = {
  source(value, other) {
    if (value === '*') return undefined;
    const source = parsePrefix(value);
    const spelling = spellingFault('source', value, source);
    if (spelling || !source) return spelling;
    const group = parsePrefix(other('group'));
    if (group && group.version !== source.version) {
      return { key: 'families', source: source.version, group: group.version };
    }
    return isAny(source) ? undefined : sourceFault(source);
  },
  group(value, other) {
    const group = parsePrefix(value);
    const fault = spellingFault('group', value, group) ?? (group && groupFault(group));
    if (fault || !group) return fault;
    const isWide = 2 ** ((group.version === 4 ? 32 : 128) - group.length) > MAX_JOINED;
    return isWide && other('join') === 'true' ? { key: 'group-join' } : undefined;
  },
  iif(value) {
    return isInterfaceName(value) ? undefined : { key: 'iif-name' };
  },
  interface(value) {
    return isInterfaceName(value) ? undefined : { key: 'interface-name' };
  },
  oifs(value, other) {
    return isForMembers(other) ? undefined : namesFault(value, other('iif'), 'oifs');
  },
  membersAmong(value, other) {
    return other('members') === 'true' ? namesFault(value, other('iif'), 'among') : undefined;
  },
  membersTimeout(value, other) {
    return other('members') !== 'true' || isSeconds(value) ? undefined : { key: 'members-timeout' };
  },
  threshold(value, other) {
    if (!/^[1-9]\d{0,2}$/.test(value) || Number(value) > 254) return { key: 'threshold' };
    if (value === '1') return undefined;
    if (isForMembers(other)) return { key: 'threshold-members' };
    return parsePrefix(other('group'))?.version === 6 ? { key: 'threshold-ipv6' } : undefined;
  },
  label(value) {
    return [...value].length <= MAX_LABEL ? undefined : { key: 'label' };
  },
  alarmIdle(value, other) {
    if (!isSeconds(value)) return { key: 'alarm' };
    const idleTimeout = other('idleTimeout');
    return isSeconds(idleTimeout) && Number(value) > Number(idleTimeout) ? { key: 'alarm-late' } : undefined;
  },
  expiresIn(value) {
    return isSeconds(value) ? undefined : { key: 'expires' };
  },
  exclude(value, other) {
    const texts = listed(value);
    if (texts.length > MAX_EXCLUDED) return { key: 'exclude-many' };
    const group = parsePrefix(other('group'));
    for (const [i, text] of texts.entries()) {
      const n = i + 1;
      const prefix = parsePrefix(text);
      if (!prefix) return { key: 'exclude-not-address', n };
      if (hasHostBits(prefix)) return { key: 'exclude-host-bits', n };
      if (group && group.version !== prefix.version) return { key: 'exclude-families', n };
    }
    return isOneStream(other) ? { key: 'exclude-one' } : undefined;
  },
  idleTimeout(value, other) {
    if (!isSeconds(value)) return { key: 'idle-timeout' };
    return isOneStream(other) ? { key: 'idle-timeout-one' } : undefined;
  },
};
