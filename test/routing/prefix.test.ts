// Prefixes against a slow model: bits as text.

import { deepEqual, equal, ok } from 'node:assert/strict';
import {
  addressBytes,
  addressesOf,
  contains,
  covers,
  endsOf,
  formatPrefix,
  masked,
  type Prefix,
  parsePrefix,
} from '../../src/routing/prefix';
import { Random, SEED } from '../lab/random';

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  ok(parsed, text);
  return parsed;
}

function bytes(text: string): Uint8Array {
  const parsed = addressBytes(text);
  ok(parsed, text);
  return parsed;
}

/** `00001010…` */
function bitsOf(address: Uint8Array): string {
  return Array.from(address, (byte) => byte.toString(2).padStart(8, '0')).join('');
}

function textOf(bits: string): string {
  const width = bits.length === 32 ? 8 : 16;
  const parts = Array.from(bits.match(new RegExp(`.{${width}}`, 'g')) ?? [], (part) => Number.parseInt(part, 2));
  return width === 8 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
}

/** Bits of an address; half of them are zero or one throughout from some bit on, so that addresses are close to each other. */
function randomBits(random: Random, size: number): string {
  const seed = random.below(4).toString(2).padStart(2, '0').repeat(size);
  const length = random.below(size + 1);
  return seed.slice(0, length) + (random.chance(50) ? '0' : '1').repeat(size - length);
}

describe('routing: prefixes', () => {
  it('read addresses and prefixes, and nothing else', () => {
    const read = (text: string): [string, number] | undefined => {
      const parsed = parsePrefix(text);
      return parsed && [bitsOf(parsed.bytes).replace(/0+$/, ''), parsed.length];
    };
    deepEqual(read('192.0.0.0/2'), ['11', 2]);
    deepEqual(read('0.0.0.0/0'), ['', 0]);
    deepEqual(read('255.255.255.255'), ['1'.repeat(32), 32]);
    deepEqual(read('128.0.0.0/32'), ['1', 32]);
    deepEqual(read('ff00::/8'), ['1'.repeat(8), 8]);
    deepEqual(read('::/0'), ['', 0]);
    deepEqual(read('8000::'), ['1', 128]);
    for (const text of [
      '',
      '/',
      '/8',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/08',
      '10.0.0.0/+8',
      '10.0.0.0/8/8',
      '10/8',
    ]) {
      equal(parsePrefix(text), undefined, text);
    }
    for (const text of [
      '::/129',
      '::/1000',
      'ff05::%eth1/64',
      'ff05::/64 ',
      ' 10.0.0.0/8',
      '10.0.0.0/8.0',
      '*',
      '*/0',
    ]) {
      equal(parsePrefix(text), undefined, text);
    }
  });

  it('have one spelling', () => {
    for (const [text, one] of [
      ['10.0.0.7/24', '10.0.0.7/24'],
      ['10.0.0.7/32', '10.0.0.7'],
      ['FF05:0:0::/64', 'ff05::/64'],
      ['ff05::1/128', 'ff05::1'],
      ['ff05::10.1.1.5/120', 'ff05::a01:105/120'],
    ] as const) {
      equal(formatPrefix(prefix(text)), one);
    }
    equal(formatPrefix(masked(prefix('10.0.0.7/24'))), '10.0.0.0/24');
    equal(formatPrefix(masked(prefix('10.255.0.7/9'))), '10.128.0.0/9');
    equal(formatPrefix(masked(prefix('ff05:ffff::1/17'))), 'ff05:8000::/17');
    equal(formatPrefix(masked(prefix('1.2.3.4/0'))), '0.0.0.0/0');
  });

  for (const [name, size] of [
    ['IPv4', 32],
    ['IPv6', 128],
  ] as const) {
    it(`${name}: 5,000 random ones have the addresses that their bits say (seed ${SEED})`, () => {
      const random = new Random(SEED);
      let inside = 0;
      let covered = 0;
      for (let n = 0; n < 5000; n++) {
        const [network, other] = [randomBits(random, size), randomBits(random, size)];
        const [length, inner] = [random.below(size + 1), random.below(size + 1)];
        const one = masked(prefix(`${textOf(network)}/${length}`));
        const start = network.slice(0, length);
        const says = `${textOf(network)}/${length} and ${textOf(other)}/${inner}`;
        equal(bitsOf(one.bytes), start.padEnd(size, '0'), says);
        deepEqual(endsOf(one).map(bytes).map(bitsOf), [start.padEnd(size, '0'), start.padEnd(size, '1')], says);
        equal(contains(one, bytes(textOf(other))), other.startsWith(start), says);
        const two = masked(prefix(`${textOf(other)}/${inner}`));
        equal(covers(one, two), inner >= length && other.startsWith(start), says);
        if (other.startsWith(start)) inside++;
        if (covers(one, two)) covered++;
      }
      ok(inside > 200 && inside < 4800 && covered > 100, `${inside} inside, ${covered} covered`);
    });
  }

  it('of the other family have nothing in common', () => {
    equal(contains(prefix('0.0.0.0/0'), bytes('::')), false);
    equal(contains(prefix('::/0'), bytes('0.0.0.0')), false);
    equal(covers(prefix('::/0'), prefix('10.0.0.0/8')), false);
  });

  it('list their addresses in order', () => {
    deepEqual([...addressesOf(prefix('239.1.1.254/31'))], ['239.1.1.254', '239.1.1.255']);
    deepEqual([...addressesOf(prefix('239.1.1.1'))], ['239.1.1.1']);
    const many = [...addressesOf(prefix('239.1.0.0/20'))];
    deepEqual([many.length, many[0], many[256], many[4095]], [4096, '239.1.0.0', '239.1.1.0', '239.1.15.255']);
    equal(new Set(many).size, 4096);
    deepEqual([...addressesOf(prefix('ff05::fffc/126'))], ['ff05::fffc', 'ff05::fffd', 'ff05::fffe', 'ff05::ffff']);
    deepEqual([...addressesOf(prefix('ff05::/116'))].at(-1), 'ff05::fff');
  });
});
