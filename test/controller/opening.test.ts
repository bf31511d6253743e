// Sockets that outlive a process, as the controller sees it: who keeps them is real, the kernel too.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, type ControllerOptions } from '../../src/controller/controller';
import type { MfcError } from '../../src/errors';
import { openKeeper } from '../../src/keep/open-keeper';
import { linux } from '../../src/kernel/linux';
import { isFree } from '../kernel/free-table';
import { readProc } from '../kernel/proc';
import { Lab } from '../lab/lab';
import { until } from '../lab/until';
import { checkConsistent } from './consistent';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2'] };

describe('controller: opening', () => {
  let lab: Lab;
  let folder: string;
  const warnings: MfcError[] = [];
  const open: Controller[] = [];

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2');
  });
  after(() => lab.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mfc-opening-'));
  });
  afterEach(async () => {
    for (const controller of open.splice(0)) await controller.close();
    await rm(folder, { recursive: true });
    warnings.length = 0;
  });

  const keeping = () => ({ id: 'a', directory: folder, seconds: 60 });

  function make(options: Partial<ControllerOptions>): Controller {
    const controller = new Controller({ stateFile: join(folder, 'state.json'), keeping: keeping(), ...options });
    controller.on('warning', (warning) => warnings.push(warning));
    open.push(controller);
    return controller;
  }

  /** As if a process had left them: sockets by the names that they were kept under. */
  async function leave(...names: string[]): Promise<void> {
    const keeper = await openKeeper(keeping());
    for (const name of names) {
      const table = /-(\d+)$/.exec(name)?.[1];
      const socket = linux.openMroute(4, table === undefined ? undefined : Number(table));
      await keeper.keep(name, socket.fd);
      socket.close();
    }
    keeper.close();
  }

  it('takes over what was left, entries and all, and keeps it on', async () => {
    await leave('ipv4-default');
    equal(isFree(), false);
    const controller = make({ keepForwarding: true });
    await controller.add(ROUTE);
    checkConsistent(await controller.state({}), (version) => (version === 4 ? readProc(4) : undefined));
    deepEqual(warnings, []);
    await controller.close();
    await until(() => isFree(), 'nobody should keep the table');
  });

  it('lets go of what was left where nothing is to be kept any more', async () => {
    await leave('ipv4-default');
    const controller = make({ keepForwarding: false });
    await controller.add(ROUTE);
    equal((await openKeeper(keeping())).take().size, 0);
    await controller.close();
    equal(isFree(), true);
  });

  it('closes what is not of its table, or has no name of ours', async () => {
    await leave('ipv4-700', 'ipv4-default', 'tea-800');
    const controller = make({ keepForwarding: true });
    await controller.add(ROUTE);
    for (const table of [700, 800]) await until(() => isFree(table), `table ${table} should be free`);
    equal(isFree(), false);
    deepEqual(
      warnings.map(({ code }) => code),
      ['ERR_MFC_TABLE_IN_USE'],
    );
    checkConsistent(await controller.state({}), (version) => (version === 4 ? readProc(4) : undefined));
  });

  it('goes on with a warning where sockets cannot be kept', async () => {
    const controller = make({ keepForwarding: true, keeping: { ...keeping(), directory: join(folder, 'missing') } });
    await controller.add(ROUTE);
    equal(warnings.length, 1);
    match(warnings[0]?.message ?? '', /cannot be kept/);
    equal(controller.status.state, 'open');
    ok(Object.keys(readProc(4).entries).length === 1);
  });
});
