// Sockets that outlive a process, as the controller sees it: who keeps them is real, the kernel too.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, type ControllerOptions } from '../../src/controller/controller';
import type { MfcError } from '../../src/errors';
import { openKeeper } from '../../src/keep/open-keeper';
import { linux } from '../../src/kernel/linux';
import { holdersOf } from '../keep/holders';
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

  describe('after another controller of the process', () => {
    let first: Controller;
    let holder: number[];
    beforeEach(async () => {
      first = make({ keepForwarding: true });
      await first.open();
      await first.add(ROUTE);
      await untilHolders(1);
      holder = holdersOf('a');
    });

    const untilHolders = (count: number, id = 'a'): Promise<unknown> =>
      until(
        () => holdersOf(id).length === count,
        () => `${count} holders of ${id} should run: ${holdersOf(id)}`,
      );
    const follow = async (options: Partial<ControllerOptions>): Promise<Controller> => {
      const controller = make({ keepForwarding: true, ...options, predecessors: [first] });
      await controller.open();
      equal((await controller.state({})).mfc_rules[0]?.state, 'active');
      return controller;
    };

    // Where one ends and another starts, a process that is killed in between loses its routes.
    for (const [what, options] of [
      ['interval of measuring', () => ({ meterInterval: 2 })],
      ['time to keep', () => ({ keeping: { ...keeping(), seconds: 90 } })],
    ] as const) {
      it(`goes on with its holder, also with another ${what}`, async () => {
        const controller = await follow(options());
        deepEqual(holdersOf('a'), holder);
        await controller.close();
        await untilHolders(0);
        equal(isFree(), true);
        deepEqual(warnings, []);
      });
    }

    it('takes another holder where that one has died', async () => {
      process.kill(holder[0] ?? 0, 'SIGKILL');
      await untilHolders(0);
      await follow({ keeping: { ...keeping(), seconds: 90 } });
      await untilHolders(1);
      deepEqual(warnings, []);
    });

    it('ends its holder where nothing is to be kept any more', async () => {
      await follow({ keepForwarding: false });
      await untilHolders(0);
    });

    it('ends its holder where it has one of its own', async () => {
      await follow({ keeping: { ...keeping(), id: 'b' } });
      await untilHolders(0);
      await untilHolders(1, 'b');
    });

    it('ends its holder where the table is another, which the kernel frees', async () => {
      await follow({ table: '700' });
      equal(isFree(), true);
      equal(isFree(700), false);
      await until(() => holdersOf('a').length === 1 && holdersOf('a')[0] !== holder[0], 'another holder should run');
    });

    it('ends its holder where it cannot open itself', async () => {
      const controller = make({
        keepForwarding: true,
        keeping: { ...keeping(), seconds: 'soon' },
        predecessors: [first],
      });
      await rejects(controller.open(), { code: 'ERR_MFC_INVALID' });
      await untilHolders(0);
    });
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
