// Netlink messages as the kernel sends them: the bytes are those of Linux 6.18 on x86-64 to a socket in the groups of the watch, while
// entries were added, changed by another program and deleted, with VIFs on the interfaces 3 and 2.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { littleEndian } from '../../src/abi/endian';
import { decodeEntry, entryVersion, type KernelEntry } from '../../src/abi/entry-message';
import { decodeLink } from '../../src/abi/link-message';
import { decodeOwnerChange } from '../../src/abi/netconf-message';
import { dumpEnd, eachMessage } from '../../src/abi/netlink';

const COUNTERS = '1c0011000000000000000000000000000000000000000000000000000c0017000000000000000000';

/** Each message, and what is read of it: an entry of the table 253 or 254, or 700. */
const ENTRIES: Readonly<Record<string, { bytes: string; table: number; entry: KernelEntry }>> = {
  'an entry of IPv4': {
    bytes:
      '7000000018000000000000000000000080202000fd1100050000000008000f00fd000000080002000a00000108000100ef010101' +
      `08000300030000000c0009000800000502000000${COUNTERS}`,
    table: 253,
    entry: {
      version: 4,
      source: '10.0.0.1',
      group: '239.1.1.1',
      iif: 3,
      outputs: [{ ifindex: 2, threshold: 5 }],
      foreign: false,
    },
  },
  'an entry that another program changed': {
    bytes:
      '7800000018000000000000000000000080202000fd0400050000000008000f00fd000000080002000a00000108000100ef010101' +
      `08000300030000001400090008000005030000000800000502000000${COUNTERS}`,
    table: 253,
    entry: {
      version: 4,
      source: '10.0.0.1',
      group: '239.1.1.1',
      iif: 3,
      outputs: [
        { ifindex: 3, threshold: 5 },
        { ifindex: 2, threshold: 5 },
      ],
      foreign: true,
    },
  },
  'an entry of another table, for any source, without VIFs': {
    bytes:
      '6000000019000000000000000000000080202000bc1100050000000008000f00bc020000080002000000000008000100ef010101' +
      `04000900${COUNTERS}`,
    table: 700,
    entry: { version: 4, source: '*', group: '239.1.1.1', iif: 0, outputs: [], foreign: false },
  },
  'an entry of IPv6': {
    bytes:
      '8800000018000000000000000000000081808000fe1100050000000008000f00fe000000' +
      '14000200fd00000000000000000000000000000114000100ff3e0000000000000000000000000001' +
      `08000300030000000c0009000800000102000000${COUNTERS}`,
    table: 254,
    entry: {
      version: 6,
      source: 'fd00::1',
      group: 'ff3e::1',
      iif: 3,
      outputs: [{ ifindex: 2, threshold: 1 }],
      foreign: false,
    },
  },
  'an entry of IPv6 for any source': {
    bytes:
      '7800000019000000000000000000000081808000fe1100050000000008000f00fe000000' +
      '140002000000000000000000000000000000000014000100ff3e0000000000000000000000000001' +
      `04000900${COUNTERS}`,
    table: 254,
    entry: { version: 6, source: '*', group: 'ff3e::1', iif: 0, outputs: [], foreign: false },
  },
};

const WAITING = {
  4: '3400000018000000000000000000000080202000fd1100052000000008000f00fd000000080002000a00004d08000100ef090909',
  6:
    '4c00000018000000000000000000000081808000fe1100052000000008000f00fe000000' +
    '14000200fd00000000000000000000000000007714000100ff3e0000000000000000000000000009',
};

const OWNER = {
  4: '240000005000000000000000000000000200000008000100ffffffff0800040000000000',
  6: '240000005000000000000000000000000a00000008000100ffffffff0800040000000000',
};
const SETTING_OF_ONE_INTERFACE = '240000005000000000000000000000000200000008000100030000000800040000000000';
const OTHER_SETTING = '240000005000000000000000000000000200000008000100ffffffff0800030000000000';

const LINK = '2800000010000000000000000000000000000100030000000210000000000000' + '0700030076610000';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** What `read` makes of the messages in a datagram. */
function each<T>(bytes: Uint8Array, read: (start: number, end: number) => T): T[] {
  const found: T[] = [];
  eachMessage(bytes, bytes.length, (_, start, end) => void found.push(read(start, end)));
  return found;
}

const entriesIn = (bytes: Uint8Array, table: number): (KernelEntry | undefined)[] =>
  each(bytes, (start, end) => {
    const version = entryVersion(bytes, start);
    return version && decodeEntry(bytes, start, end, version, table);
  });

if (littleEndian) {
  describe('abi: messages of the kernel', () => {
    for (const [name, { bytes, table, entry }] of Object.entries(ENTRIES)) {
      it(`reads ${name}`, () => deepEqual(entriesIn(hex(bytes), table), [entry]));
      it(`leaves out ${name} for who asks for another table`, () => {
        deepEqual(entriesIn(hex(bytes), 100), [undefined]);
      });
    }

    it('reads all messages of a datagram, and the table of each', () => {
      const datagram = hex(
        Object.values(ENTRIES)
          .map(({ bytes }) => bytes)
          .join(''),
      );
      equal(entriesIn(datagram, 253).filter((entry) => entry !== undefined).length, 2);
      equal(entriesIn(datagram, 253).length, 5);
    });

    it('knows streams that wait for a route', () => {
      for (const bytes of Object.values(WAITING)) deepEqual(entriesIn(hex(bytes), 253), [undefined]);
    });

    it('knows that a table of a family got or lost its owner', () => {
      const owner = (bytes: Uint8Array) => each(bytes, (start, end) => decodeOwnerChange(bytes, start, end));
      deepEqual(owner(hex(OWNER[4])), [4]);
      deepEqual(owner(hex(OWNER[6])), [6]);
      deepEqual(owner(hex(SETTING_OF_ONE_INTERFACE)), [undefined]);
      deepEqual(owner(hex(OTHER_SETTING)), [undefined]);
    });

    it('reads name and index of an interface', () => {
      const bytes = hex(LINK);
      deepEqual(
        each(bytes, (start, end) => decodeLink(bytes, start, end)),
        [{ name: 'va', ifindex: 3, up: false, running: false, multicast: true, loopback: false, isPort: false }],
      );
    });

    it('reads no message that is cut off', () => {
      const bytes = hex(ENTRIES['an entry of IPv6']?.bytes ?? '');
      for (let size = 0; size < bytes.length; size++) deepEqual(entriesIn(bytes.subarray(0, size), 254), []);
    });

    it('reads no further than a message says that it goes', () => {
      const bytes = hex(ENTRIES['an entry of IPv4']?.bytes ?? '');
      for (let length = 16; length < bytes.length; length++) {
        bytes[0] = length; // the attributes are cut off with it
        for (const entry of entriesIn(bytes, 253)) ok(entry === undefined || entry.outputs.length <= 1);
      }
      for (let length = 0; length < 16; length++) {
        bytes[0] = length;
        deepEqual(entriesIn(bytes, 253), []);
      }
    });

    it('ends with attributes that have no length', () => {
      const bytes = hex(ENTRIES['an entry of IPv4']?.bytes ?? '');
      bytes[28] = 0;
      deepEqual(entriesIn(bytes, 253), [{ version: 4, source: '', group: '', iif: 0, outputs: [], foreign: false }]);
      const outputs = hex(ENTRIES['an entry of IPv4']?.bytes ?? '');
      outputs[64] = 0;
      deepEqual(entriesIn(outputs, 253)[0]?.outputs, []);
    });

    it('knows the end of a list, and the error that ended it', () => {
      equal(dumpEnd(hex('14000000030002000100000000000000' + '00000000'), 20), 0);
      equal(dumpEnd(hex('14000000030002000100000000000000' + 'feffffff'), 20), 2);
      equal(dumpEnd(hex(`24000000020000000100000000000000eaffffff${'00'.repeat(16)}`), 36), 22);
      equal(dumpEnd(hex(OWNER[4]), 36), undefined);
    });
  });
}
