// npm run test:abi — src/abi against the C compiler and the kernel headers of this machine: layouts, numbers, and bytes.
//
// Not among the tests that `npm test` runs, which need no compiler.

import { deepEqual, equal } from 'node:assert/strict';
import { decodeIfreqFlags, decodeIfreqIndex, decodeIfreqName } from '../../src/abi/ifreq';
import { ipv4 } from '../../src/abi/ipv4';
import { ipv6 } from '../../src/abi/ipv6';
import { CONTROL_AT, DATA_AT, decodeUcred, encodeEnvelope, IOVEC_AT } from '../../src/abi/unix';
import { decodeVifCounters } from '../../src/abi/vif-counters';
import { longSize } from '../../src/kernel/libc';
import { compileLayouts, fill, run } from './compile';
import { constants } from './constants';
import { BUFFER_SIZE, samples } from './samples';
import { structs } from './structs';

describe('abi: the C compiler of this machine', () => {
  it('has the layouts', () => {
    const ifreq = { ...structs(longSize).ifreq, size: longSize === 4 ? 32 : 40 };
    deepEqual(compileLayouts('gcc'), { ...structs(longSize), ifreq });
  });

  it('has the size of a long', () => {
    deepEqual(run('printf("%zu\\n", sizeof(long));'), [String(longSize)]);
  });

  it('has the numbers', () => {
    const names = Object.keys(constants);
    const lines = run(names.map((name) => `printf("%ld\\n", (long)(${name}));`).join('\n'));
    deepEqual(Object.fromEntries(names.map((name, i) => [name, Number(lines[i])])), constants);
  });

  for (const { name, type, fill: statements, read, encode } of samples) {
    it(`has the bytes of ${name}`, () => {
      const expected = fill(type, statements, read);
      const bytes = Buffer.alloc(BUFFER_SIZE, 0xff);
      encode(bytes, longSize);
      equal(bytes.toString('hex', 0, expected.length), expected.toString('hex'));
    });
  }

  // Each counter with its own value, as long as a number is exact.
  const counter = (n: number): number => (longSize === 4 ? 0x01020300 : 0x0010203040506) + n;
  const assign = (members: string[]): string => members.map((name, n) => `value.${name} = ${counter(n)}UL;`).join('\n');

  it('agrees on the counters of a route', () => {
    const expected = { packets: counter(0), bytes: counter(1), wrong_if: counter(2) };
    for (const [family, type] of [
      [ipv4, 'struct sioc_sg_req'],
      [ipv6, 'struct sioc_sg_req6'],
    ] as const) {
      deepEqual(family.decodeMfcCounters(fill(type, assign(['pktcnt', 'bytecnt', 'wrong_if'])), longSize), expected);
    }
  });

  it('agrees on the counters of a VIF', () => {
    const expected = { packets_in: counter(0), packets_out: counter(1), bytes_in: counter(2), bytes_out: counter(3) };
    for (const type of ['struct sioc_vif_req', 'struct sioc_mif_req6']) {
      const bytes = fill(type, assign(['icount', 'ocount', 'ibytes', 'obytes']));
      deepEqual(decodeVifCounters(bytes, longSize), expected);
    }
  });

  it('agrees on what is read of an ifreq', () => {
    equal(decodeIfreqIndex(fill('struct ifreq', 'value.ifr_ifindex = 0x1020304;')), 0x1020304);
    equal(decodeIfreqFlags(fill('struct ifreq', 'value.ifr_flags = (short)0x9043;')), 0x9043);
    equal(decodeIfreqName(fill('struct ifreq', 'strcpy(value.ifr_name, "camera-12345678");')), 'camera-12345678');
  });

  it('agrees on a message with descriptors', () => {
    const address = 0x10203000;
    const message = Buffer.alloc(2_048, 0xff);
    encodeEnvelope(message, BigInt(address), 5, [0x1020304, 7], longSize);
    const expect = (at: number, bytes: Buffer) =>
      equal(message.toString('hex', at, at + bytes.length), bytes.toString('hex'));
    expect(
      0,
      fill(
        'struct msghdr',
        `value.msg_iov = (void *)${address + IOVEC_AT}L; value.msg_iovlen = 1;
         value.msg_control = (void *)${address + CONTROL_AT}L; value.msg_controllen = CMSG_SPACE(2 * sizeof(int));`,
      ),
    );
    expect(IOVEC_AT, fill('struct iovec', `value.iov_base = (void *)${address + DATA_AT}L; value.iov_len = 5;`));
    expect(
      CONTROL_AT,
      fill(
        'struct { struct cmsghdr header; char room[CMSG_SPACE(2 * sizeof(int)) - sizeof(struct cmsghdr)]; }',
        `value.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
         value.header.cmsg_level = SOL_SOCKET; value.header.cmsg_type = SCM_RIGHTS;
         ((int *)CMSG_DATA(&value.header))[0] = 0x1020304; ((int *)CMSG_DATA(&value.header))[1] = 7;`,
        'sizeof(value)',
      ),
    );
  });

  it('agrees on who is at the other end', () => {
    const bytes = fill('struct ucred', 'value.pid = 0x1020304; value.uid = 4000000000U; value.gid = 7;');
    deepEqual(decodeUcred(bytes), { pid: 0x1020304, uid: 4_000_000_000 });
  });
});
