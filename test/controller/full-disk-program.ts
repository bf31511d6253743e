// node dist/test/controller/full-disk-program.js FOLDER WAY — FOLDER is a tiny file system. Makes saving impossible in that way, sends a
// message, makes it possible again, sends the message again; prints as JSON what was seen at each point.

import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';
import type { MfcError } from '../../src/errors';
import { FakeKernel } from '../fake/kernel';

/** What the program prints. */
export interface FullDiskReport {
  /** Routes on the disk, in the kernel and in the state, and the code of the message's failure. */
  before: unknown;
  broken: unknown;
  failure: { code: string; errno: string | undefined } | undefined;
  mended: unknown;
  warnings: string[];
}

interface Way {
  breakDisk(folder: string): void;
  mendDisk(folder: string): void;
}

const remount = (option: string) => (folder: string) => {
  execFileSync('mount', ['-o', `remount,bind,${option}`, folder]);
};

const WAYS: Record<string, Way> = {
  /** A few kilobytes are left, but the routes need more. */
  full: {
    breakDisk: (folder) => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(join(folder, 'filler'), Buffer.alloc((bavail - 3) * bsize));
    },
    mendDisk: (folder) => rmSync(join(folder, 'filler')),
  },
  'read-only': { breakDisk: remount('ro'), mendDisk: remount('rw') },
  forbidden: {
    breakDisk: (folder) => chmodSync(folder, 0o555),
    mendDisk: (folder) => chmodSync(folder, 0o755),
  },
};

async function run(folder: string, { breakDisk, mendDisk }: Way): Promise<FullDiskReport> {
  const stateFile = join(folder, 'state.json');
  const kernel = new FakeKernel('eth1', 'eth2');
  const controller = new Controller({ stateFile, kernel });
  const warnings: string[] = [];
  controller.on('warning', (warning) => warnings.push(warning.message));

  const observe = async () => {
    const again = new Controller({ stateFile, kernel: new FakeKernel('eth1', 'eth2') });
    again.on('warning', (warning) => warnings.push(warning.message));
    await again.open();
    const saved = again.status.routes;
    await again.close();
    const entries = Object.keys(kernel.table(4)?.entries ?? {}).length;
    return { saved, entries, routes: (await controller.state({})).mfc_rules.length, vifs: kernel.table(4)?.vifs };
  };

  await controller.add({ source: '10.0.0.1', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2'] });
  const before = await observe();
  breakDisk(folder);
  const routes = Array.from({ length: 300 }, (_, n) => {
    return { source: `10.1.${n >> 8}.${n & 255}`, group: '239.1.1.2', iif: 'eth2', oifs: ['eth1'] };
  });
  const failure = await controller.add(routes).then(
    () => undefined,
    (error: MfcError) => ({ code: error.code, errno: error.cause.errno }),
  );
  const broken = await observe();
  mendDisk(folder);
  await controller.add(routes);
  const mended = await observe();
  await controller.close();
  return { before, failure, broken, mended, warnings };
}

const [folder = '', name = ''] = process.argv.slice(2);
const way = WAYS[name];
if (way !== undefined) run(folder, way).then((report) => console.log(JSON.stringify(report)));
