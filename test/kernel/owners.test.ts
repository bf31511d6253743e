// Who has the table: the error says it, on the real kernel.

import { deepEqual, match, ok } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { MfcError } from '../../src/errors';
import { linux } from '../../src/kernel/linux';
import { hasIPv6 } from '../lab/ip';
import { kill, startOther } from '../nodes/other-process';
import { openProcess } from './open-process';

/** The error of opening a table that has an owner. */
function refusal(version: IpVersion, table?: number): MfcError {
  try {
    linux.openMroute(version, table).close();
  } catch (error) {
    ok(error instanceof MfcError);
    const { errno, syscall } = error.cause;
    deepEqual([error.code, errno, syscall], ['ERR_MFC_TABLE_IN_USE', 'EADDRINUSE', 'MRT_INIT']);
    return error;
  }
  throw new Error('The table should have an owner.');
}

describe('kernel: owners', () => {
  for (const version of (hasIPv6 ? [4, 6] : [4]) as IpVersion[]) {
    it(`of the IPv${version} table are named, with their pid`, async () => {
      const other = await openProcess([String(version)]);
      try {
        deepEqual(other.report, { opened: true });
        const expected = `^mfc-open \\(pid ${other.pid}\\) owns the default IPv${version} multicast routing table\\. Stop that program`;
        match(refusal(version).message, new RegExp(expected));
      } finally {
        await other.end();
      }
      linux.openMroute(version, undefined).close(); // it is free when the owner has ended
    });

    it(`of another IPv${version} table are named as well`, async () => {
      const other = await openProcess([String(version), '700']);
      try {
        const expected = `^mfc-open \\(pid ${other.pid}\\) owns the IPv${version} multicast routing table 700\\.`;
        match(refusal(version, 700).message, new RegExp(expected));
        linux.openMroute(version, undefined).close();
      } finally {
        await other.end();
      }
    });

    it(`of the IPv${version} table are named where this process has another one`, async () => {
      const other = await openProcess([String(version)]);
      const own = linux.openMroute(version, 700);
      try {
        match(refusal(version).message, new RegExp(`^mfc-open \\(pid ${other.pid}\\) owns `));
        match(refusal(version, 700).message, /^Another controller of this Node-RED owns /);
      } finally {
        own.close();
        await other.end();
      }
    });

    it(`of the IPv${version} table may be this process`, () => {
      const own = linux.openMroute(version, undefined);
      try {
        const expected = `^Another controller of this Node-RED owns the default IPv${version} multicast routing table\\. Select that`;
        match(refusal(version).message, new RegExp(expected));
      } finally {
        own.close();
      }
    });
  }

  it('are named as programs where a version of Node.js has named only their thread', async () => {
    const name = "require('node:fs').writeFileSync('/proc/self/comm', 'MainThread');";
    const { child } = await startOther(`${name} src('kernel/linux').linux.openMroute(4); console.log('open');`);
    try {
      match(refusal(4).message, new RegExp(`^node \\(pid ${child.pid}\\) owns `));
    } finally {
      await kill(child);
    }
  });
});
