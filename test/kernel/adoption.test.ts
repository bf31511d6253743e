// Adoption on the real kernel, by a new process: what the contract, which the fake keeps as well, cannot ask.

import { deepEqual, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import { putU32 } from '../../src/abi/endian';
import { familyOf } from '../../src/abi/families';
import { MRT_TABLE } from '../../src/abi/family';
import { close, querySocket, rawSocket, setsockopt } from '../../src/kernel/libc';
import { linux } from '../../src/kernel/linux';
import { hasIPv6 } from '../lab/ip';
import type { AdoptReport } from './adopt-program';
import { inherit } from './heir';
import { openProcess } from './open-process';

const ADOPT = [process.execPath, join(__dirname, 'adopt-program.js')];
const NO_RIGHTS = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'];
const ELSEWHERE = ['unshare', '-n'];

/** What a new process that gets `fd` says; it has ended then. */
async function adoptIn(way: readonly string[], fd: number, version: IpVersion, table?: number): Promise<AdoptReport> {
  const args = [String(version), ...(table === undefined ? [] : [String(table)])];
  const [file = '', ...rest] = [...way, ...ADOPT, ...args];
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit', fd] });
  const closed = once(child, 'close');
  child.stdout?.setEncoding('utf8');
  let output = '';
  child.stdout?.on('data', (text: string) => {
    output += text;
  });
  await closed;
  return JSON.parse(output) as AdoptReport;
}

for (const version of (hasIPv6 ? [4, 6] : [4]) as IpVersion[]) {
  const lo = linux.findLink('lo')?.ifindex ?? -1; // the kernel takes any interface
  const [made, added] = version === 4 ? ['239.2.2.2', '239.1.1.1'] : ['ff3e::2', 'ff3e::1'];
  const entry = { version, source: '*', group: made, parent: 0, outputs: [] };
  const estate = (table?: number) => ({
    version,
    vifs: [lo, lo],
    entries: [entry],
    ...(table === undefined ? {} : { table }),
  });
  const notOwner = (table: number) =>
    new RegExp(`^The socket that was kept does not own the IPv${version} table ${table}\\. Let go of it`);

  describe(`adoption: IPv${version}, in a new process`, () => {
    for (const table of [undefined, 700]) {
      it(`needs no right, also in ${table === undefined ? 'the default table' : 'another table'}`, async () => {
        const fd = await inherit(estate(table));
        const source = version === 4 ? '10.0.0.1' : 'fd00::1';
        deepEqual(await adoptIn(NO_RIGHTS, fd, version, table), {
          adopted: true,
          vifs: [0, 1],
          entries: [made, added],
          heard: [`made (${source}, ${added})`],
          closesOnExec: true,
        });
        // Its end is not the end of the table: this process has the socket as well.
        const socket = linux.adoptMroute(version, table, fd);
        deepEqual(Array.from(linux.listEntries(version, table)).flat().length, 2);
        socket.close();
        deepEqual(Array.from(linux.listEntries(version, table)), [[]]);
      });
    }

    it('is refused in another network namespace', async () => {
      const fd = await inherit(estate());
      const report = await adoptIn(ELSEWHERE, fd, version);
      match(report.message ?? '', notOwner(familyOf(version).defaultTable));
      const socket = linux.adoptMroute(version, undefined, fd);
      deepEqual(Array.from(socket.vifIndices().keys()), [0, 1]);
      socket.close();
    });

    it('is refused for a table that another program owns, and leaves nothing there', async () => {
      const other = await openProcess([String(version), '700']);
      const before = Array.from(linux.listEntries(version, 700));
      const fd = await inherit(estate());
      match((await adoptIn([], fd, version, 700)).message ?? '', notOwner(700));
      deepEqual(Array.from(linux.listEntries(version, 700)), before);
      close(fd);
      await other.end();
    });

    it('is refused for a socket that only looks like it, and leaves nothing in the table', async () => {
      const other = await openProcess([String(version), '700']);
      const before = Array.from(linux.listEntries(version, 700));
      const family = familyOf(version);
      const fd = rawSocket(family.domain, family.protocol);
      const id = new Uint8Array(4);
      putU32(id, 0, 700);
      setsockopt(fd, family.level, MRT_TABLE, id, id.length, 'MRT_TABLE');
      match((await adoptIn([], fd, version, 700)).message ?? '', notOwner(700));
      match((await adoptIn(NO_RIGHTS, fd, version, 700)).message ?? '', notOwner(700));
      deepEqual(Array.from(linux.listEntries(version, 700)), before);
      close(fd);
      await other.end();
    });

    it('is refused for other sockets and files', async () => {
      const table = familyOf(version).defaultTable;
      const udp = querySocket();
      const file = openSync('/dev/null', 'r');
      const raw = rawSocket(familyOf(version).domain, 255); // IPPROTO_RAW
      for (const fd of [udp, file, raw]) match((await adoptIn([], fd, version)).message ?? '', notOwner(table));
      for (const fd of [udp, raw]) close(fd);
      closeSync(file);
    });

    it('clears away what a process left that was killed while it adopted', async () => {
      const group = version === 4 ? '224.0.0.0' : 'ff01::';
      const source = version === 4 ? '192.0.2.31' : '2001:db8::1f';
      const leftover = { version, source, group, parent: 1, outputs: [] };
      const fd = await inherit({ ...estate(), entries: [leftover] });
      const socket = linux.adoptMroute(version, undefined, fd);
      deepEqual(Array.from(socket.vifIndices().keys()), [0, 1]);
      deepEqual(socket.mfcCounters(source, group), undefined);
      socket.close();
    });
  });
}
