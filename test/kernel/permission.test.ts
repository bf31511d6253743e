// Which rights the real kernel wants, and that an error names the one that is missing and how to grant it.

import { deepEqual, equal, match } from 'node:assert/strict';
import { hasIPv6 } from '../lab/ip';
import { tryOpen } from './open-process';

const TABLE = '700';

describe('kernel: rights', () => {
  for (const version of hasIPv6 ? ['4', '6'] : ['4']) {
    it(`opens any IPv${version} table with CAP_NET_RAW and CAP_NET_ADMIN`, async () => {
      deepEqual(await tryOpen([version]), { opened: true });
      deepEqual(await tryOpen([version, TABLE]), { opened: true });
    });

    it(`opens the default IPv${version} table with CAP_NET_RAW alone`, async () => {
      deepEqual(await tryOpen([version], 'net_admin', 'sys_admin'), { opened: true });
      deepEqual(await tryOpen([version], 'all', '+net_raw'), { opened: true });
    });

    it(`names CAP_NET_RAW when it is missing for IPv${version}`, async () => {
      for (const args of [[version], [version, TABLE]]) {
        const { message = '', ...rest } = await tryOpen(args, 'net_raw');
        deepEqual(rest, { opened: false, code: 'ERR_MFC_PERMISSION', errno: 'EPERM', syscall: 'socket' });
        match(message, /^The right CAP_NET_RAW is missing\. Grant it with AmbientCapabilities=CAP_NET_RAW /);
        match(message, /--cap-add=NET_RAW/);
      }
    });

    it(`names CAP_NET_ADMIN when it is missing for another IPv${version} table`, async () => {
      const { message = '', ...rest } = await tryOpen([version, TABLE], 'net_admin');
      deepEqual(rest, { opened: false, code: 'ERR_MFC_PERMISSION', errno: 'EACCES', syscall: 'MRT_TABLE' });
      match(message, /needs the right CAP_NET_ADMIN\. Grant it with AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN /);
      match(message, /leave the table blank/);
    });
  }

  it('are those of the process and not of its user', async () => {
    equal(process.getuid?.(), 0);
    equal((await tryOpen(['4'], 'all')).errno, 'EPERM');
  });
});
