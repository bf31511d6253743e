// Addresses as text and bytes: what is taken, what is refused, and the one spelling that comes out.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import {
  formatIpv6,
  ipv4GroupFault,
  ipv4SourceFault,
  ipv6GroupFault,
  ipv6SourceFault,
  parseIpv4,
  parseIpv6,
  putIpv4,
  putIpv6,
} from '../../src/abi/address';
import { Random } from '../lab/random';

function words(text: string): readonly number[] {
  const parsed = parseIpv6(text);
  if (parsed === undefined) throw new Error(`'${text}' should be an address.`);
  return parsed;
}

describe('abi: IPv4 addresses', () => {
  const valid: [string, number][] = [
    ['0.0.0.0', 0],
    ['1.2.3.4', 0x01020304],
    ['10.0.200.9', 0x0a00c809],
    ['127.255.255.255', 0x7fffffff],
    ['128.0.0.0', 0x80000000],
    ['239.10.20.30', 0xef0a141e],
    ['255.255.255.255', 0xffffffff],
  ];
  for (const [text, address] of valid) {
    it(`takes ${text}`, () => {
      equal(parseIpv4(text), address);
      const bytes = new Uint8Array(6).fill(0xaa);
      putIpv4(bytes, 1, address);
      deepEqual(Array.from(bytes), [0xaa, ...text.split('.').map(Number), 0xaa]);
    });
  }

  const invalid = [
    '',
    '.',
    '...',
    '1',
    '10',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.999',
    '1.2.3.4294967296',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.00',
    '00.0.0.0',
    '010.1.1.5',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1. 2.3.4',
    '1.2.3.4\n',
    '1.2.3.4\0',
    '1.2.3.-4',
    '1.2.3.+4',
    '1.2.3.4e0',
    '0x7f.1',
    '0x7f.0.0.1',
    '1.2.3.a',
    '1.2.3.4/32',
    '1.2.3.4:80',
    '1,2,3,4',
    '::1',
    '::ffff:1.2.3.4',
    '١.٢.٣.٤',
    '１.２.３.４',
    '1.2.3.٤',
    '1。2。3。4',
    '*',
  ];
  for (const text of invalid) it(`refuses ${JSON.stringify(text)}`, () => equal(parseIpv4(text), -1));

  for (const part of ['1', '0', '.', '1.', '9'.repeat(400)]) {
    it(`refuses a huge text of ${part.slice(0, 8)}`, () => equal(parseIpv4(part.repeat(1_000_000 / part.length)), -1));
  }

  const groups: [string, RegExp | undefined][] = [
    ['223.255.255.255', /not a multicast/],
    ['224.0.0.0', /224\.0\.0\.0\/24/],
    ['224.0.0.251', /224\.0\.0\.0\/24/],
    ['224.0.0.255', /224\.0\.0\.0\/24/],
    ['224.0.1.0', undefined],
    ['232.1.1.1', undefined],
    ['239.255.255.255', undefined],
    ['240.0.0.0', /not a multicast/],
    ['255.255.255.255', /not a multicast/],
    ['0.0.0.0', /not a multicast/],
    ['10.1.1.5', /not a multicast/],
  ];
  for (const [text, fault] of groups) {
    it(`${fault ? 'refuses' : 'takes'} ${text} as a group`, () => matches(ipv4GroupFault(parseIpv4(text)), fault));
  }

  const sources: [string, RegExp | undefined][] = [
    ['0.0.0.1', /0\.0\.0\.0\/8/],
    ['0.255.255.255', /0\.0\.0\.0\/8/],
    ['1.0.0.0', undefined],
    ['10.1.1.5', undefined],
    ['126.255.255.255', undefined],
    ['127.0.0.1', /loopback/],
    ['127.255.255.255', /loopback/],
    ['128.0.0.1', undefined],
    ['169.254.1.1', undefined],
    ['223.255.255.255', undefined],
    ['224.0.0.1', /multicast/],
    ['239.1.1.1', /multicast/],
    ['255.255.255.255', /broadcast/],
  ];
  for (const [text, fault] of sources) {
    it(`${fault ? 'refuses' : 'takes'} ${text} as a source`, () => matches(ipv4SourceFault(parseIpv4(text)), fault));
  }
});

describe('abi: IPv6 addresses', () => {
  // RFC 5952, section 4 and 5.
  const spellings: [string, string][] = [
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    ['FF3E::8000:1', 'ff3e::8000:1'],
    ['ff3e:0:0:0:0:0:0:0', 'ff3e::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['::1.2.3.4', '::102:304'],
    ['1:2:3:4:5:6:255.255.255.255', '1:2:3:4:5:6:ffff:ffff'],
  ];
  for (const [text, canonical] of spellings) {
    it(`spells ${text} as ${canonical}`, () => {
      equal(formatIpv6(words(text)), canonical);
      deepEqual(words(canonical), words(text));
    });
  }

  it('writes the words in the order of the network', () => {
    const bytes = new Uint8Array(18).fill(0xaa);
    putIpv6(bytes, 1, words('ff3e:1:203:4000::abcd'));
    equal(Buffer.from(bytes).toString('hex'), `aaff3e000102034000000000000000abcdaa`);
  });

  const invalid = [
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4:5:6:7:8::',
    '1:2:3:4:5:6:7::8:9',
    '1:2:3:4:5:6:7:1.2.3.4',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    ':::1',
    '1:::2',
    '12345::',
    'g::',
    'fe80::1%eth0',
    'ff3e::1%1',
    'ff3e::1/64',
    '[::1]',
    ' ::1',
    '::1 ',
    '::1\n',
    '1.2.3.4',
    '10',
    '::256.1.1.1',
    '::1.2.3',
    '::01.2.3.4',
    '64:ff9b::1.2.3.04',
    'ff3e::१',
  ];
  for (const text of invalid) it(`refuses ${JSON.stringify(text)}`, () => equal(parseIpv6(text), undefined));

  it('takes of random texts what the C library takes', () => {
    const random = new Random(6);
    const parts = ['0', '1', 'f', 'A', 'ff3e', '10000', '00', 'g', ':', ':', ':', '::', '::', '1.2.3.4', '01', '.'];
    const taken = Array.from({ length: 200_000 }, () => {
      const text = Array.from({ length: 1 + random.below(17) }, () => random.pick(parts)).join('');
      equal(parseIpv6(text) !== undefined, isIPv6(text), text);
      return isIPv6(text);
    }).filter(Boolean).length;
    ok(taken > 1_000);
  });

  for (const part of [':', '1:', '::', '0'])
    it(`refuses a huge text of ${part}`, () => equal(parseIpv6(part.repeat(500_000)), undefined));

  // The scope is the low half of the second byte, whatever the flags are.
  const groups: [string, RegExp | undefined][] = [
    ['ff00::1', /scope 0/],
    ['ff01::1', /scope 1/],
    ['ff02::1', /scope 2/],
    ['ff12::1', /scope 2/],
    ['ff32::8000:1', /scope 2/],
    ['fff1::1', /scope 1/],
    ['ff03::1', undefined],
    ['ff05::1', undefined],
    ['ff15::1', undefined],
    ['ff3e::8000:1', undefined],
    ['ff0e::', undefined],
    ['fe80::1', /not a multicast/],
    ['fd00::1', /not a multicast/],
    ['::', /not a multicast/],
    ['::ff0e', /not a multicast/],
  ];
  for (const [text, fault] of groups) {
    it(`${fault ? 'refuses' : 'takes'} ${text} as a group`, () => matches(ipv6GroupFault(words(text)), fault));
  }

  const sources: [string, RegExp | undefined][] = [
    ['fd00:1::2', undefined],
    ['2001:db8::1', undefined],
    ['::2', undefined],
    ['1::1', undefined],
    ['fe00::1', undefined],
    ['fec0::1', undefined],
    ['fe80::1', /link-local/],
    ['febf::1', /link-local/],
    ['::1', /loopback/],
    ['ff3e::1', /multicast/],
    ['::ffff:10.1.1.5', /IPv4-mapped/],
  ];
  for (const [text, fault] of sources) {
    it(`${fault ? 'refuses' : 'takes'} ${text} as a source`, () => matches(ipv6SourceFault(words(text)), fault));
  }
});

/** A fault is a sentence that matches, or none. */
function matches(fault: string | undefined, expected: RegExp | undefined): void {
  equal(fault === undefined ? undefined : expected?.test(fault), expected === undefined ? undefined : true, fault);
}
