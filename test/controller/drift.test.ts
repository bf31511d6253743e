// What other programs do to the table: entries of ours are put back, entries of theirs are shown and left alone.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { MfcEntry } from '../../src/abi/family';
import type { Snapshot } from '../fake/kernel';
import { until } from '../lab/until';
import { Bench } from './bench';
import { checkConsistent } from './consistent';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', 'out2'] };
const ENTRY: MfcEntry = {
  version: 4,
  source: '10.0.0.1',
  group: '239.1.1.1',
  parent: 0,
  outputs: [
    { vifi: 1, threshold: 1 },
    { vifi: 2, threshold: 1 },
  ],
};
const THEIRS: MfcEntry = {
  ...ENTRY,
  source: '*',
  group: '239.9.9.9',
  outputs: [
    { vifi: 0, threshold: 1 },
    { vifi: 2, threshold: 5 },
  ],
};

describe('controller: other programs', () => {
  let bench: Bench;
  let before: Snapshot;
  beforeEach(async () => {
    bench = await Bench.open();
    await bench.controller.add(ROUTE);
    await bench.controller.state({});
    before = bench.kernel.snapshot();
  });
  afterEach(() => bench.close());

  const others = () => bench.kernel.otherProgram(4);
  const isBack = (): boolean => JSON.stringify(bench.kernel.snapshot()) === JSON.stringify(before);
  const states = async (): Promise<string[]> => {
    return (await bench.controller.state({})).mfc_rules.map(({ group, state }) => `${group} ${state}`);
  };

  it('that delete an entry of ours: it is put back by itself, and said', async () => {
    others().delMfc(ENTRY);
    ok(!isBack());
    await until(isBack, 'the entry should be back');
    equal(bench.warnings.length, 1);
    match(
      bench.warnings[0]?.message ?? '',
      /deleted or changed the MFC entry for \(10\.0\.0\.1, 239\.1\.1\.1\)\. It was put/,
    );
    deepEqual(await states(), ['239.1.1.1 active']);
  });

  it('that change an entry of ours: so too', async () => {
    others().addMfc({ ...ENTRY, outputs: [{ vifi: 1, threshold: 9 }] });
    await until(isBack, 'the entry should be as before');
    equal(bench.warnings.length, 1);
  });

  it('are noticed before the next message is done', async () => {
    others().delMfc(ENTRY);
    deepEqual(await states(), ['239.1.1.1 active']);
    ok(isBack());
  });

  it('are noticed where the kernel had too much to tell', async () => {
    bench.kernel.loseEvents();
    others().delMfc(ENTRY);
    await bench.controller.add({ ...ROUTE, group: '239.1.1.2' });
    deepEqual(await states(), ['239.1.1.1 active', '239.1.1.2 active']);
  });

  it('have entries of their own, which are shown and left alone', async () => {
    others().addMfc(THEIRS);
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(mfc_rules[1], {
      source: '*',
      group: '239.9.9.9',
      iif: 'in1',
      oifs: [{ name: 'out2', threshold: 5 }],
      state: 'foreign',
      packets: 0,
      bytes: 0,
      wrong_if: 0,
    });
    await bench.controller.add({ ...ROUTE, oifs: ['out3'] });
    await bench.controller.del({ source: ROUTE.source, group: ROUTE.group });
    deepEqual(Object.keys(bench.kernel.table(4)?.entries ?? {}), ['(*, 239.9.9.9)']);
    others().delMfc(THEIRS);
    deepEqual(await states(), []);
    deepEqual(bench.warnings, []);
  });

  it('lose an entry to who adds a route for the same stream, and the answer says so', async () => {
    others().addMfc(THEIRS);
    await bench.controller.state({});
    const route = { group: '239.9.9.9', iif: 'in1', oifs: ['out1'] };
    const { warnings } = await bench.controller.add({ ...route, dry_run: true });
    deepEqual(warnings, ["(*, 239.9.9.9) is another program's entry. It would be this controller's then."]);
    await bench.controller.add({ ...route, iif: 'in9', allow_absent: true });
    deepEqual(await states(), ['239.1.1.1 active', '239.9.9.9 pending', '239.9.9.9 foreign']);
    const answer = await bench.controller.add(route);
    match(
      answer.warnings?.join() ?? '',
      /\(\*, 239\.9\.9\.9\) was another program's entry\. It is this controller's now\./,
    );
    deepEqual(await states(), ['239.1.1.1 active', '239.9.9.9 active']);
  });

  it('that do the opposite again and again are answered more and more slowly', async () => {
    const start = performance.now();
    for (let deletions = 0; deletions < 7; deletions++) {
      others().delMfc(ENTRY);
      await until(isBack, 'the entry should be back');
    }
    const took = performance.now() - start;
    ok(took > 1_500, `${took} ms: after pauses of 50, 100, 200, 400 and 800 ms it should be longer`);
    await until(isBack, 'the entry should be back at last');
    deepEqual(await states(), ['239.1.1.1 active']);
  });

  it('have VIFs of their own: one whose interface is made anew is not used', async () => {
    others().addVif(3, 'out3');
    await bench.controller.add({ ...ROUTE, group: '239.1.1.2', oifs: ['out4'] });
    bench.kernel.delLink('out3');
    await bench.controller.state({});
    bench.kernel.addLink('out3');
    await bench.controller.add({ ...ROUTE, group: '239.1.1.3', oifs: ['out3'] });
    checkConsistent(await bench.controller.state({}), (version) => bench.kernel.table(version));
  });

  it('have a second VIF of an interface: ours counts', async () => {
    await bench.controller.add({ ...ROUTE, iif: 'in2', group: '239.1.1.2' });
    await bench.controller.del({ source: ROUTE.source, group: ROUTE.group });
    others().addVif(0, 'out1'); // the number that in1 had
    await bench.controller.add({ ...ROUTE, iif: 'in2', group: '239.1.1.3', oifs: ['out3', 'out4'] });
    const { vif_map } = await bench.controller.state({});
    deepEqual([vif_map.out1?.vifi, vif_map.out1?.ref_count], [1, 1]);
    await bench.controller.del([
      { source: ROUTE.source, group: '239.1.1.2' },
      { source: ROUTE.source, group: '239.1.1.3' },
    ]);
    deepEqual(bench.kernel.table(4), { vifs: { 0: bench.kernel.findLink('out1')?.ifindex }, entries: {} });
  });

  it('keep no entry of ours in the kernel by having written it', async () => {
    others().addMfc({ ...ENTRY, outputs: [] });
    await until(isBack, 'the entry should be as before');
    await bench.controller.state({});
    await bench.controller.close();
    deepEqual(bench.kernel.snapshot(), {});
  });

  it('use VIFs of ours, which are not freed as long as they do', async () => {
    others().addMfc(THEIRS); // in1 and out2
    await bench.controller.state({});
    await bench.controller.del({ source: ROUTE.source, group: ROUTE.group });
    deepEqual(Object.keys(bench.kernel.table(4)?.vifs ?? {}), ['0', '2']);
    await bench.controller.add({ ...ROUTE, oifs: ['out3'] });
    deepEqual(bench.kernel.table(4)?.entries['(*, 239.9.9.9)'], { parent: 0, outputs: { 0: 1, 2: 5 } });
    others().delMfc(THEIRS);
    await until(() => !('2' in (bench.kernel.table(4)?.vifs ?? {})), 'the VIF should go with the entry');
    deepEqual(await states(), ['239.1.1.1 active']);
  });

  it('keep no entry of ours in the kernel, if they wrote it in the last moment', async () => {
    bench.kernel.holdEvents();
    others().addMfc({ ...ENTRY, outputs: [] });
    await bench.controller.close();
    deepEqual(bench.kernel.snapshot(), {});
  });
});
