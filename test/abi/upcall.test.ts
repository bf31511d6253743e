// Upcalls as the kernel writes them, and what is none among the packets of an owner socket.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { UpcallBuffer } from '../../src/abi/upcall';
import { shortenStreams } from '../../src/abi/upcall-filter';

/** Captured on Linux 6.18 by recv() on an owner socket: a host sent three packets, for a stream without and one with an entry. */
const CAPTURED = {
  4: {
    nocache: '4500001c56304000010000000a000102ef0101010100000014000100',
    wrongvif: '4500001c56364000020000000a000102ef010101020040000811215c',
    source: '10.0.1.2',
    group: '239.1.1.1',
  },
  6: {
    nocache: '0001000000000000fd000001000000000000000000000002ff3e0000000000000000000000010001c000021f08000100',
    wrongvif: '0002000000000000fd000001000000000000000000000002ff3e0000000000000000000000010001000000000000000',
    source: 'fd00:1::2',
    group: 'ff3e::1:1',
  },
} as const;

/** An IGMP and an ICMPv6 packet: a membership report, for which the sockets are meant. */
const REPORTS = {
  4: '46c0002000004000010243180a000102ef0a141e9404000016000000ef0a141e',
  6: '8f0036d20000000204000000ff0200000000000000000001ff3dd70604000000ff0200000000000000000001ff000001',
} as const;

/** As recv() leaves it in a buffer that is shorter than the packet. */
function read(
  version: IpVersion,
  hex: string,
  change: (bytes: Buffer) => void = () => undefined,
): [UpcallBuffer, boolean] {
  const bytes = Buffer.from(hex, 'hex');
  change(bytes);
  const upcall = new UpcallBuffer(version);
  const size = Math.min(bytes.length, upcall.bytes.length);
  upcall.bytes.set(bytes.subarray(0, size));
  return [upcall, upcall.decode(size)];
}

for (const version of [4, 6] as const) {
  const { source, group, ...captured } = CAPTURED[version];

  describe(`abi: IPv${version} upcalls`, () => {
    for (const kind of ['nocache', 'wrongvif'] as const) {
      it(`are decoded: ${kind}`, () => {
        const [upcall, isUpcall] = read(version, captured[kind]);
        equal(isUpcall, true);
        deepEqual([upcall.kind, upcall.vifi, upcall.source, upcall.group], [kind, 0, source, group]);
        const size = version === 4 ? 4 : 16;
        const at = version === 4 ? 12 : 8;
        deepEqual(upcall.sourceBytes, new Uint8Array(upcall.bytes.subarray(at, at + size)));
        deepEqual(upcall.groupBytes, new Uint8Array(upcall.bytes.subarray(at + size, at + 2 * size)));
      });
    }

    it('have the number of the VIF', () => {
      const [upcall] = read(version, captured.nocache, (bytes) => bytes.writeUInt8(31, version === 4 ? 10 : 2));
      equal(upcall.vifi, 31);
    });

    it('are not those about PIM registers', () => {
      for (const type of [0, 3, 4]) {
        equal(read(version, captured.nocache, (bytes) => bytes.writeUInt8(type, version === 4 ? 8 : 1))[1], false);
      }
    });

    it('are not other packets, nor parts of upcalls', () => {
      equal(read(version, REPORTS[version])[1], false);
      for (const length of [0, 1, version === 4 ? 19 : 39]) {
        equal(read(version, captured.nocache.slice(0, 2 * length))[1], false);
      }
    });
  });
}

describe('abi: upcalls of older kernels', () => {
  it('have the number of the VIF in one byte, and the next one as it was', () => {
    const [upcall] = read(4, CAPTURED[4].nocache, (bytes) => bytes.writeUInt8(0xaa, 11));
    equal(upcall.vifi, 0);
  });
});

describe('abi: streams for a shorter filter', () => {
  const group = (address: string, length: number) => ({ group: { address, length } });

  it('are those of the first bits of their groups, each once', () => {
    const streams = [
      { ...group('239.1.2.0', 24), vifi: 1 },
      { ...group('239.1.3.3', 32), source: { address: '10.0.0.0', length: 8 } },
      group('239.2.0.0', 16),
      group('239.0.0.0', 8),
    ];
    deepEqual(
      shortenStreams(4, streams, 32),
      streams.map(({ group }) => ({ group })),
    );
    deepEqual(shortenStreams(4, streams, 16), [group('239.1.3.3', 16), group('239.2.0.0', 16), group('239.0.0.0', 8)]);
  });

  it('are all streams where a group is any', () => {
    deepEqual(shortenStreams(6, [{ source: { address: 'fd00::', length: 8 } }, {}], 16), [{}]);
  });

  it('are told apart by the bits that count', () => {
    const streams = [group('ff3e:1:2::', 48), group('ff3e:1:3::', 48), group('ff3e:2::', 32)];
    deepEqual(shortenStreams(6, streams, 32), [group('ff3e:1:3::', 32), group('ff3e:2::', 32)]);
  });
});
