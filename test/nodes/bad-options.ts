/**
 * Bad messages for `mfc add`: what a route can have besides its stream and its interfaces.
 */
import { type BadMessage, changed, GOOD, invalid } from './bad-message';

/** A route that learns. */
const PREFIX = { source: '*', group: '239.1.0.0/16' };
const NO_NUMBERS = ['2', '', null, true, [2], {}, Number.NaN, Number.POSITIVE_INFINITY];
const NO_SECONDS = [...NO_NUMBERS, 0, -1, 315_360_001];
const NO_FLAGS = ['true', 1, 0, null, [], {}];

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** A field with values that are none of its type, or out of its range. */
function wrong(field: string, values: readonly unknown[], fieldsOf: (value: unknown) => object): BadMessage[] {
  return values.map((value) => invalid(`${field} ${shown(value)}`, changed(fieldsOf(value)), field, 'must be'));
}

const WRONG: BadMessage[] = [
  ...wrong('join', NO_FLAGS, (join) => ({ join })),
  ...wrong('allow_absent', NO_FLAGS, (allow_absent) => ({ allow_absent })),
  ...wrong('alarm', [2, '2', null, true, []], (alarm) => ({ alarm })),
  ...wrong('alarm.idle', NO_SECONDS, (idle) => ({ alarm: { idle } })),
  ...wrong('expires_in', NO_SECONDS, (expires_in) => ({ expires_in })),
  ...wrong('expires_at', [...NO_NUMBERS, 0, -1], (expires_at) => ({ expires_at })),
  ...wrong('idle_timeout', NO_SECONDS, (idle_timeout) => ({ ...PREFIX, idle_timeout })),
  ...wrong('exclude', [7, null, true, {}], (exclude) => ({ ...PREFIX, exclude })),
  ...wrong('exclude[1]', [7, null, ['10.1.1.9']], (one) => ({ ...PREFIX, exclude: ['10.1.1.9', one] })),
  ...wrong('members', [true, 'eth2', null, ['eth2'], 60], (members) => ({ oifs: 'members', members })),
  ...wrong('members.timeout', NO_SECONDS, (timeout) => ({ oifs: 'members', members: { timeout } })),
  ...wrong('members.among', [7, null, true, {}], (among) => ({ oifs: 'members', members: { among } })),
  ...wrong('members.among[1]', [7, null, { name: 'eth3' }], (one) => ({
    oifs: 'members',
    members: { among: ['eth2', one] },
  })),
];

const KEYS: BadMessage[] = [
  invalid('alarm without idle', changed({ alarm: {} }), 'alarm.idle', 'is missing. Give for example {"idle": 2}'),
  invalid(
    'alarm with an unknown key',
    changed({ alarm: { idle: 2, rate: 5 } }),
    'alarm.rate',
    'is not a field here. The fields are idle.',
  ),
  invalid(
    'members with an unknown key',
    changed({ oifs: 'members', members: { within: ['eth2'] } }),
    'members.within',
    'is not a field here. The fields are among, timeout.',
  ),
  invalid(
    'an output with an unknown key',
    changed({ oifs: [{ name: 'eth2', ttl: 5 }] }),
    'oifs[0].ttl',
    'is not a field here. The fields are name, threshold.',
  ),
  invalid(
    'an output without a name',
    changed({ oifs: [{ threshold: 5 }] }),
    'oifs[0].name',
    'is missing. Give an array',
  ),
];

const EXCLUDES: BadMessage[] = [
  ...['', ' ', 'eth2', '10.1.1', '*', '10.1.1.0/33', 'fd00::/129', '/8'].map((text) =>
    invalid(
      `exclude ${JSON.stringify(text)}`,
      changed({ ...PREFIX, exclude: [text] }),
      'exclude[0]',
      'is not a prefix.',
    ),
  ),
  invalid('exclude as empty text', changed({ ...PREFIX, exclude: '' }), 'exclude[0]', 'is not a prefix.'),
  invalid('exclude as text', changed({ ...PREFIX, exclude: '10.1.1.9, any' }), 'exclude[1]', 'is not a prefix.'),
  invalid(
    'exclude with bits beyond its length',
    changed({ ...PREFIX, exclude: ['239.1.7.1/24'] }),
    'exclude[0]',
    'has bits beyond its length of 24. Write "239.1.7.0/24".',
  ),
  invalid(
    'exclude of another family',
    changed({ ...PREFIX, exclude: ['10.1.1.9', 'fd00::/64'] }),
    'exclude[1]',
    'is IPv6, but the group is IPv4.',
  ),
  invalid(
    '1,001 exclusions',
    changed({ ...PREFIX, exclude: Array(1001).fill('10.1.1.9') }),
    'exclude',
    'must NOT have more than 1000 items.',
  ),
  invalid(
    '100,000 exclusions as text',
    changed({ ...PREFIX, exclude: Array(100_000).fill('10.1.1.9').join() }),
    'exclude',
    'names more than 1000.',
  ),
  invalid('exclude for one stream', changed({ exclude: ['10.1.1.9'] }), 'exclude', 'is set, but the route is for one'),
  invalid(
    'exclude for one group',
    changed({ source: '*', exclude: [] }),
    'exclude',
    'is set, but the route is for one',
  ),
  invalid('idle_timeout for one stream', changed({ idle_timeout: 60 }), 'idle_timeout', 'is set, but the route is for'),
];

const SILENT_ALARMS: BadMessage[] = [
  invalid(
    'an alarm after the stream is forgotten',
    changed({ ...PREFIX, alarm: { idle: 61 }, idle_timeout: 60 }),
    'alarm.idle',
    'is longer than the idle_timeout of 60, so it could not ring. Let idle_timeout be the longer one.',
  ),
  invalid(
    'such an alarm in an array',
    [GOOD, changed({ group: '239.1.1.3', iif: 'eth+', alarm: { idle: 2 }, idle_timeout: 0.5 })],
    'payload[1].alarm.idle',
    'is longer than the idle_timeout of 0.5',
  ),
];

const JOINS: BadMessage[] = [
  invalid(
    'join of 8,192 groups',
    changed({ group: '239.1.0.0/19', join: true }),
    'join',
    'is set, but 239.1.0.0/19 has',
  ),
  invalid(
    'join of half of all groups',
    { group: 'ff80::/9', iif: 'eth1', oifs: ['eth2'], join: true },
    'join',
    'is set, but ff80::/9 has too many groups. Join at most 4096 groups, a /116.',
  ),
];

const LEASES: BadMessage[] = [
  invalid('an end that is over', changed({ expires_at: Date.now() - 1 }), 'expires_at', 'is over already. Give a time'),
  invalid(
    'seconds since 1970 as the end',
    [GOOD, changed({ group: '239.1.1.3', expires_at: Math.floor(Date.now() / 1000) + 60 })],
    'payload[1].expires_at',
    'is over already. Give a time to come, in milliseconds since 1970',
  ),
  invalid('two ends', changed({ expires_in: 60, expires_at: 2e12 }), 'expires_at', 'is set as well as expires_in.'),
];

const members = (fields: object): object => changed({ oifs: 'members', ...fields });

/** Members, and another route for the same stream. */
function contradiction(name: string, other: object): BadMessage {
  const payload = [members({ members: { among: 'eth2' } }), other];
  const says = 'Invalid argument: (10.1.1.6, 239.1.1.2) is in the message twice';
  return { ...invalid(name, payload, 'payload[1].group', ''), says };
}

const MEMBERS: BadMessage[] = [
  invalid(
    'the iif among members',
    members({ members: { among: ['eth2', 'eth1'] } }),
    'members.among',
    "has the iif 'eth1'.",
  ),
  invalid(
    'the iif among members, as text',
    members({ members: { among: 'eth1' } }),
    'members.among',
    "has the iif 'eth1'.",
  ),
  invalid('no members', members({ members: { among: [] } }), 'members.among', 'is empty or names one twice.'),
  invalid(
    'members twice',
    members({ members: { among: 'eth2,eth2' } }),
    'members.among',
    'is empty or names one twice.',
  ),
  invalid('members as empty text', members({ members: { among: '' } }), 'members.among', "has '', which is not an"),
  invalid(
    'members that are no name',
    members({ members: { among: ['eth2', 'eth 3'] } }),
    'members.among[1]',
    'is not an interface name.',
  ),
  invalid(
    'a name of 18 bytes among members',
    members({ members: { among: ['ééééééééé'] } }),
    'members.among',
    'is not an interface name.',
  ),
  invalid(
    '32 members',
    members({ members: { among: Array(32).fill('eth2') } }),
    'members.among',
    'must NOT have more than 31',
  ),
  invalid('a threshold for members', members({ threshold: 16 }), 'threshold', 'is set, but hosts open the outputs.'),
  invalid('a stop filter of members', members({ stop_filter: true }), 'stop_filter', 'is set, but there are outputs.'),
  {
    name: 'an absent interface among members',
    payload: members({ members: { among: 'eth2,eth99' } }),
    code: 'ERR_MFC_NO_INTERFACE',
    field: 'members.among',
    says: "Invalid argument: Interface 'eth99' not found.",
  },
  contradiction('different members', members({ members: { among: 'eth3' } })),
  contradiction('members and none', changed({ oifs: [], stop_filter: true })),
];

const PATTERNS: BadMessage[] = [
  {
    name: 'a pattern that no interface matches',
    payload: changed({ iif: 'wlan+' }),
    code: 'ERR_MFC_NO_INTERFACE',
    field: 'iif',
    says: "Invalid argument: No interface matches 'wlan+'.",
  },
  invalid('a pattern among the outputs', changed({ iif: 'eth+', oifs: ['eth+'] }), 'oifs', "has the iif 'eth+'."),
  {
    name: 'a pattern as an output',
    payload: changed({ oifs: ['eth+'] }),
    code: 'ERR_MFC_NO_INTERFACE',
    field: 'oifs',
    says: "Invalid argument: Interface 'eth+' not found.",
  },
  invalid('a pattern that is too long', changed({ iif: 'veth12345678901+' }), 'iif', 'is not an interface name.'),
  invalid('a pattern in the middle', changed({ iif: 'eth/+' }), 'iif', 'is not an interface name.'),
];

export const BAD_OPTIONS: readonly BadMessage[] = [
  ...WRONG,
  ...KEYS,
  ...EXCLUDES,
  ...SILENT_ALARMS,
  ...JOINS,
  ...LEASES,
  ...MEMBERS,
  ...PATTERNS,
];
