// Integers in the machine's byte order, the outputs of an entry, and buffers that held something else before.

import { deepEqual, equal } from 'node:assert/strict';
import { endianness } from 'node:os';
import { getI32, getLong, getU16, littleEndian, putU16, putU32 } from '../../src/abi/endian';
import type { MfcEntry } from '../../src/abi/family';
import { decodeIfreqName, encodeIfreqName, IFNAMSIZ } from '../../src/abi/ifreq';
import { ipv4, mfcctl } from '../../src/abi/ipv4';
import { ipv6, mf6cctl } from '../../src/abi/ipv6';

/** What a typed array of this machine makes of the same number. */
function native(array: Uint16Array | Uint32Array | BigUint64Array): number[] {
  return Array.from(new Uint8Array(array.buffer));
}

describe('abi: integers', () => {
  for (const value of [0, 1, 0x1234, 0x8000, 0xffff]) {
    it(`has 16 bits of ${value}`, () => {
      const bytes = new Uint8Array(4).fill(0xaa);
      putU16(bytes, 1, value);
      deepEqual(Array.from(bytes), [0xaa, ...native(Uint16Array.of(value)), 0xaa]);
      equal(getU16(bytes, 1), value);
    });
  }

  for (const value of [0, 1, 0x12345678, 0x7fffffff, 0x80000000, 0xffffffff]) {
    it(`has 32 bits of ${value}`, () => {
      const bytes = new Uint8Array(6).fill(0xaa);
      putU32(bytes, 1, value);
      deepEqual(Array.from(bytes), [0xaa, ...native(Uint32Array.of(value)), 0xaa]);
      equal(getLong(bytes, 1, 4), value);
      equal(getI32(bytes, 1), value | 0);
    });
  }

  for (const value of [0n, 1n, 0xffffffffn, 0x100000000n, 0x123456789abcn, BigInt(Number.MAX_SAFE_INTEGER)]) {
    it(`reads a long of 8 bytes that holds ${value}`, () => {
      const bytes = Uint8Array.of(0xff, ...native(BigUint64Array.of(value)), 0xff);
      equal(getLong(bytes, 1, 8), Number(value));
    });
  }
});

describe('abi: the outputs of an entry', () => {
  const entry = (version: 4 | 6, vifis: number[]): MfcEntry => ({
    version,
    source: '*',
    group: version === 4 ? '239.1.1.1' : 'ff3e::1',
    parent: 1,
    outputs: vifis.map((vifi) => ({ vifi, threshold: 10 + vifi })),
  });

  for (const vifis of [[], [0], [7], [8], [31], [0, 7, 8, 31]]) {
    it(`are ttls ${vifis.join(', ')} in IPv4`, () => {
      const bytes = new Uint8Array(mfcctl.size).fill(0xff);
      ipv4.encodeMfc(bytes, entry(4, vifis));
      const ttls = Array.from(bytes.subarray(mfcctl.mfcc_ttls, mfcctl.mfcc_ttls + 32));
      deepEqual(
        ttls,
        ttls.map((_, vifi) => (vifis.includes(vifi) ? 10 + vifi : 0)),
      );
    });

    it(`are bits ${vifis.join(', ')} in IPv6`, () => {
      const bytes = new Uint8Array(mf6cctl.size).fill(0xff);
      ipv6.encodeMfc(bytes, entry(6, vifis));
      const set = vifis.reduce((bits, vifi) => bits + 2 ** vifi, 0);
      deepEqual(Array.from(bytes.subarray(mf6cctl.mf6cc_ifset)), native(Uint32Array.of(set, 0, 0, 0, 0, 0, 0, 0)));
    });
  }

  it('never run over the counters behind the ttls', () => {
    const bytes = new Uint8Array(mfcctl.size);
    ipv4.encodeMfc(bytes, entry(4, [32, 33, 40]));
    deepEqual(Array.from(bytes.subarray(mfcctl.mfcc_ttls)), new Array(mfcctl.size - mfcctl.mfcc_ttls).fill(0));
  });
});

describe('abi: interface names', () => {
  for (const name of ['eth0', 'a', '123456789012345', 'vé.100', '__proto__', 'x"y$`', 'ëëëëëëë', '日本語の五']) {
    it(`carries ${name} there and back`, () => {
      const bytes = new Uint8Array(40).fill(0xff);
      encodeIfreqName(bytes, name);
      equal(decodeIfreqName(bytes), name);
    });
  }

  it('never fills the byte of the final zero', () => {
    const bytes = new Uint8Array(40).fill(0xff);
    encodeIfreqName(bytes, 'x'.repeat(20));
    equal(bytes[IFNAMSIZ - 1], 0);
    equal(decodeIfreqName(bytes), 'x'.repeat(15));
  });
});

describe('abi: this machine', () => {
  it('has the byte order that Node.js says it has', () => {
    equal(littleEndian ? 'LE' : 'BE', endianness());
  });
});
