/**
 * Good and bad values of the nodes' fields: one table for both sides, so that the editor and the server say the same.
 *
 * A value is tried in one field of an otherwise valid route. The whole route is good or bad, whichever field gets the blame.
 */
export type Field = 'source' | 'group' | 'iif' | 'oifs' | 'threshold' | 'label';

export interface Case {
  readonly field: Field;
  readonly value: string;
  readonly ok: boolean;
  /** Other fields that differ from `validRoute`. */
  readonly others: Partial<Record<Field, string>>;
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

export const cases: readonly Case[] = [
  ...good('group', '224.0.1.0 224.0.1.129 224.1.0.0 232.1.1.1 239.10.20.30 239.255.255.255'),
  ...good('group', 'ff03::1 ff05::1234 FF0E::1 ff3e::8000:1 ff0f::1 ff15:0:0:0:0:0:0:1 ff05::10.1.1.5'),
  // Not multicast, or not an address.
  ...bad('group', '0.0.0.0 10.1.1.5 223.255.255.255 240.0.0.1 255.255.255.255 :: ::1 2001:db8::1 fe80::1 * eth1'),
  ...bad('group', '239 239.1.2 239.1.2. .239.1.2.3 239.1.2.3.4 239.1.2.256 239.1..3 239.1.2.-3 239.1.2.3/32'),
  ...bad('group', '239.1.2.03 239.001.2.3 0xef.1.2.3 ::ffff:239.1.2.3'),
  ...bad(
    'group',
    'ff05 ff05: ff05:::1 ff05::1::2 ff05::12345 ff05::g ff05::1: :ff05::1 ff05::1%eth1 ff05::1/128 [ff05::1]',
  ),
  ...bad('group', 'ff05:1:2:3:4:5:6 ff05:1:2:3:4:5:6:7:8 ff05:1:2:3:4:5:6:7::8 ff05:1:2:3:4:5:6:10.1.1.5'),
  ...bad('group', 'ff05::010.1.1.5 ff05::10.1.1 ff05::10.1.1.256'),
  // Never forwarded.
  ...bad('group', '224.0.0.0 224.0.0.251 224.0.0.255 ff00::1 ff01::1 ff02::1 ff02::fb ff12::1 ff31::1 ff32::1'),

  ...good('source', '* 0.0.0.0 10.1.1.5 1.0.0.1 126.1.1.1 128.0.0.1 169.254.1.1 192.168.0.255 223.255.255.255'),
  ...good('source', '* :: 0:0:0:0:0:0:0:0 2001:db8::1 2001:DB8::A fd00::1 fec0::1 2001:db8::10.1.1.5', IPV6),
  ...bad('source', '10 10.1.1 10.1.1.05 010.1.1.5 10.1.1.256 10.1.1.0/24 00.0.0.0 any ** camera'),
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
