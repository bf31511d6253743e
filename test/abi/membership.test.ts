// IGMP and MLD: bytes made by hand from the RFCs, and bytes that Linux hosts sent.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { decodeIgmp, decodeIgmpPacket } from '../../src/abi/igmp';
import {
  ALLOW_NEW_SOURCES,
  BLOCK_OLD_SOURCES,
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  decodeFloat,
  type MembershipMessage,
  MODE_IS_EXCLUDE,
  MODE_IS_INCLUDE,
  type Query,
} from '../../src/abi/membership';
import { decodeMld, decodeMldPacket } from '../../src/abi/mld';
import { Random } from '../lab/random';
import { says } from '../streams/said';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** With the right checksum: its two bytes are zeros in the text. */
function igmp(text: string): Uint8Array {
  const bytes = hex(text);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes[2] = (~sum >>> 8) & 0xff;
  bytes[3] = ~sum & 0xff;
  return bytes;
}

const query: Query = {
  kind: 'query',
  group: undefined,
  responseMs: 10_000,
  robustness: 0,
  intervalMs: 0,
  partial: false,
};

/** A router of each RFC and what a host of it says. */
const IGMP: Readonly<Record<string, [string, MembershipMessage | undefined]>> = {
  'a query of version 1': ['1100 0000 00000000', query],
  'a query of version 2': ['1164 0000 00000000', query],
  'a query of version 2 that has the longest time': ['11ff 0000 00000000', { ...query, responseMs: 25_500 }],
  'a query of version 2 about a group': ['110a 0000 ef010203', { ...query, group: '239.1.2.3', responseMs: 1_000 }],
  'a query between version 2 and 3': ['1164 0000 00000000 027d', undefined],
  'a query of version 3': ['1164 0000 00000000 027d0000', { ...query, robustness: 2, intervalMs: 125_000 }],
  'a query of version 3 with long times': [
    '118a 0000 00000000 05ff0000',
    { ...query, responseMs: 20_800, robustness: 5, intervalMs: 31_744_000 },
  ],
  'a query about a group that routers need not heed': [
    '110a 0000 ef010203 0a7d0000',
    { ...query, group: '239.1.2.3', responseMs: 1_000, robustness: 2, intervalMs: 125_000, partial: true },
  ],
  'a query about a source': [
    '110a 0000 ef010203 027d0001 0a000001',
    { ...query, group: '239.1.2.3', responseMs: 1_000, robustness: 2, intervalMs: 125_000, partial: true },
  ],
  'a query about a source that is missing': ['110a 0000 ef010203 027d0001 0a0000', undefined],
  'a report of version 1': ['1200 0000 ef010203', says(CHANGE_TO_EXCLUDE, '239.1.2.3', [], true)],
  'a report of version 2': ['1600 0000 ef010203', says(CHANGE_TO_EXCLUDE, '239.1.2.3', [], true)],
  'a report of version 2 with something behind it': [
    '1600 0000 ef010203 01',
    says(CHANGE_TO_EXCLUDE, '239.1.2.3', [], true),
  ],
  'a leave': ['1700 0000 ef010203', says(CHANGE_TO_INCLUDE, '239.1.2.3', [], true)],
  'a report about a group of the link': ['1600 0000 e00000fb', { kind: 'report', records: [], legacy: true }],
  'a report about no group': ['1600 0000 0a000001', { kind: 'report', records: [], legacy: true }],
  'a report of version 3': [
    `2200 0000 0000 0006
     0100 0001 ef010101 0a000001   0200 0000 ef010102   0300 0000 ef010103
     0400 0002 ef010104 0a000001 0a000002   0500 0001 e8010105 0a000001   0600 0001 ef010106 ffffffff`,
    {
      kind: 'report',
      legacy: false,
      records: [
        { type: MODE_IS_INCLUDE, group: '239.1.1.1', sources: ['10.0.0.1'] },
        { type: MODE_IS_EXCLUDE, group: '239.1.1.2', sources: [] },
        { type: CHANGE_TO_INCLUDE, group: '239.1.1.3', sources: [] },
        { type: CHANGE_TO_EXCLUDE, group: '239.1.1.4', sources: ['10.0.0.1', '10.0.0.2'] },
        { type: ALLOW_NEW_SOURCES, group: '232.1.1.5', sources: ['10.0.0.1'] },
        { type: BLOCK_OLD_SOURCES, group: '239.1.1.6', sources: ['255.255.255.255'] },
      ],
    },
  ],
  'a report of version 3 with unknown types, groups of the link, auxiliary data, and something behind it': [
    `2200 0000 0000 0005
     0000 0000 ef010101   0700 0000 ef010102   0400 0000 e0000016   0402 0001 ef010104 0a000001 aaaaaaaa bbbbbbbb
     0400 0000 e0000100   0400 0000 ef010109`,
    {
      kind: 'report',
      legacy: false,
      records: [
        { type: CHANGE_TO_EXCLUDE, group: '239.1.1.4', sources: ['10.0.0.1'] },
        { type: CHANGE_TO_EXCLUDE, group: '224.0.1.0', sources: [] },
      ],
    },
  ],
  'a report of version 3 about nothing': ['2200 0000 0000 0000', { kind: 'report', records: [], legacy: false }],
  'a report of version 3 with a record too few': ['2200 0000 0000 0002 0400 0000 ef010101', undefined],
  'a report of version 3 with a source too few': ['2200 0000 0000 0001 0400 0002 ef010101 0a000001', undefined],
  'a report of version 3 with half a record': ['2200 0000 0000 0001 0400 0000 ef01', undefined],
  'a report of version 3 with too little auxiliary data': ['2200 0000 0000 0001 0401 0000 ef010101 aaaa', undefined],
  'something that is too short': ['1600 0000 ef01', undefined],
  'another message': ['3000 0000 00000000', undefined],
  nothing: ['', undefined],
};

const G = 'ff3e0000000000000000000000010001';
const S = 'fd000001000000000000000000000002';
const MLD: Readonly<Record<string, [string, MembershipMessage | undefined]>> = {
  'a query of version 1': [`8200 0000 2710 0000 ${'00'.repeat(16)}`, query],
  'a query of version 1 about a group': [
    `8200 0000 fde8 0000 ${G}`,
    { ...query, group: 'ff3e::1:1', responseMs: 65_000 },
  ],
  'a query between version 1 and 2': [`8200 0000 2710 0000 ${'00'.repeat(16)} 027d`, undefined],
  'a query of version 2': [
    `8200 0000 8001 0000 ${'00'.repeat(16)} 02830000`,
    { ...query, responseMs: 32_776, robustness: 2, intervalMs: 152_000 },
  ],
  'a query about a source': [
    `8200 0000 03e8 0000 ${G} 027d0001 ${S}`,
    { ...query, group: 'ff3e::1:1', responseMs: 1_000, robustness: 2, intervalMs: 125_000, partial: true },
  ],
  'a report of version 1': [`8300 0000 0000 0000 ${G}`, says(CHANGE_TO_EXCLUDE, 'ff3e::1:1', [], true)],
  'a leave': [`8400 0000 0000 0000 ${G}`, says(CHANGE_TO_INCLUDE, 'ff3e::1:1', [], true)],
  'a report about a group of the link': [
    `8300 0000 0000 0000 ff0200000000000000000001ff3aca83`,
    { kind: 'report', records: [], legacy: true },
  ],
  'a report of version 2': [
    `8f00 0000 0000 0002  0500 0001 ${G} ${S}  0401 0000 ${G} aaaaaaaa`,
    {
      kind: 'report',
      legacy: false,
      records: [
        { type: ALLOW_NEW_SOURCES, group: 'ff3e::1:1', sources: ['fd00:1::2'] },
        { type: CHANGE_TO_EXCLUDE, group: 'ff3e::1:1', sources: [] },
      ],
    },
  ],
  'a report of version 2 with a source too few': [`8f00 0000 0000 0001  0500 0002 ${G} ${S}`, undefined],
  'a report of version 1 that is too short': [`8300 0000 0000 0000 ${G.slice(2)}`, undefined],
  'a neighbour solicitation': [`8700 0000 0000 0000 ${G}`, undefined],
  nothing: ['', undefined],
};

/** Linux 6.18: IP_ADD_MEMBERSHIP and its end with net.ipv4.conf.*.force_igmp_version 3, 2 and 1, as a raw socket has them. */
const PACKETS: readonly (readonly [string, MembershipMessage])[] = [
  ['2200e9fb0000000104000000ef010101', says(CHANGE_TO_EXCLUDE, '239.1.1.1')],
  ['2200eafb0000000103000000ef010101', says(CHANGE_TO_INCLUDE, '239.1.1.1')],
  ['1600f9fcef010101', says(CHANGE_TO_EXCLUDE, '239.1.1.1', [], true)],
  ['1700f8fcef010101', says(CHANGE_TO_INCLUDE, '239.1.1.1', [], true)],
  ['1200fdfcef010101', says(CHANGE_TO_EXCLUDE, '239.1.1.1', [], true)],
];
/** From 10.0.1.2 to 224.0.0.22, with the Router Alert. */
const HEADER = '46c00028000040000102 0000 0a000102 e0000016 94040000';

/** Linux 6.18: IPV6_JOIN_GROUP and its end with force_mld_version 2 and 1. */
const MESSAGES: readonly (readonly [string, MembershipMessage])[] = [
  ['8f0047ac0000000104000000ff3e0000000000000000000000010001', says(CHANGE_TO_EXCLUDE, 'ff3e::1:1')],
  ['8f0048ac0000000103000000ff3e0000000000000000000000010001', says(CHANGE_TO_INCLUDE, 'ff3e::1:1')],
  ['8300578900000000ff3e0000000000000000000000010001', says(CHANGE_TO_EXCLUDE, 'ff3e::1:1', [], true)],
  ['840056c500000000ff3e0000000000000000000000010001', says(CHANGE_TO_INCLUDE, 'ff3e::1:1', [], true)],
];
const sockaddr = (address: string): Uint8Array => hex(`0a00 0000 00000000 ${address} 00000003`);
const LINK_LOCAL = 'fe80000000000000f4692efffea00617';

describe('abi: IGMP', () => {
  for (const [name, [text, expected]] of Object.entries(IGMP)) {
    it(`reads ${name}`, () => deepEqual(decodeIgmp(igmp(text)), expected));
  }

  it('reads what Linux sends', () => {
    for (const [text, message] of PACKETS) {
      deepEqual(decodeIgmpPacket(hex(HEADER + text)), { host: '10.0.1.2', message });
    }
  });

  it('takes nothing with a wrong checksum', () => {
    const [text = ''] = PACKETS[0] ?? [];
    for (let at = 0; at < hex(text).length; at++) {
      const bytes = hex(text);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      equal(decodeIgmp(bytes), undefined);
    }
  });

  it('takes nothing that was sent to one host, and no half packet', () => {
    const [text = ''] = PACKETS[2] ?? [];
    equal(decodeIgmpPacket(hex(HEADER.replace('e0000016', '0a000101') + text)), undefined);
    const packet = hex(HEADER + text);
    for (let size = 0; size < packet.length; size++) equal(decodeIgmpPacket(packet.subarray(0, size)), undefined);
    packet[0] = 0x44; // the header cannot be that short
    equal(decodeIgmpPacket(packet), undefined);
  });
});

describe('abi: MLD', () => {
  for (const [name, [text, expected]] of Object.entries(MLD)) {
    it(`reads ${name}`, () => deepEqual(decodeMld(hex(text)), expected));
  }

  it('reads what Linux sends', () => {
    for (const [text, message] of MESSAGES) {
      deepEqual(decodeMldPacket(hex(text), sockaddr(LINK_LOCAL)), { host: 'fe80::f469:2eff:fea0:617', message });
    }
  });

  it('takes nothing that may come from beyond the link, or from a host without address', () => {
    const [text = ''] = MESSAGES[0] ?? [];
    for (const address of ['fd000001000000000000000000000002', 'fec00000000000000000000000000002', '00'.repeat(16)]) {
      equal(decodeMldPacket(hex(text), sockaddr(address)), undefined);
    }
  });
});

describe('abi: reports', () => {
  it('read times that are floats', () => {
    deepEqual(
      [0, 127, 128, 129, 143, 144, 255].map((code) => decodeFloat(code, 4)),
      [0, 127, 128, 136, 248, 256, 31_744],
    );
    deepEqual(
      [0, 32_767, 32_768, 65_535].map((code) => decodeFloat(code, 12)),
      [0, 32_767, 32_768, 8_387_584],
    );
  });

  it('are read no further than they go, whatever the bytes are', () => {
    const random = new Random(1);
    const samples = [...PACKETS.map(([text]) => HEADER + text), ...MESSAGES.map(([text]) => text)].map(hex);
    samples.push(...Object.values(IGMP).map(([text]) => Buffer.concat([hex(HEADER), igmp(text)])));
    samples.push(...Object.values(MLD).map(([text]) => hex(text)));
    let read = 0;
    for (let n = 0; n < 50_000; n++) {
      const bytes = Uint8Array.from(random.pick(samples)).subarray(0, random.chance(30) ? random.below(80) : undefined);
      for (let flips = random.below(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      for (const message of [decodeIgmp(bytes), decodeMld(bytes), decodeIgmpPacket(bytes)?.message]) {
        if (message === undefined) continue;
        read++;
        const addresses =
          message.kind === 'query' ? [] : message.records.flatMap(({ group, sources }) => [group, ...sources]);
        ok(4 * addresses.length <= bytes.length, `${addresses.length} addresses in ${bytes.length} bytes`);
        ok(!addresses.join().includes('undefined'), addresses.join());
      }
    }
    ok(read > 10_000, `${read} messages`);
  });
});
