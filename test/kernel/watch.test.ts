// The watch of the real kernel: what the contract, which the fake keeps as well, cannot ask.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import { putU16, putU32 } from '../../src/abi/endian';
import { entryVersion, RTM_NEWROUTE } from '../../src/abi/entry-message';
import {
  AF_NETLINK,
  eachMessage,
  NETLINK_ADD_MEMBERSHIP,
  RTNLGRP,
  SOL_NETLINK,
  sockaddr_nl,
} from '../../src/abi/netlink';
import { SO_RCVBUF, SOL_SOCKET } from '../../src/abi/socket-options';
import { bind, close, getsockopt, netlinkSocket, setsockopt, tryReceive } from '../../src/kernel/libc';
import { linux } from '../../src/kernel/linux';
import { openWatchSocket } from '../../src/kernel/watch-socket';
import { hasIPv6 } from '../lab/ip';
import { Lab } from '../lab/lab';
import { until } from '../lab/until';
import { Diary } from './diary';
import { drain } from './drain';
import { openProcess } from './open-process';
import { waiting } from './proc';

const versions: readonly IpVersion[] = hasIPv6 ? [4, 6] : [4];
const GROUPS = { 4: '239.10.20.30', 6: 'ff3e::10:20:30' };

function run(mode: string, ...flags: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = join(__dirname, 'watch-program.js');
  return spawnSync(process.execPath, [...flags, program, mode], { encoding: 'utf8', timeout: 50_000 });
}

describe('watch: the process', () => {
  for (const [mode, expected] of [
    ['end of work', 0],
    ['end with something to read', 0],
    ['process.exit', 7],
    ['process.exit with something to read', 7],
  ] as const) {
    it(`ends: ${mode}`, () => {
      const { status, stderr } = run(mode);
      deepEqual([status, stderr], [expected, '']);
    });
  }

  it('ends by an error', () => {
    const { status, stderr } = run('uncaught error');
    equal(status, 1);
    match(stderr, /This is the end\./);
  });

  it('may collect garbage without the watch falling silent', () => {
    const { status, stdout, stderr } = run('collection', '--expose-gc');
    deepEqual([status, stdout, stderr], [0, 'heard\n', '']);
  });

  it('is told of an error of the listener, who hears on', () => {
    const { status, stdout, stderr } = run('failing listener');
    deepEqual([status, stdout, stderr], [0, 'I am not well.\nheard\n', '']);
  });
});

describe('watch: the socket', () => {
  it('has as large a buffer as anybody may have', () => {
    const size = (fd: number): number => {
      const bytes = new Uint8Array(4);
      getsockopt(fd, SOL_SOCKET, SO_RCVBUF, bytes, 'SO_RCVBUF');
      return new DataView(bytes.buffer).getUint32(0, true);
    };
    const plain = netlinkSocket();
    const watch = openWatchSocket();
    const most = new Uint8Array(4);
    putU32(most, 0, 16 * 1024 * 1024);
    setsockopt(plain, SOL_SOCKET, SO_RCVBUF, most, 4, 'SO_RCVBUF');
    ok(size(watch) >= size(plain), `${size(watch)} and ${size(plain)} bytes`);
    close(plain);
    close(watch);
  });

  for (const version of versions) {
    it(`takes in nothing of IPv${version} streams that wait for a route, which others hear of`, async () => {
      const lab = await Lab.open();
      const camera = await lab.host('camera');
      const socket = linux.openMroute(version, undefined);
      socket.addVif(0, linux.findLink('camera')?.ifindex ?? -1);
      const watch = openWatchSocket();
      const other = plainSocket();
      try {
        await camera.send(GROUPS[version], { count: 3 });
        await until(() => waiting(version) === 1, 'a stream should wait');
        equal(newRoutes(other).filter((found) => found === undefined).length, 1);
        deepEqual(newRoutes(watch), []);
        socket.addMfc({ version, source: '*', group: GROUPS[version], parent: 0, outputs: [] });
        deepEqual(newRoutes(watch), [version]);
        deepEqual(newRoutes(other), [version]);
      } finally {
        for (const fd of [watch, other]) close(fd);
        socket.close();
        await lab.close();
      }
    });
  }
});

describe('watch: the event loop', () => {
  it('has turns of its own while much is told, but not while the watch is drained', async () => {
    const socket = linux.openMroute(4, undefined);
    const diary = new Diary();
    let turn = 0;
    let timer: NodeJS.Timeout | undefined;
    const turns = new Set<number>();
    diary.entry = () => void turns.add(turn);
    const watch = linux.watch(undefined, diary);
    const flood = (): void => {
      turns.clear();
      for (let n = 0; n < 50_000; n++) {
        socket.addMfc({ version: 4, source: '*', group: '239.1.1.1', parent: 0, outputs: [] });
      }
    };
    try {
      flood();
      drain(watch);
      equal(turns.size, 1);
      flood();
      timer = setInterval(() => turn++, 0);
      await until(() => turns.size > 2, 'several turns should be needed');
    } finally {
      clearInterval(timer);
      watch.close();
      socket.close();
    }
  });
});

describe('watch: owners', () => {
  for (const version of versions) {
    for (const table of [undefined, '700']) {
      it(`tells that another program's IPv${version} table ${table ?? 'by default'} has no owner when it is killed`, async () => {
        const diary = new Diary();
        const watch = linux.watch(undefined, diary);
        const other = await openProcess([String(version), ...(table === undefined ? [] : [table])]);
        await until(() => diary.lines.includes(`owner ${version}`), 'the new owner should be told');
        drain(watch);
        diary.clear();
        process.kill(other.pid, 'SIGKILL');
        await until(() => diary.lines.includes(`owner ${version}`), 'the end of the owner should be told');
        linux.openMroute(version, table === undefined ? undefined : Number(table)).close();
        await other.end();
        watch.close();
      });
    }
  }
});

/** A socket as of any program that listens for entries. */
function plainSocket(): number {
  const fd = netlinkSocket();
  const address = new Uint8Array(sockaddr_nl.size);
  putU16(address, sockaddr_nl.nl_family, AF_NETLINK);
  bind(fd, address);
  for (const group of [RTNLGRP.IPV4_MROUTE, RTNLGRP.IPV6_MROUTE]) {
    const bytes = new Uint8Array(4);
    putU32(bytes, 0, group);
    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, bytes, 4, 'NETLINK_ADD_MEMBERSHIP');
  }
  return fd;
}

/** What entryVersion says of each message about a route that the socket has. */
function newRoutes(fd: number): (IpVersion | undefined)[] {
  const found: (IpVersion | undefined)[] = [];
  const bytes = new Uint8Array(32_768);
  for (;;) {
    const size = tryReceive(fd, bytes);
    if (typeof size !== 'number') return found;
    eachMessage(bytes, size, (type, start) => {
      if (type === RTM_NEWROUTE) found.push(entryVersion(bytes, start));
    });
  }
}
