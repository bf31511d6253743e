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
import { isInterfaceName, isPattern, listed, outputsFault } from './names.js';

const MAX_LABEL = 256;
const MAX_EXCLUDED = 1000;
const MAX_JOINED = 4096;
const MAX_SECONDS = 315_360_000; // ten years

/** Whether hosts open the outputs: the text that says so in a message may stand in the field as well. */
const isForMembers = (other: Other): boolean => other('members') === 'true' || other('oifs') === 'members';

const isSeconds = (value: string): boolean =>
  /^(0|[1-9]\d*)(\.\d+)?$/.test(value) && Number(value) > 0 && Number(value) <= MAX_SECONDS;

/** Whether a route surely is for one stream. What is blank may come with the message. */
function isOneStream(other: Other): boolean {
  const [source = '', group = '', iif = ''] = ['source', 'group', 'iif'].map(other);
  const prefix = parsePrefix(source);
  const isOneSource = source === '*' || prefix?.isOne === true || prefix?.length === 0;
  return isOneSource && parsePrefix(group)?.isOne === true && iif !== '' && !isPattern(iif);
}

/** Reads the text of a group or a source, or says why it is neither an address nor a prefix. */
function spelled(field: 'group' | 'source', value: string): { prefix: Prefix } | { fault: Fault } {
  const prefix = parsePrefix(value);
  if (prefix === undefined) {
    return { fault: { key: value.includes('/') ? `${field}-not-prefix` : `${field}-not-address` } };
  }
  if (!hasHostBits(prefix)) return { prefix };
  return { fault: { key: `${field}-host-bits`, length: prefix.length, network: networkOf(prefix) } };
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

export const routeFaults: Readonly<Record<string, Check>> = {
  source(value, other) {
    if (value === '*') return undefined;
    const read = spelled('source', value);
    if ('fault' in read) return read.fault;
    const { prefix: source } = read;
    const group = parsePrefix(other('group'));
    if (group && group.version !== source.version) {
      return { key: 'families', source: source.version, group: group.version };
    }
    return isAny(source) ? undefined : sourceFault(source);
  },
  group(value, other) {
    const read = spelled('group', value);
    if ('fault' in read) return read.fault;
    const { prefix: group } = read;
    const fault = groupFault(group);
    if (fault) return fault;
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
    return isForMembers(other) ? undefined : outputsFault(value, other('iif'), 'oifs');
  },
  membersAmong(value, other) {
    return other('members') === 'true' ? outputsFault(value, other('iif'), 'among') : undefined;
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
