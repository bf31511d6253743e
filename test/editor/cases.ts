/**
 * Good and bad values of the nodes' fields: one table for both sides, so that the editor and the server say the same.
 *
 * A value is tried in one field of an otherwise valid route. The whole route is good or bad, whichever field gets the blame.
 */
export type Field =
  | 'source'
  | 'group'
  | 'iif'
  | 'oifs'
  | 'threshold'
  | 'label'
  | 'alarmIdle'
  | 'expiresIn'
  | 'exclude'
  | 'idleTimeout'
  | 'membersAmong'
  | 'membersTimeout';

/** What the other fields are, boxes among them. */
export type Others = Partial<Record<Field, string> & Record<'join' | 'members', boolean>>;

export interface Case {
  readonly field: Field;
  readonly value: string;
  readonly ok: boolean;
  /** Other fields that differ from `validRoute`. */
  readonly others: Others;
}

/** What the other fields are while one is tried. */
export const validRoute = { group: '239.10.20.30', iif: 'eth1', oifs: 'eth2' } as const;

/** Values that only the server can judge: blank ones are in the message, the others are environment variables. */
export const openValues = ['', ' ', ...['GROUP', 'my.group'].flatMap((name) => [`\${${name}}`, `$(${name})`])];

const IPV6 = { group: 'ff05::1234' };

function tryAll(ok: boolean, field: Field, values: string | readonly string[], others: Case['others']): Case[] {
  const list = typeof values === 'string' ? values.trim().split(/\s+/) : values;
  return list.map((value) => ({ field, value, ok, others }));
}

/** Values are an array, or one text with spaces between them. */
const good = (field: Field, values: string | readonly string[], others: Case['others'] = {}): Case[] =>
  tryAll(true, field, values, others);
const bad = (field: Field, values: string | readonly string[], others: Case['others'] = {}): Case[] =>
  tryAll(false, field, values, others);

const vlans = (count: number): string => Array.from({ length: count }, (_, i) => `vlan${i + 10}`).join(',');

const addresses = (count: number): string =>
  Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`).join(',');

const seconds = {
  good: ['1', '2', '0.5', '0.001', '300', '3600.25', '315360000'],
  bad: [
    '0',
    '0.0',
    '-1',
    '+1',
    '.5',
    '5.',
    '1e3',
    '0x10',
    '007',
    '00',
    '1,5',
    '5 s',
    '5s',
    'NaN',
    'Infinity',
    '315360001',
  ],
} as const;

/** What makes a route learn. */
const learning: readonly Others[] = [
  { group: '239.1.0.0/16' },
  { source: '10.1.1.0/24' },
  { iif: 'eth+', source: '*' },
  { iif: '*', source: '10.1.1.5' },
  { iif: '', source: '10.1.1.5' },
];

export const cases: readonly Case[] = [
  ...good('group', '224.0.1.0 224.0.1.129 224.1.0.0 232.1.1.1 239.10.20.30 239.255.255.255'),
  ...good('group', 'ff03::1 ff05::1234 FF0E::1 ff3e::8000:1 ff0f::1 ff15:0:0:0:0:0:0:1 ff05::10.1.1.5'),
  // Not multicast, or not an address.
  ...bad('group', '0.0.0.0 10.1.1.5 223.255.255.255 240.0.0.1 255.255.255.255 :: ::1 2001:db8::1 fe80::1 * eth1'),
  ...bad('group', '239 239.1.2 239.1.2. .239.1.2.3 239.1.2.3.4 239.1.2.256 239.1..3 239.1.2.-3'),
  ...bad('group', '239.1.2.03 239.001.2.3 0xef.1.2.3 ::ffff:239.1.2.3'),
  ...bad('group', 'ff05 ff05: ff05:::1 ff05::1::2 ff05::12345 ff05::g ff05::1: :ff05::1 ff05::1%eth1 [ff05::1]'),
  ...bad('group', 'ff05:1:2:3:4:5:6 ff05:1:2:3:4:5:6:7:8 ff05:1:2:3:4:5:6:7::8 ff05:1:2:3:4:5:6:10.1.1.5'),
  ...bad('group', 'ff05::010.1.1.5 ff05::10.1.1 ff05::10.1.1.256'),
  // Never forwarded.
  ...bad('group', '224.0.0.0 224.0.0.251 224.0.0.255 ff00::1 ff01::1 ff02::1 ff02::fb ff12::1 ff31::1 ff32::1'),

  ...good('source', '* 0.0.0.0 10.1.1.5 1.0.0.1 126.1.1.1 128.0.0.1 169.254.1.1 192.168.0.255 223.255.255.255'),
  ...good('source', '* :: 0:0:0:0:0:0:0:0 2001:db8::1 2001:DB8::A fd00::1 fec0::1 2001:db8::10.1.1.5', IPV6),
  ...bad('source', '10 10.1.1 10.1.1.05 010.1.1.5 10.1.1.256 00.0.0.0 any ** camera'),
  ...bad('source', '239.1.1.1 224.0.0.1 127.0.0.1 127.255.255.255 0.0.0.1 0.1.2.3 255.255.255.255'),
  ...bad(
    'source',
    '::1 fe80::1 febf::1 ff05::1 ::ffff:10.1.1.5 ::ffff:a01:105 fe80::1%eth1 2001:db8::1%eth1 2001:db8 2001:db8:::1',
    IPV6,
  ),
  ...bad('source', '2001:db8::1 ::'),
  ...bad('source', '10.1.1.5 0.0.0.0', IPV6),
  ...bad('group', 'ff05::1', { source: '10.1.1.5' }),
  ...good('group', 'ff05::1', { source: '*' }),

  // Prefixes.
  ...good(
    'group',
    '239.1.0.0/16 239.0.0.0/8 224.0.0.0/4 232.0.0.0/5 224.0.0.0/23 224.0.1.0/24 239.1.2.2/31 239.1.2.3/32',
  ),
  ...good('group', 'ff05::/16 ff00::/8 ff00::/12 ff10::/14 ff02::/15 ff3e:0:1::/48 FF05:0:0::/64 ff05::1/128'),
  ...bad('group', '0.0.0.0/0 10.0.0.0/8 224.0.0.0/3 240.0.0.0/4 238.0.0.0/6 192.168.1.0/24 ::/0 fe00::/7 fd00::/8'),
  ...bad('group', '239.1.0.1/16 239.1.0.0/15 239.1.128.0/16 224.0.0.1/31 ff05::1/64 ff05::/7 ff05:0:0:1::/63'),
  ...bad('group', '239.1.0.0/ 239.1.0.0/33 239.1.0.0/-1 239.1.0.0/016 239.1.0.0/16/8 239.1.0.0/+8 239.1.0.0/1e1 /16 /'),
  ...bad('group', ['239.1.0.0 /16', '239.1.0.0/ 16', '239.1/16', 'ff05::/129', 'ff05::/x', 'ff05::%eth1/64']),
  ...bad(
    'group',
    '224.0.0.0/24 224.0.0.128/25 224.0.0.251/32 ff00::/15 ff01::/16 ff02::/16 ff12::/16 ff32::/32 ff02::1/128',
  ),
  ...good(
    'source',
    '10.1.1.0/24 10.0.0.0/8 0.0.0.0/0 0.0.0.0/1 10.1.1.4/31 10.1.1.5/32 0.0.0.0/32 224.0.0.0/3 240.0.0.0/4',
  ),
  ...good('source', '2001:db8::/32 ::/0 ::/96 fe80::/9 2001:DB8::/64 2001:db8::1/128 2000::/3', IPV6),
  ...bad('source', '10.1.1.5/24 10.1.1.0/23 10.1.1.0/33 10.1.1.0/ 10.1.1/24 */8 10.1.1.0/24,10.1.2.0/24'),
  ...bad('source', '239.1.1.0/24 224.0.0.0/4 127.0.0.0/8 127.1.0.0/16 0.0.0.0/8 0.1.0.0/16 127.0.0.1/32'),
  ...bad(
    'source',
    'ff00::/8 ff05::/16 fe80::/10 fe80::/64 ::ffff:0:0/96 ::ffff:10.1.1.0/120 ::1/128 2001:db8::1/64',
    IPV6,
  ),
  ...bad('source', '2001:db8::/32 ::/0'),
  ...bad('source', '10.1.1.0/24 0.0.0.0/0', IPV6),
  ...bad('source', '10.1.1.0/24', { group: 'ff05::/16' }),
  ...good('source', '2001:db8::1', { group: 'ff05::/16' }),
  ...bad('group', 'ff05::/16', { source: '10.1.1.0/24' }),

  // Joins.
  ...good('group', '239.1.1.1 239.1.16.0/20 239.1.1.0/24 ff05::/116 ff05::1', { join: true }),
  ...bad('group', '239.1.0.0/19 239.0.0.0/8 224.0.0.0/4 ff05::/115 ff05::/16', { join: true }),

  ...good('iif', '* + eth+ e+ veth1234567890+ eth+1 ++'),
  ...bad('iif', 'veth12345678901+ eth/+ eth:+ eth1,eth+'),
  ...good('oifs', 'eth2,eth1', { iif: 'eth+' }),
  ...good('oifs', 'eth2,eth1', { iif: '*' }),
  ...bad('oifs', 'eth+', { iif: 'eth+' }),
  ...bad('oifs', '*', { iif: '*' }),

  ...good('iif', 'e eth1 eth0.100 br-lan wg0 enp0s31f6 veth1234567890a ... a=b größe eth1@x'),
  ...bad('iif', '. .. eth/1 eth1:0 eth1,eth3 veth12345678901x größegrößegröß'),
  ...bad('iif', ['eth 1', 'eth\t1']),

  ...good('oifs', ['eth2', 'eth2,eth3', 'eth2, eth3', 'eth2 ,eth3', 'eth0.100,br-lan', vlans(31)]),
  ...bad('oifs', [',', 'eth2,', ',eth2', 'eth2,,eth3', 'eth2 eth3', 'eth2;eth 3', 'eth2,.', 'eth2,veth12345678901x']),
  ...bad('oifs', ['eth2,eth2', 'eth2, eth3, eth2', 'eth1', 'eth2,eth1', vlans(32)]),
  ...good('oifs', 'eth1', { iif: 'eth0' }),
  ...good('iif', 'eth2', { oifs: 'eth3' }),
  ...bad('iif', 'eth2', { oifs: 'eth2' }),

  ...good('threshold', '1 16 254'),
  ...bad('threshold', '0 255 256 -1 1.5 016 1e2 0x10 +1 one NaN true'),
  ...good('threshold', '1', IPV6),
  ...bad('threshold', '2 254', IPV6),

  // Outputs that hosts open: what else is in their fields does not count.
  ...good('oifs', ['eth1', 'eth2,', 'eth 2', 'members', vlans(32)], { members: true }),
  ...good('oifs', 'members members,eth2'),
  ...good('membersAmong', ['eth2', 'eth2,eth3', 'eth2 , eth3', vlans(31)], { members: true }),
  ...good('membersAmong', 'eth1', { members: true, iif: 'eth+' }),
  ...good('membersAmong', 'eth1', { members: true, iif: '*' }),
  ...bad('membersAmong', [',', 'eth2,', 'eth2,eth2', 'eth1', 'eth2,eth1', 'eth 2', 'veth12345678901x', vlans(32)], {
    members: true,
  }),
  ...bad('membersAmong', 'eth+ *,eth+', { members: true, iif: 'eth+' }),
  ...good('membersTimeout', seconds.good, { members: true }),
  ...bad('membersTimeout', seconds.bad, { members: true }),
  ...good('membersAmong', ['eth1', 'eth2,', 'eth2,eth2']),
  ...good('membersTimeout', seconds.bad),
  ...good('threshold', '1', { members: true }),
  ...bad('threshold', '2 254 0', { members: true }),
  ...bad('threshold', '16', { oifs: 'members' }),
  ...good('membersTimeout', '60', { members: true, ...IPV6 }),

  ...good('alarmIdle', seconds.good),
  ...bad('alarmIdle', seconds.bad),
  ...good('expiresIn', seconds.good),
  ...bad('expiresIn', seconds.bad),

  // Learning.
  ...learning.flatMap((others) => [
    ...good(
      'exclude',
      ['10.1.1.99', '10.1.1.99/32', '239.1.7.0/24, 10.1.1.0/25', '0.0.0.0/0', '1.2.3.4 ,5.6.7.8'],
      others,
    ),
    ...bad(
      'exclude',
      [',', '10.1.1.99,', '10.1.1.99/24', '10.1.1.1/33', 'eth1', '10.1.1', '*', '10.1.1.1 10.1.1.2'],
      others,
    ),
    ...bad('exclude', ['2001:db8::1', '10.1.1.1, ff05::/16'], others),
    ...good('idleTimeout', seconds.good, others),
    ...bad('idleTimeout', seconds.bad, others),
  ]),
  ...good('exclude', ['ff05:7::/32, 2001:db8::99', '::/0', 'FF05::1'], { group: 'ff05::/16' }),
  ...bad('exclude', ['10.1.1.99', 'ff05::1/16', 'ff05::%eth1'], { group: 'ff05::/16' }),
  ...good('exclude', [addresses(1000)], { group: '239.1.0.0/16' }),
  ...bad('exclude', [addresses(1001)], { group: '239.1.0.0/16' }),
  ...['10.1.1.5', '*', '10.1.1.5/32', '0.0.0.0/0'].flatMap((source) => [
    ...bad('exclude', '10.1.1.99', { source }),
    ...bad('idleTimeout', '60', { source }),
    ...bad('idleTimeout', '60', { source, group: '239.1.1.1/32' }),
  ]),

  // An alarm that could not ring.
  ...learning.flatMap((others) => [
    ...good('alarmIdle', '5 30 0.5', { ...others, idleTimeout: '30' }),
    ...bad('alarmIdle', '31 30.001', { ...others, idleTimeout: '30' }),
    ...good('idleTimeout', '10 60', { ...others, alarmIdle: '10' }),
    ...bad('idleTimeout', '9.9 1', { ...others, alarmIdle: '10' }),
  ]),

  ...good('label', ['camera 7', '"<b>"', 'x'.repeat(256)]),
  ...bad('label', ['x'.repeat(257)]),
];

/** How long routes are kept without Node-RED, seconds. */
export const times = {
  good: ['1', '300', '86400'],
  bad: ['0', '-1', '1.5', '1e3', '007', '86401', '5 min'],
} as const;

/** How often counters are read, seconds. */
export const intervals = {
  good: ['0.1', '0.25', '1', '1.50', '60', '60.0'],
  bad: ['0', '0.0', '0.09', '-1', '.5', '1.', '1e1', '01', '60.01', '61', '0x10', '1 s'],
} as const;

/** The controller's table: numbers that the kernel takes for IPv4 and for IPv6. */
export const tables = {
  good: ['1', '100', '253', '254', '99999999'],
  bad: ['0', '-1', '1.5', '1e3', '0x64', '100000000', '4294967295', 'default', 'main', '1 2', '007'],
} as const;

const names = (count: number): string => Array.from({ length: count }, (_, i) => `vlan${i}`).join(', ');

const reserved = (...routes: object[]): string => JSON.stringify(routes);
const ROUTE = { source: '10.1.1.5', group: '239.10.20.30', iif: 'eth1', oifs: ['eth2'] };

/** The interfaces that a controller watches. */
export const watched = {
  good: ['eth1', 'eth1, eth2', 'eth+', '*', 'eth1,eth1', names(31)],
  bad: [',', 'eth1,', 'eth 1', 'eth/1', 'veth12345678901x', names(32)],
} as const;

/** The guard rails of the controller. */
export const rails = {
  allowedInterfaces: {
    good: ['eth1', 'eth1, eth2', 'eth+', '*', 'eth1,eth1', 'br-lan, vlan+', names(31)],
    bad: [',', 'eth1,', 'eth 1', 'eth1;eth 2', 'eth/1', 'veth12345678901x', '..', names(32)],
  },
  allowedGroups: {
    good: ['239.1.1.1', '239.1.0.0/16', '239.1.0.0/16, ff05::/16', 'ff05::1 ,224.0.0.0/4'],
    bad: [',', '239.1.0.0/16,', '239.1.0.1/16', '239.1', '239.1.0.0/33', 'eth1', 'ff05::1/16', '239.1.1.1 239.1.1.2'],
  },
  allowedSources: {
    good: ['*', '10.1.1.5', '10.1.0.0/16', '10.1.0.0/16, *', '*,2001:db8::/32', '0.0.0.0/0'],
    bad: [',', '10.1.0.0/16,', '10.1.1.5/16', '10.1', '**', 'camera', '2001:db8::1/32', '10.1.1.05'],
  },
  maxRoutes: {
    good: ['0', '1', '500', '999999'],
    bad: ['-1', '+1', '1.5', '1e3', '007', '0x10', '1000000', 'many', '10 routes'],
  },
  loops: { good: ['refuse', 'warn', 'allow'], bad: ['Refuse', 'deny', 'true', '0'] },
  reservedRoutes: {
    good: [
      '[]',
      reserved(ROUTE),
      reserved(ROUTE, { ...ROUTE, source: '*' }, { ...ROUTE, group: 'ff05::1', source: '2001:db8::1' }),
      reserved({ group: '239.1.0.0/16', oifs: 'eth2, eth3', exclude: ['239.1.7.0/24'], idle_timeout: 30 }),
      reserved({ ...ROUTE, oifs: [{ name: 'eth2', threshold: 16 }, 'eth3'], threshold: 2, label: 'Hall', join: true }),
      reserved({ group: '239.1.1.1', oifs: 'members', members: { among: ['eth2'], timeout: 60 } }),
      reserved({ ...ROUTE, oifs: [], stop_filter: true }),
    ],
    bad: [
      '[',
      'eth1',
      '{}',
      '"[]"',
      '5',
      'null',
      '[5]',
      '[[]]',
      reserved({ ...ROUTE, group: undefined }),
      reserved({ ...ROUTE, oifs: undefined }),
      reserved({ ...ROUTE, group: 239 }),
      reserved({ ...ROUTE, group: '10.1.1.5' }),
      reserved({ ...ROUTE, group: ' 239.1.1.1' }),
      reserved(ROUTE, { ...ROUTE, group: '239.1.1.1', source: '127.0.0.1' }),
      reserved({ ...ROUTE, source: '2001:db8::1' }),
      reserved({ ...ROUTE, iif: 'eth 1' }),
      reserved({ ...ROUTE, oifs: ['eth1'] }),
      reserved({ ...ROUTE, oifs: 'eth2,eth2' }),
      reserved({ ...ROUTE, oifs: [] }),
      reserved({ ...ROUTE, threshold: '16' }),
      reserved({ ...ROUTE, threshold: 255 }),
      reserved({ ...ROUTE, idle_timeout: 60 }),
      reserved({ ...ROUTE, expires_in: 60 }),
      reserved(ROUTE, ROUTE),
      reserved({ ...ROUTE, source: '*' }, { ...ROUTE, source: undefined }),
      reserved({ ...ROUTE, group: 'ff05::1', source: '::' }, { ...ROUTE, group: 'FF05:0::1', source: '*' }),
    ],
  },
} as const;
