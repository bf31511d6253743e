// Opening: tables that others own, messages that wait for them, families that do not need each other.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';
import type { MrouteSocket } from '../../src/kernel/kernel';
import { openProcess } from '../kernel/open-process';
import { Lab } from '../lab/lab';
import { Stopwatch } from '../lab/stopwatch';
import { until } from '../lab/until';
import { Bench } from './bench';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };
const IPV6 = { source: 'fd00::1', group: 'ff3e::1', iif: 'in1', oifs: ['out1'] };
const SAVED = JSON.stringify({ version: 1, mfc_rules: [ROUTE, IPV6] });

describe('controller: tables', () => {
  let bench: Bench;
  let owner: MrouteSocket | undefined;
  afterEach(async () => {
    owner?.close();
    await bench.close();
  });

  it('that another program owns are opened by themselves when they are free', async () => {
    bench = await Bench.make(SAVED);
    owner = bench.kernel.openMroute(4, undefined);
    const other = bench.kernel.openMroute(6, undefined);
    await rejects(bench.controller.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
    const { state, error } = bench.controller.status;
    deepEqual([state, (error as { code?: string }).code], ['closed', 'ERR_MFC_TABLE_IN_USE']);
    owner.close();
    other.close();
    await until(() => bench.controller.status.pending === 0, 'the tables should be open');
    deepEqual(bench.controller.status, { state: 'open', routes: 2, pending: 0, degraded: 0 });
  });

  it('let the messages of the first seconds wait, and these are done in their order', async () => {
    bench = await Bench.make();
    owner = bench.kernel.openMroute(4, undefined);
    bench.controller.open().catch(() => undefined);
    const done: string[] = [];
    const added = Array.from({ length: 20 }, (_, i) => {
      const group = `239.1.1.${i}`;
      return bench.controller.add({ ...ROUTE, group }).then(() => done.push(group));
    });
    const deleted = bench.controller.del({ source: ROUTE.source, group: '239.1.1.7' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    deepEqual(done, []);
    owner.close();
    await Promise.all([...added, deleted]);
    deepEqual(
      done,
      Array.from({ length: 20 }, (_, i) => `239.1.1.${i}`),
    );
    equal(bench.controller.status.routes, 19);
  });

  it('let no more than a thousand messages wait', async () => {
    bench = await Bench.make();
    owner = bench.kernel.openMroute(4, undefined);
    bench.controller.open().catch(() => undefined);
    const results = Array.from({ length: 1100 }, () =>
      bench.controller.state({}).then(
        () => true,
        (error) => error.code,
      ),
    );
    const refused = await Promise.race([Promise.all(results.slice(1000)), Promise.all(results)]);
    ok(refused.every((code) => code === 'ERR_MFC_NOT_OPEN'));
    owner.close();
    deepEqual(new Set(await Promise.all(results.slice(0, 999))), new Set([true]));
  });

  it('that two controllers want are those of the first, though its file takes longer to read', async () => {
    const rules = Array.from({ length: 5_000 }, (_, i) => ({ ...ROUTE, group: `239.2.${i >> 8}.${i & 255}` }));
    bench = await Bench.make(JSON.stringify({ version: 1, mfc_rules: rules }));
    const second = await Bench.make(undefined, bench.kernel);
    const opened = bench.controller.open();
    await rejects(second.controller.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
    await opened;
    equal(bench.controller.status.routes, rules.length);
    await second.close();
  });

  it('of one family are open though those of the other are not', async () => {
    for (const version of [4, 6] as const) {
      bench = await Bench.make(SAVED);
      owner = bench.kernel.openMroute(version, undefined);
      await bench.controller.open();
      const { mfc_rules } = await bench.controller.state({});
      const [own, other] = version === 4 ? mfc_rules : mfc_rules.toReversed();
      deepEqual([own?.state, other?.state], ['pending', 'active']);
      match(own?.reason ?? '', /^Another program owns/);
      equal(bench.warnings.length, 1);
      owner.close();
      await until(() => bench.controller.status.pending === 0, 'the other family should come');
      if (version === 4) await bench.close();
    }
  });

  it('end while messages wait: they fail, and say so', async () => {
    bench = await Bench.make();
    owner = bench.kernel.openMroute(4, undefined);
    bench.controller.open().catch(() => undefined);
    const waiting = [bench.controller.add(ROUTE), bench.controller.state({})].map((one) =>
      one.catch(({ code }) => code),
    );
    await bench.controller.close();
    deepEqual(await Promise.all(waiting), ['ERR_MFC_NOT_OPEN', 'ERR_MFC_NOT_OPEN']);
  });

  it('fail messages at once where they are not free after a while, and say why', async () => {
    bench = await Bench.make();
    owner = bench.kernel.openMroute(4, undefined);
    await rejects(bench.controller.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
    const start = performance.now();
    await rejects(bench.controller.add(ROUTE), { code: 'ERR_MFC_TABLE_IN_USE' });
    const patience = performance.now() - start;
    ok(patience > 4_500, `${patience} ms`);
    const second = new Stopwatch();
    await rejects(bench.controller.add(ROUTE), { code: 'ERR_MFC_TABLE_IN_USE' });
    ok(second.stop() < 4_500, 'the second message should not wait');
    equal((await bench.savedRules()).length, 0);
    owner.close();
    await bench.controller.add(ROUTE);
  });
});

describe('controller: tables of Linux', () => {
  it('that another program owns are opened when it ends, not with the next attempt', async () => {
    const lab = await Lab.open();
    await lab.link('eth1', 'eth2');
    const folder = await mkdtemp(join(tmpdir(), 'mfc-tables-'));
    const controller = new Controller({ stateFile: join(folder, 'state.json') });
    const other = await openProcess(['4']);
    try {
      await rejects(controller.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
      // From the fourth on, the pause to the next attempt is 4 s: only what the kernel tells can be in time.
      let attempts = 0;
      controller.on('status', () => attempts++);
      await until(() => attempts === 4, 'it should be tried again and again');
      await other.end();
      const stopwatch = new Stopwatch();
      await until(() => controller.status.state === 'open', 'the table should be open');
      const took = stopwatch.stop();
      ok(took < 3_000, `${took} ms`);
      const route = { ...ROUTE, iif: 'eth1', oifs: ['eth2'] };
      equal((await controller.add(route)).changed, true);
    } finally {
      await controller.close();
      await lab.close();
      await rm(folder, { recursive: true });
    }
  });
});
