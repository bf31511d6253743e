// Routes with an end, from the message to the kernel and the file, and over a restart.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { MfcEvent } from '../../src/streams/events/event';
import { until } from '../lab/until';
import { Bench } from './bench';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };
const OTHER = { ...ROUTE, group: '239.1.1.2' };
/** Seconds. */
const SOON = 0.5;
/** Long enough for what has to be done before, on a machine that stalls as well. */
const LATER = 4;

describe('controller: leases', () => {
  let bench: Bench;
  let told: MfcEvent[];

  async function open(content?: string): Promise<void> {
    bench = await Bench.make(content);
    listen();
  }

  function listen(): void {
    told = [];
    bench.controller.streams.events.subscribe(['route_removed'], (event) => told.push(event));
  }

  afterEach(() => bench.close());

  const groups = async (): Promise<string[]> => {
    const { mfc_rules } = await bench.controller.state({});
    return mfc_rules.map(({ group }) => group);
  };
  const saved = async (): Promise<string[]> => (await bench.savedRules()).map(({ group }) => group);
  const untilSaved = (...wanted: string[]): Promise<unknown> =>
    until(async () => String(await saved()) === String(wanted), 'The file should follow.');

  it('ends a route by itself: in the kernel, in the state and in the file', async () => {
    await open();
    await bench.controller.add([{ ...ROUTE, expires_in: 100 }, OTHER]);
    const [rule] = (await bench.controller.state({})).mfc_rules;
    const left = rule?.expires_in ?? 0;
    ok(left > 0 && left <= 100, String(left));
    await bench.controller.add({ ...ROUTE, expires_in: SOON });
    await until(async () => (await groups()).length === 1, 'The route should end.');
    deepEqual(Object.keys(bench.kernel.table(4)?.entries ?? {}), ['(10.0.0.1, 239.1.1.2)']);
    equal(bench.controller.status.routes, 1);
    deepEqual(
      told.map(({ group, reason }) => [group, reason]),
      [[ROUTE.group, 'expired']],
    );
    await untilSaved(OTHER.group);
    deepEqual(bench.warnings, []);
  });

  it('is renewed by adding the route again', async () => {
    await open();
    const first = await bench.controller.add({ ...ROUTE, expires_in: 100 });
    match(first.message, /added\.$/);
    const calls = bench.kernel.log.length;
    const again = await bench.controller.add({ ...ROUTE, expires_in: 200 });
    deepEqual([again.changed, again.message], [true, 'MFC entry for (10.0.0.1, 239.1.1.1) renewed.']);
    equal(bench.kernel.log.length, calls);
    ok(((await bench.controller.state({})).mfc_rules[0]?.expires_in ?? 0) > 100);
    match((await bench.controller.add({ ...ROUTE, expires_in: 200, oifs: ['out2'] })).message, /replaced\.$/);
    match((await bench.controller.add(ROUTE)).message, /replaced\.$/);
    equal((await bench.controller.state({})).mfc_rules[0]?.expires_in, undefined);
    match((await bench.controller.add(ROUTE)).message, /is there already/);
  });

  it('outlives its first end when it was renewed', async () => {
    await open();
    await bench.controller.add([
      { ...ROUTE, expires_in: SOON },
      { ...OTHER, expires_in: SOON },
    ]);
    await bench.controller.add({ ...ROUTE, expires_in: 100 });
    await until(async () => !(await groups()).includes(OTHER.group), 'The other route should end.');
    deepEqual(await groups(), [ROUTE.group]);
  });

  it('ends a thousand routes in one plan', async () => {
    await open();
    const routes = Array.from({ length: 1_000 }, (_, i) => ({
      ...ROUTE,
      group: `239.2.${i >> 8}.${i & 255}`,
      expires_in: SOON,
    }));
    await bench.controller.add(routes);
    await until(() => bench.controller.status.routes === 0, 'The routes should end.');
    const calls = bench.kernel.log.slice(-1_003);
    deepEqual(
      [calls.filter((call) => call.startsWith('MRT_DEL_MFC')).length, calls.slice(-2)],
      [1_000, ['MRT_DEL_VIF 0', 'MRT_DEL_VIF 1']],
    );
  });

  it('that is over takes the route out of a table that is not open', async () => {
    await open();
    const other = bench.kernel.openMroute(4, undefined);
    await writeFile(bench.stateFile, fileOf({ ...ROUTE, expires_at: Date.now() + 1_000 * SOON }, OTHER));
    await rejects(bench.controller.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
    await until(() => bench.controller.status.routes === 1, 'The route should end.');
    deepEqual(
      told.map(({ group, reason }) => [group, reason]),
      [[ROUTE.group, 'expired']],
    );
    await untilSaved(OTHER.group);
    other.close();
  });

  it('goes on over a restart with the time that is left', async () => {
    await open();
    await bench.controller.add({ ...ROUTE, expires_in: 100 });
    const before = (await bench.controller.state({})).mfc_rules[0]?.expires_in ?? 0;
    await bench.stop();
    bench.replace();
    const after = (await bench.controller.state({})).mfc_rules[0]?.expires_in ?? 0;
    ok(after <= before && after > before - 60, `${after} after ${before}`);
  });

  it('that ended meanwhile is not restored; it is told, and the file is clean', async () => {
    const over = { ...ROUTE, expires_at: Date.now() - 1 };
    await open(fileOf(over, OTHER, { ...ROUTE, group: '239.1.1.3', expires_at: Date.now() + 100_000 }));
    await bench.controller.open();
    deepEqual(await groups(), [OTHER.group, '239.1.1.3']);
    deepEqual(
      told.map(({ event, group, reason }) => [event, group, reason]),
      [['route_removed', ROUTE.group, 'expired']],
    );
    equal(
      bench.kernel.log.some((call) => call.includes(ROUTE.group)),
      false,
    );
    await untilSaved(OTHER.group, '239.1.1.3');
    deepEqual(bench.warnings, []);
  });

  it('that ended meanwhile goes out of a kernel that kept forwarding', async () => {
    await open();
    await bench.controller.add([{ ...ROUTE, expires_in: 100 }, OTHER]);
    const fd = bench.kernel.ownerFd(4);
    ok(fd !== undefined);
    const holder = bench.kernel.hold(fd);
    bench.kernel.kill();
    await writeFile(bench.stateFile, fileOf({ ...ROUTE, expires_at: Date.now() - 1 }, OTHER));
    const socket = bench.kernel.adoptMroute(4, undefined, holder.give());
    bench.replace([
      {
        handOver: async () => ({ sockets: new Map([[4, socket]]), joins: [], unsent: new Map() }),
        close: async () => undefined,
      },
    ]);
    listen();
    await bench.controller.open();
    deepEqual(Object.keys(bench.kernel.table(4)?.entries ?? {}), ['(10.0.0.1, 239.1.1.2)']);
    deepEqual(
      told.map(({ group, reason }) => [group, reason]),
      [[ROUTE.group, 'expired']],
    );
    holder.letGo();
  });

  it('ends also while the disk is full: the file says when it ended', async () => {
    await open();
    await bench.controller.add([{ ...ROUTE, expires_in: LATER }, OTHER]);
    await bench.breakDisk();
    await until(() => bench.controller.status.routes === 1, 'The route should end.');
    await until(() => bench.warnings.length > 0, 'That the file could not be written should be told.');
    equal(bench.warnings[0]?.code, 'ERR_MFC_STORE');
    await bench.mendDisk();
    deepEqual(await groups(), [OTHER.group]);
    await bench.controller.del(OTHER);
    deepEqual(await saved(), []);
  });

  it('rules of answers can be sent back, also with what was measured', async () => {
    await open();
    await bench.controller.add({ ...ROUTE, expires_in: 100, alarm: { idle: 5 } });
    const { mfc_rules } = await bench.controller.state({});
    const [rule] = mfc_rules;
    equal(rule?.alarm_state, 'waiting');
    const measured = {
      ...rule,
      expires_in: 90,
      packets_per_second: 1.5,
      bits_per_second: 12_000,
      wrong_if_per_second: 0,
      last_seen: new Date().toISOString(),
      age: 0.25,
    };
    match((await bench.controller.add(measured)).message, /renewed\.$/);
    equal((await bench.controller.del(measured)).changed, true);
  });
});

function fileOf(...rules: object[]): string {
  return JSON.stringify({ version: 1, mfc_rules: rules });
}
