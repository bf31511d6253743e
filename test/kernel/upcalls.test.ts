// Upcalls of the real kernel: what the contract, which the fake keeps as well, cannot ask.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import { getLong, putU16, putU32 } from '../../src/abi/endian';
import { familyOf } from '../../src/abi/families';
import { sockaddr_in6 } from '../../src/abi/ipv6';
import { SO_RCVBUF, SOL_SOCKET } from '../../src/abi/socket-options';
import type { MrouteSocket } from '../../src/kernel/kernel';
import {
  cFunction,
  close,
  getsockopt,
  lastErrno,
  querySocket,
  rawSocket,
  setsockopt,
  tryReceive,
} from '../../src/kernel/libc';
import { linux } from '../../src/kernel/linux';
import { hasIPv6 } from '../lab/ip';
import { type Host, Lab } from '../lab/lab';
import { until } from '../lab/until';
import { waiting } from './proc';

const versions: readonly IpVersion[] = hasIPv6 ? [4, 6] : [4];
const GROUPS = { 4: '239.10.20.30', 6: 'ff3e::10:20:30' } as const;

/** What one upcall takes of a socket's buffer is 832 bytes on x86-64; others have larger cache lines. */
const UPCALL_ROOM = 1_300;

describe('upcalls of Linux', () => {
  let lab: Lab;
  let camera: Host;
  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
  });
  after(() => lab.close());

  for (const version of versions) {
    const group = GROUPS[version];
    const sources = (count: number): string[] =>
      Array.from({ length: count }, (_, n) =>
        version === 4 ? `10.7.${n >> 8}.${n & 255}` : `fd00:7::${(n + 1).toString(16)}`,
      );
    let socket: MrouteSocket;

    /** Resolves when all that was sent before has come to the kernel: a packet behind it has. */
    const arrived = async (): Promise<void> => {
      const [source, marker] = version === 4 ? [camera.ipv4, '239.255.0.1'] : [camera.ipv6, 'ff3e::ffff'];
      socket.addMfc({ version, source, group: marker, parent: 0, outputs: [] });
      await camera.send(marker, { count: 1 });
      await until(() => socket.mfcCounters(source, marker)?.packets === 1, 'the marker should arrive');
    };

    describe(`IPv${version}`, () => {
      beforeEach(() => {
        socket = linux.openMroute(version, undefined);
        socket.addVif(0, linux.findLink('camera')?.ifindex ?? -1);
      });
      afterEach(() => socket.close());

      it('are of streams of which the kernel keeps nothing, if they were not asked for', async () => {
        socket.admit([]);
        await camera.burst([group], { count: 1_000, sources: 'random' });
        await arrived();
        equal(waiting(version), 0);
        socket.admit('all');
        await camera.burst([group], { count: 10, sources: sources(10) });
        await until(() => waiting(version) === 10, 'ten streams should wait');
      });

      it('have room for a burst of new streams while nobody reads', async () => {
        const told = new Set<string>();
        let count = 0;
        socket.listen(({ source }) => {
          told.add(source);
          count++;
        });
        socket.listen(undefined);
        const size = bufferSize(socket.fd);
        ok(size >= largestBuffer(), `${size} bytes`);
        const burst = sources(Math.min(10_000, Math.floor(size / UPCALL_ROOM)));
        await camera.burst([group], { count: burst.length, sources: burst });
        await arrived();
        equal(count, 0);
        socket.listen(({ source }) => {
          told.add(source);
          count++;
        });
        await until(
          () => count >= burst.length,
          () => `${burst.length} streams should be told: ${count}`,
        );
        deepEqual([count, Array.from(told).sort()], [burst.length, burst.toSorted()]);
      });

      it('leave the event loop turns of its own while much is told', async () => {
        await camera.burst([group], { count: 200, sources: sources(200) });
        await arrived();
        let turn = 0;
        let told = 0;
        const turns = new Set<number>();
        const timer = setInterval(() => turn++, 0);
        socket.listen(() => {
          told++;
          turns.add(turn);
          for (const end = performance.now() + 1; performance.now() < end; );
        });
        try {
          await until(() => told === 200, 'all streams should be told');
          ok(turns.size > 3, `${turns.size} turns`);
        } finally {
          clearInterval(timer);
        }
      });

      it('are all that the socket takes in: no packets of hosts', async () => {
        const { domain, protocol } = familyOf(version);
        const witness = rawSocket(domain, protocol);
        sendToSelf(witness, version);
        const bytes = new Uint8Array(256);
        await until(() => typeof tryReceive(witness, bytes) === 'number', 'another socket should hear the packet');
        equal(tryReceive(socket.fd, bytes), 'EAGAIN');
        close(witness);
      });
    });
  }

  describe('and the process', () => {
    for (const [mode, expected] of [
      ['end of work', 0],
      ['process.exit', 7],
    ] as const) {
      it(`ends: ${mode}`, async () => {
        const child = start(mode);
        const [status] = await once(child, 'exit');
        equal(status, expected);
      });
    }

    it('is told of an error of the listener, who hears on', async () => {
      const child = start('failing listener');
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      await until(() => output === 'ready\n', 'the process should be ready');
      for (const group of ['239.1.1.1', '239.1.1.2']) {
        await camera.send(group, { count: 1 });
        await until(
          () => output.endsWith(`I do not like ${group}.\n`),
          () => `${group} should be heard: ${output}`,
        );
      }
      child.stdin.end();
      const [status] = await once(child, 'exit');
      equal(status, 0);
    });
  });
});

function start(mode: string) {
  const program = join(__dirname, 'upcalls-program.js');
  return spawn(process.execPath, [program, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
}

function bufferSize(fd: number): number {
  const bytes = new Uint8Array(4);
  getsockopt(fd, SOL_SOCKET, SO_RCVBUF, bytes, 'SO_RCVBUF');
  return getLong(bytes, 0, 4);
}

/** What anybody may have: up to net.core.rmem_max. */
function largestBuffer(): number {
  const fd = querySocket();
  const most = new Uint8Array(4);
  putU32(most, 0, 16 * 1024 * 1024);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, most, most.length, 'SO_RCVBUF');
  const size = bufferSize(fd);
  close(fd);
  return size;
}

type SendTo = (fd: number, bytes: Uint8Array, size: number, flags: number, to: Uint8Array, toSize: number) => number;

/** A packet of the socket's protocol to this namespace's own loopback address. */
function sendToSelf(fd: number, version: IpVersion): void {
  const sendto = cFunction<SendTo>(
    'long sendto(int fd, const void *bytes, size_t size, int flags, const void *to, uint32_t to_size)',
  );
  const to = new Uint8Array(sockaddr_in6.size);
  putU16(to, sockaddr_in6.sin6_family, familyOf(version).domain);
  const [at, address] = version === 4 ? [4, [127, 0, 0, 1]] : [sockaddr_in6.sin6_addr, [...new Array(15).fill(0), 1]];
  to.set(address, at);
  const bytes = Uint8Array.of(0x16, 0, 0, 0, 239, 1, 1, 1); // an IGMP report; no type that ICMPv6 knows
  if (sendto(fd, bytes, bytes.length, 0, to, to.length) < 0) throw new Error(`sendto: ${lastErrno()}`);
}
