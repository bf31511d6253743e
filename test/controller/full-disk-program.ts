// node dist/test/controller/full-disk-program.js FOLDER — FOLDER is a tiny file system. Fills it but for a few kilobytes, sends a message
// whose routes need more, makes room, sends it again; then the same with a file system that is read-only for a while. Prints as JSON what
// was seen at each point.

import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';
import type { MfcError } from '../../src/errors';
import { FakeKernel } from '../fake/kernel';

/** What the program prints. */
export interface FullDiskReport {
  /** Routes on the disk, in the kernel and in the state, and the code of the message's failure. */
  before: unknown;
  full: unknown;
  failure: { code: string; errno: string | undefined } | undefined;
  mended: unknown;
  refused: FullDiskReport['failure'];
  readOnly: unknown;
  writable: unknown;
  warnings: string[];
}

async function run(folder: string): Promise<FullDiskReport> {
  const stateFile = join(folder, 'state.json');
  const filler = join(folder, 'filler');
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
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(filler, Buffer.alloc((bavail - 3) * bsize));
  const routes = Array.from({ length: 300 }, (_, n) => {
    return { source: `10.1.${n >> 8}.${n & 255}`, group: '239.1.1.2', iif: 'eth2', oifs: ['eth1'] };
  });
  const failureOf = (answer: Promise<unknown>): Promise<FullDiskReport['failure']> => {
    return answer.then(
      () => undefined,
      (error: MfcError) => ({ code: error.code, errno: error.cause.errno }),
    );
  };
  const failure = await failureOf(controller.add(routes));
  const full = await observe();
  rmSync(filler);
  await controller.add(routes);
  const mended = await observe();

  const remount = (how: string) => execFileSync('mount', ['-o', `remount,bind,${how}`, folder]);
  const last = { group: '239.1.1.3', iif: 'eth1', oifs: ['eth2'] };
  remount('ro');
  const refused = await failureOf(controller.add(last));
  const readOnly = await observe();
  remount('rw');
  await controller.add(last);
  const writable = await observe();
  await controller.close();
  return { before, full, failure, mended, refused, readOnly, writable, warnings };
}

run(process.argv[2] ?? '').then((report) => console.log(JSON.stringify(report)));
