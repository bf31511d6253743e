// Routes whose outputs hosts open, as the controller sees them: what is open stays open while controllers follow each other.

import { deepEqual, equal } from 'node:assert/strict';
import { until } from '../lab/until';
import { asks, joins, leaves } from '../streams/said';
import { Bench } from './bench';

const GROUP = '239.1.1.1';
const ROUTE = { group: GROUP, iif: 'in1', oifs: 'members' };

describe('controller: outputs that hosts open', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  const hear = async (name: string, host: string, message: ReturnType<typeof joins>): Promise<void> => {
    await new Promise(setImmediate); // interfaces are heard from the next turn on
    bench.kernel.report(name, host, message);
  };
  const opened = async (): Promise<string[]> => {
    const { mfc_rules } = await bench.controller.state({});
    return mfc_rules.flatMap(({ oifs }) => oifs.map(String)).sort();
  };
  const untilOpen = (...names: string[]): Promise<unknown> =>
    until(async () => (await opened()).join() === names.join(), `open: ${names}`);

  it('open and close in place', async () => {
    await bench.controller.add(ROUTE);
    await hear('out1', '10.9.0.1', joins(GROUP));
    await untilOpen('out1');
    await hear('out2', '10.9.0.2', joins(GROUP));
    await untilOpen('out1', 'out2');
    await hear('out1', '10.9.0.1', leaves(GROUP));
    await untilOpen('out2');
    equal(bench.kernel.log.filter((call) => call.startsWith('MRT_DEL_MFC')).length, 0);
  });

  it('open for one source for those who want that one', async () => {
    await bench.controller.add({ ...ROUTE, source: '10.0.0.1' });
    await hear('out1', '10.9.0.1', joins(GROUP, '10.0.0.2'));
    await hear('out2', '10.9.0.2', joins(GROUP, '10.0.0.1'));
    await untilOpen('out2');
  });

  it('stay open for a successor that has heard nobody yet, until one leaves', async () => {
    await bench.controller.add([ROUTE, { ...ROUTE, group: '239.1.1.2' }]);
    await hear('out1', '10.9.0.1', joins(GROUP));
    await hear('out2', '10.9.0.2', joins('239.1.1.2'));
    await untilOpen('out1', 'out2');
    const estate = await bench.controller.handOver(undefined);
    bench.kernel.log.length = 0;
    bench.replace([{ handOver: async () => estate, close: async () => undefined }]);
    await bench.controller.open();
    deepEqual(await opened(), ['out1', 'out2']);
    deepEqual(
      bench.kernel.log.filter((call) => call.includes('239.1.1.')),
      [],
    );
    await hear('out1', '10.9.0.1', asks());
    await hear('out1', '10.9.0.1', leaves(GROUP));
    await untilOpen('out2');
  });

  it('are named in answers as they are open, and their rules can be sent back', async () => {
    const { controller } = bench;
    const oifs = ({ mfc_rules }: { mfc_rules: { oifs: unknown }[] }): unknown => mfc_rules[0]?.oifs;
    deepEqual(oifs(await controller.add(ROUTE)), []);
    await hear('out1', '10.9.0.1', joins(GROUP));
    await hear('out2', '10.9.0.2', joins(GROUP));
    await untilOpen('out1', 'out2');
    const again = await controller.add(ROUTE);
    deepEqual([oifs(again), again.changed], [['out1', 'out2'], false]);
    const fewer = await controller.add({ ...ROUTE, members: { among: ['out2', 'out3'] } });
    deepEqual([oifs(fewer), fewer.changed], [['out2'], true]);
    deepEqual((await controller.add(fewer.mfc_rules)).changed, false);
    const table = await controller.set([...fewer.mfc_rules, { group: '239.1.1.2', iif: 'in1', oifs: ['out1'] }]);
    deepEqual([oifs(table), oifs(table.previous)], [['out2'], ['out2']]);
    equal((await controller.set(table.previous)).message, 'Table set: 1 unchanged, 1 deleted.');
    deepEqual(oifs(await controller.del({ ...ROUTE, dry_run: true })), ['out2']);
    deepEqual(oifs(await controller.del(ROUTE)), ['out2']);
  });

  it('are said in a dry run, and are saved without who has joined', async () => {
    const { plan } = await bench.controller.add({ ...ROUTE, dry_run: true });
    deepEqual(
      plan?.map(({ op }) => op),
      ['add_vif', 'add_vif', 'add_vif', 'add_vif', 'add_vif', 'add_vif', 'add_mfc'],
    );
    await bench.controller.add(ROUTE);
    await hear('out1', '10.9.0.1', joins(GROUP));
    await untilOpen('out1');
    const { file } = await bench.observe();
    deepEqual(JSON.parse(file ?? '').mfc_rules, [{ source: '*', group: GROUP, iif: 'in1', oifs: [], members: {} }]);
  });
});
