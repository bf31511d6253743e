// A disk that takes nothing: a file system of 64 KiB, mounted where only the program that spoils it can see it.

import { deepEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FullDiskReport } from './full-disk-program';

const MOUNT = 'mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"';
/** Root is kept out of a directory only without the right to go everywhere. */
const ORDINARY = ['setpriv', '--bounding-set', '-dac_override', '--inh-caps', '-dac_override'];

const CASES = {
  full: { what: 'full, even where a part of the file would fit', errno: 'ENOSPC', start: [] },
  'read-only': { what: 'read-only', errno: 'EROFS', start: [] },
  forbidden: { what: 'in a folder that may not be written', errno: 'EACCES', start: ORDINARY },
};

describe('controller: a disk that takes nothing', () => {
  for (const [way, { what, errno, start }] of Object.entries(CASES)) {
    it(`costs no route, and saves work again afterwards: ${what}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mfc-full-'));
      const program = [...start, process.execPath, join(__dirname, 'full-disk-program.js'), folder, way];
      const { stdout } = await promisify(execFile)('unshare', ['-m', 'sh', '-c', MOUNT, 'sh', folder, ...program]);
      const vifs = { 0: 2, 1: 3 };
      const { before, failure, broken, mended, warnings } = JSON.parse(stdout) as FullDiskReport;
      deepEqual(before, { saved: 1, entries: 1, routes: 1, vifs });
      deepEqual(failure, { code: 'ERR_MFC_STORE', errno });
      deepEqual(broken, before);
      deepEqual(mended, { saved: 301, entries: 301, routes: 301, vifs });
      deepEqual(warnings, []);
      await rmdir(folder);
    });
  }
});
