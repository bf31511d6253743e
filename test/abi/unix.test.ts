// Addresses and messages of UNIX sockets: what compiler.check.ts says of this machine, for machines with 4-byte longs as well.

import { deepEqual, equal } from 'node:assert/strict';
import { getLong, putLong, putU32 } from '../../src/abi/endian';
import {
  CONTROL_AT,
  cmsghdr,
  DATA_AT,
  decodeEnvelope,
  encodeEmptyEnvelope,
  encodeEnvelope,
  encodeSockaddrUn,
  MAX_PATH,
  MSG_CTRUNC,
  msghdr,
  SCM_MAX_FD,
  sockaddr_un,
} from '../../src/abi/unix';

const fds = Array.from({ length: SCM_MAX_FD }, (_, i) => i + 3);

describe('abi: UNIX sockets', () => {
  for (const long of [4, 8] as const) {
    const envelope = () => new Uint8Array(DATA_AT + 100).fill(0xff);

    it(`messages carry descriptors, with longs of ${long} bytes`, () => {
      for (const count of [0, 1, 2, 3, SCM_MAX_FD]) {
        const bytes = envelope();
        encodeEnvelope(bytes, 0x1000n, 7, fds.slice(0, count), long);
        deepEqual(decodeEnvelope(bytes, long), { fds: fds.slice(0, count), truncated: false });
        equal(bytes[DATA_AT], 0xff);
      }
    });

    it(`messages have room for all that can come, with longs of ${long} bytes`, () => {
      const full = envelope();
      encodeEnvelope(full, 0x1000n, 7, fds, long);
      const empty = envelope();
      encodeEmptyEnvelope(empty, 0x1000n, 100, long);
      const room = (bytes: Uint8Array) => getLong(bytes, msghdr[long].msg_controllen, long);
      equal(room(empty) >= room(full), true);
      equal(room(empty) <= DATA_AT - CONTROL_AT, true);
    });

    it(`what did not fit is told, with longs of ${long} bytes`, () => {
      const bytes = envelope();
      encodeEnvelope(bytes, 0x1000n, 7, [3], long);
      putU32(bytes, msghdr[long].msg_flags, MSG_CTRUNC);
      deepEqual(decodeEnvelope(bytes, long), { fds: [3], truncated: true });
    });

    it(`other control messages are not descriptors, with longs of ${long} bytes`, () => {
      const bytes = envelope();
      encodeEnvelope(bytes, 0x1000n, 7, [3, 4], long);
      putU32(bytes, CONTROL_AT + cmsghdr[long].cmsg_type, 2);
      deepEqual(decodeEnvelope(bytes, long).fds, []);
      putLong(bytes, CONTROL_AT + cmsghdr[long].cmsg_len, 0n, long); // would go on for ever
      deepEqual(decodeEnvelope(bytes, long).fds, []);
    });
  }

  it('an address ends with its path', () => {
    const bytes = new Uint8Array(sockaddr_un.size).fill(0xff);
    equal(encodeSockaddrUn(bytes, '/run/x'), 2 + '/run/x'.length + 1);
    equal(encodeSockaddrUn(bytes, '@x'), 2 + 2);
    equal(encodeSockaddrUn(bytes, 'x'.repeat(MAX_PATH)), sockaddr_un.size);
  });
});
