// Watched interfaces have VIFs without any route, come and go with their devices, and are in no answer, file or table that is set.

import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { MfcError } from '../../src/errors';
import { until } from '../lab/until';
import { Bench } from './bench';
import { Told } from './told';

const A = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };
const A6 = { source: 'fd00::1', group: 'ff3e::1', iif: 'in1', oifs: ['out1'] };

describe('controller: watched interfaces', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  async function open(watchInterfaces: string): Promise<void> {
    bench = await Bench.make();
    bench.replace([], undefined, watchInterfaces);
    await bench.controller.open();
  }
  const vifs = async (): Promise<string[]> => Object.keys((await bench.controller.state({})).vif_map).sort();

  it('have VIFs from the start, and nothing else is to be seen of them', async () => {
    await open('in+, out2');
    deepEqual(await vifs(), ['in1', 'in2', 'out2']);
    const { mfc_rules, vif6_map } = await bench.controller.state({});
    deepEqual([mfc_rules, vif6_map], [[], {}]);
    deepEqual(bench.controller.status, { state: 'open', routes: 0, pending: 0, degraded: 0 });
    deepEqual(bench.kernel.table(4)?.entries, {});
  });

  it('come with an IPv6 table that a route opens', async () => {
    await open('in2');
    await bench.controller.add(A6);
    deepEqual(Object.keys((await bench.controller.state({})).vif6_map).sort(), ['in1', 'in2', 'out1']);
  });

  it('that are absent are no fault, and are watched when they come', async () => {
    await open('port+');
    deepEqual([await vifs(), bench.controller.status.pending], [[], 0]);
    bench.kernel.addLink('port1');
    deepEqual(await vifs(), ['port1']);
    bench.kernel.delLink('port1');
    deepEqual(await vifs(), []);
  });

  it('keep their VIFs when the last route goes, and are in no table that is set', async () => {
    await open('in1');
    await bench.controller.add(A);
    const { previous } = await bench.controller.set([]);
    deepEqual(previous, { mfc_rules: [A] });
    deepEqual(await vifs(), ['in1']);
    deepEqual(await bench.savedRules(), []);
  });

  it('go with the setting', async () => {
    await open('in1');
    const before = bench.controller;
    bench.replace([before], undefined, '');
    await bench.controller.open();
    deepEqual(await vifs(), []);
  });

  describe('where there are more interfaces than VIF numbers', () => {
    const names = Array.from({ length: 40 }, (_, i) => `port${i}`);
    const route = { ...A, iif: 'port38', oifs: ['port39'] };

    async function openMany(watchInterfaces: string): Promise<void> {
      bench = await Bench.make();
      for (const name of names) bench.kernel.addLink(name);
      bench.replace([], undefined, watchInterfaces);
      await bench.controller.open();
    }

    for (const [what, watched] of [
      ['patterns', 'port+'],
      ['names', names.slice(0, 31).join(', ')],
    ] as const) {
      it(`leave them to routes, watched by ${what}`, async () => {
        await openMany(watched);
        const dry = await bench.controller.add(route, { dry_run: true });
        deepEqual(dry.lines, ['+ (10.0.0.1, 239.1.1.1) port38 → port39']);
        const answer = await bench.controller.add(route);
        deepEqual([answer.changed, answer.warnings], [true, undefined]);
        const { vif_map, mfc_rules } = await bench.controller.state({});
        deepEqual(
          mfc_rules.map(({ iif, state }) => [iif, state]),
          [['port38', 'active']],
        );
        deepEqual([Object.keys(vif_map).length, 'port38' in vif_map, 'port39' in vif_map], [32, true, true]);
        deepEqual(bench.controller.status, { state: 'open', routes: 1, pending: 0, degraded: 0 });
        equal((await bench.controller.set([])).changed, true);
      });
    }

    it('leave them to routes that mean many', async () => {
      await openMany('port+');
      bench.kernel.addLink('side1');
      bench.kernel.addLink('side2');
      const { warnings } = await bench.controller.add({ ...A, iif: 'side+', oifs: ['port39'] });
      equal(warnings, undefined);
    });

    it('leave them to routes whose interfaces come', async () => {
      await openMany('port+');
      await bench.controller.add({ ...A, iif: 'later1' }, { allow_absent: true });
      equal(bench.controller.status.pending, 1);
      bench.kernel.addLink('later1');
      const [rule] = (await bench.controller.state({})).mfc_rules;
      equal(rule?.state, 'active');
    });

    it('have theirs again when a change could not be saved', async () => {
      await openMany('port+');
      await bench.breakDisk();
      await rejects(bench.controller.add(route), { code: 'ERR_MFC_STORE' });
      await bench.mendDisk();
      equal(Object.keys((await bench.controller.state({})).vif_map).length, 32);
      deepEqual(bench.kernel.table(4)?.entries, {});
    });
  });

  it('tell of streams that no route takes', async () => {
    await open('in1');
    const told = new Told(bench.controller, { events: ['unrouted', 'route_added'] });
    bench.kernel.upcall(4, { kind: 'nocache', source: '10.0.0.7', group: '239.1.1.1', iif: 'in1' });
    await until(
      () => told.events.length > 0,
      () => 'the stream should be told',
    );
    const stream = { source: '10.0.0.7', group: '239.1.1.1', interface: 'in1', count: 1 };
    deepEqual(told.take(), [{ event: 'unrouted', ...stream }]);
    told.subscription.end();
  });

  it('must be names', async () => {
    bench = await Bench.make();
    bench.replace([], undefined, 'eth1, eth/2');
    await rejects(bench.controller.open(), (error: MfcError) => {
      deepEqual([error.code, error.cause.field], ['ERR_MFC_INVALID', 'watchInterfaces']);
      return true;
    });
    equal(bench.controller.status.state, 'closed');
  });
});
