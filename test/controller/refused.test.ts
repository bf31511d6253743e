// A kernel that refuses what a controller does by itself: no stream is lost, no message fails for it, and it is tried again.

import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';
import type { MfcError } from '../../src/errors';
import { until } from '../lab/until';
import { Bench } from './bench';
import { checkConsistent } from './consistent';

const A = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', 'out2'] };
const B = { source: '10.0.0.1', group: '239.1.1.2', iif: 'in1', oifs: ['out3'] };
const entryOf = ({ source, group }: typeof A) => {
  return { version: 4, source, group, parent: 0, outputs: [] } as const;
};

describe('controller: a kernel that refuses', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
    await bench.controller.add([A, B]);
    await bench.controller.state({});
  });
  afterEach(() => bench.close());

  async function check(controller: Controller, ...lost: string[]): Promise<void> {
    const state = await controller.state({});
    checkConsistent(
      state,
      (version) => bench.kernel.table(version),
      (name) => lost.includes(name),
    );
  }

  const status = () => bench.controller.status;

  it('to take routes off an interface that is gone: changes wait for that, and it is tried again', async () => {
    bench.kernel.failAt(1, 'ENOMEM', 2);
    bench.kernel.delLink('out2');
    await rejects(bench.controller.add({ ...B, group: '239.1.1.3' }), { code: 'ERR_MFC_SYSCALL' });
    await until(() => status().degraded === 1, 'the route should be without the interface');
    await check(bench.controller, 'out2');
    for (const { message } of bench.warnings) match(message, /refused MRT_ADD_MFC with ENOMEM/);
  });

  it('to put routes back on an interface: it is tried again', async () => {
    bench.kernel.delLink('out2');
    await check(bench.controller, 'out2');
    bench.kernel.failAt(1, 'ENOMEM', 3);
    bench.kernel.addLink('out2');
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(mfc_rules[0]?.reason?.includes('ENOMEM'), true);
    await until(() => status().degraded === 0, 'the route should be whole');
    await check(bench.controller);
  });

  it('to put an entry back that another program deleted: it is shown as missing, and tried again', async () => {
    bench.kernel.otherProgram(4).delMfc(entryOf(A));
    bench.kernel.failAt(1, 'ENOMEM', 2);
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(
      mfc_rules.map(({ state }) => state),
      ['missing', 'active'],
    );
    deepEqual(bench.warnings, []); // it is not back yet
    await until(() => Object.keys(bench.kernel.table(4)?.entries ?? {}).length === 2, 'the entry should be back');
    await check(bench.controller);
    equal(bench.warnings.length, 1);
  });

  it('to take a step back: what is left over goes by itself', async () => {
    bench.kernel.failAt(2, 'ENOMEM', 2); // the second entry, and taking the first one back
    const more = ['239.1.1.3', '239.1.1.4'].map((group) => ({ ...B, group }));
    await rejects(bench.controller.add(more), { code: 'ERR_MFC_SYSCALL' });
    await check(bench.controller);
    equal(bench.warnings.length, 1);
  });

  it('to take an entry out that another program wrote: the table is closed all the same', async () => {
    bench.kernel.otherProgram(4).addMfc({ ...entryOf(A), outputs: [{ vifi: 1, threshold: 7 }] });
    await bench.controller.state({});
    bench.kernel.failAt(1, 'ENOMEM');
    await bench.controller.close();
    deepEqual(Object.keys(bench.kernel.snapshot()['4 253']?.vifs ?? {}), []);
    bench.kernel.openMroute(4, undefined).close();
  });

  it('to take out what a controller inherits and does not want: streams run on, and it is tried again', async () => {
    const warnings: MfcError[] = [];
    const stateFile = join(bench.folder, 'other.json');
    await writeFile(stateFile, JSON.stringify({ version: 1, mfc_rules: [B] }));
    const second = new Controller({ stateFile, kernel: bench.kernel, predecessors: [bench.controller] });
    second.on('warning', (warning) => warnings.push(warning));
    bench.kernel.failAt(1, 'ENOMEM', 4);
    await second.open();
    await until(async () => {
      await second.state({});
      return Object.keys(bench.kernel.table(4)?.entries ?? {}).length === 1;
    }, 'the entry that nobody wants should go');
    await check(second);
    deepEqual(warnings, []);
    await second.close();
  });
});
