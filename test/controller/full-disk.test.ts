// A disk that is full, or read-only: a file system of 64 KiB, mounted where only the program that fills it can see it.

import { deepEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FullDiskReport } from './full-disk-program';

const MOUNT = 'mount -t tmpfs -o size=64k none "$1" && exec "$2" "$3" "$1"';

describe('controller: a disk that is full, then read-only', () => {
  it('loses no route, even where a part of the file would fit, and saves go on when they can', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mfc-full-'));
    const program = join(__dirname, 'full-disk-program.js');
    const args = ['-m', 'sh', '-c', MOUNT, 'sh', folder, process.execPath, program];
    const { stdout } = await promisify(execFile)('unshare', args);
    const vifs = { 0: 2, 1: 3 };
    const { before, failure, full, mended, refused, readOnly, writable, warnings } = JSON.parse(
      stdout,
    ) as FullDiskReport;
    deepEqual(before, { saved: 1, entries: 1, routes: 1, vifs });
    deepEqual(failure, { code: 'ERR_MFC_STORE', errno: 'ENOSPC' });
    deepEqual(full, before);
    deepEqual(mended, { saved: 301, entries: 301, routes: 301, vifs });
    deepEqual(refused, { code: 'ERR_MFC_STORE', errno: 'EROFS' });
    deepEqual(readOnly, mended);
    deepEqual(writable, { saved: 302, entries: 302, routes: 302, vifs });
    deepEqual(warnings, []);
    await rmdir(folder);
  });
});
