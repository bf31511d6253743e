// Routes that learn, as the controller sees them on the fake kernel: streams that come in while something else is under way.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import type { RouteState } from '../../src/controller/answers';
import { Controller } from '../../src/controller/controller';
import { FakeKernel } from '../fake/kernel';
import { until } from '../lab/until';
import { WorkMeter } from '../nodes/work-meter';
import { joins } from '../streams/said';
import { Bench, LINKS } from './bench';

const SOURCE = '10.0.0.1';
const GROUP = '239.1.1.1';
const WIDE = { group: '239.1.0.0/16', iif: 'in1', oifs: ['out1'] };
const OWN = { source: SOURCE, group: GROUP, iif: 'in1', oifs: ['out4'] };
/** So many take longer than a slice of work: others have their turn in between. */
const MANY = Array.from({ length: 5_000 }, (_, i) => ({
  source: SOURCE,
  group: `239.7.${i >> 8}.${i & 255}`,
  iif: 'in2',
  oifs: ['out4'],
}));

const turn = (): Promise<void> => new Promise(setImmediate);

describe('controller: routes that learn', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  const say = (iif: string, group = GROUP): void =>
    bench.kernel.upcall(4, { iif, kind: 'nocache', source: SOURCE, group });

  /** A packet of a stream comes in, and is heard of. */
  async function receive(iif: string, group = GROUP): Promise<void> {
    say(iif, group);
    await turn();
  }
  const rules = async (): Promise<RouteState[]> => (await bench.controller.state({})).mfc_rules;
  const learnt = async (): Promise<string[]> => {
    const all = await rules();
    return all.filter((rule) => rule.learnt === true).map(({ group, iif, oifs }) => `${group} ${iif} > ${oifs}`);
  };

  /** What the kernel has is what the state says; no entry names a number that is free, or another interface's. */
  async function checkKernel(): Promise<void> {
    const { mfc_rules, vif_map } = await bench.controller.state({});
    const vifiOf = (name: string): number => vif_map[name]?.vifi ?? -1;
    const entries = mfc_rules.flatMap(({ source, group, iif, oifs, streams, state }) => {
      if (streams !== undefined || state === 'pending') return [];
      const outputs = oifs.map((oif) => [vifiOf(String(oif)), 1] as const);
      if (source === '*') outputs.push([vifiOf(iif), 1]);
      return [[`(${source}, ${group})`, { parent: vifiOf(iif), outputs: Object.fromEntries(outputs) }]];
    });
    const kernel = bench.kernel.table(4);
    deepEqual(kernel?.entries, Object.fromEntries(entries));
    deepEqual(kernel?.vifs, Object.fromEntries(Object.values(vif_map).map(({ vifi, ifindex }) => [vifi, ifindex])));
  }

  it('take one stream wherever it comes in: its entry is beside them', async () => {
    const camera = { source: SOURCE, group: GROUP, iif: 'in+', oifs: ['out1'] };
    await bench.controller.add(camera);
    await receive('in2');
    deepEqual(await learnt(), [`${GROUP} in2 > out1`]);
    await checkKernel();
    const log = bench.kernel.log.length;
    match((await bench.controller.add({ ...OWN, oifs: ['out1'] })).message, /replaced/);
    equal(bench.kernel.log.slice(log).filter((call) => call.startsWith('MRT_DEL_MFC')).length, 0);
    deepEqual([await learnt(), bench.controller.status.routes], [[], 1]);
    match((await bench.controller.add(camera)).message, /replaced/);
    deepEqual([await learnt(), bench.controller.status.routes], [[], 1]);
    await receive('in1');
    await checkKernel();
    deepEqual(
      (await bench.savedRules()).map(({ iif }) => iif),
      ['in+'],
    );
    await bench.controller.del(await rules());
    deepEqual(bench.kernel.table(4), { vifs: {}, entries: {} });
  });

  it('say whose a learnt rule is that is sent back changed, and leave it as it is', async () => {
    await bench.controller.add(WIDE);
    await receive('in1');
    const rule = (await rules()).find((one) => one.learnt);
    ok(rule);
    const stream = `(${SOURCE}, ${GROUP})`;
    const same = await bench.controller.add(rule);
    deepEqual([same.message, same.warnings], [`MFC entry for ${stream} is there already; nothing changed.`, undefined]);
    const changed = { ...rule, oifs: ['out3'] };
    const whose = `belongs to the route (*, ${WIDE.group})`;
    const caution = `${stream} ${whose}. Change that one, or leave "learnt" out to make a route of its own.`;
    const answer = await bench.controller.add(changed);
    equal(answer.message, `MFC entry for ${stream} ${whose}; nothing changed.`);
    deepEqual([answer.changed, answer.warnings, answer.mfc_rules[0]?.oifs], [false, [caution], rule.oifs]);
    deepEqual((await bench.controller.add([changed, { ...OWN, group: '239.9.9.9' }])).warnings, [caution]);
    const { learnt: _, ...own } = changed;
    match((await bench.controller.add(own)).message, / added\.$/);
    deepEqual((await bench.controller.add(rule)).warnings, [
      `${stream} is not learnt. Leave "learnt" out to change it.`,
    ]);
    await bench.controller.del(own);
    match((await bench.controller.add(rule)).message, / comes with its stream; nothing changed\.$/);
    await checkKernel();
  });

  it('are taken back as they were where they cannot be saved', async () => {
    const camera = { source: SOURCE, group: GROUP, iif: 'in+', oifs: ['out1'] };
    await bench.controller.add(camera);
    await receive('in2');
    await bench.breakDisk();
    await bench.controller.add(OWN).then(
      () => ok(false),
      () => undefined,
    );
    await bench.mendDisk();
    deepEqual(
      (await rules()).map(({ iif, streams }) => [iif, streams]),
      [['in+', 0]],
    );
    await receive('in2');
    await checkKernel();
    deepEqual(await learnt(), [`${GROUP} in2 > out1`]);
  });

  it('give a stream back to its own route whose deletion cannot be saved', async () => {
    await bench.controller.add([WIDE, OWN]);
    await bench.breakDisk();
    bench.controller.once('status', () => say('in1'));
    await rejects(bench.controller.del(OWN), { code: 'ERR_MFC_STORE' });
    await bench.mendDisk();
    deepEqual(
      (await rules()).map(({ group, learnt }) => [group, learnt]),
      [
        [WIDE.group, undefined],
        [GROUP, undefined],
      ],
    );
    const calls = bench.kernel.log.filter((call) => call.endsWith(` (${SOURCE}, ${GROUP})`));
    deepEqual(
      calls.map((call) => call.split(' ')[0]), // it was learnt in between
      ['MRT_ADD_MFC', 'MRT_DEL_MFC', 'MRT_ADD_MFC', 'MRT_ADD_MFC'],
    );
    await checkKernel();
  });

  it('take nothing for a route that is about to go, while thousands of others come in the same message', async () => {
    await bench.controller.add(WIDE);
    const changing = bench.controller.del([{ group: WIDE.group }, ...(await addedMany())]);
    for (let n = 0; n < 3; n++) await receive('in1', `239.1.2.${n}`);
    await changing;
    await bench.controller.add({ ...WIDE, group: '239.2.0.0/16', iif: 'out2', oifs: ['out3'] });
    deepEqual(await learnt(), []);
    await checkKernel();
  });

  async function addedMany(): Promise<object[]> {
    await bench.controller.add(MANY);
    return MANY.map(({ source, group }) => ({ source, group }));
  }

  it('take a stream while its interface gets another name', async () => {
    await bench.controller.add(WIDE);
    await bench.controller.add(MANY.map((route) => ({ ...route, iif: 'in1' })));
    bench.kernel.renameLink('in1', 'lan');
    for (let n = 0; n < 200; n++) await receive('lan', `239.1.2.${n}`);
    await until(async () => (await learnt()).length === 200, 'All should be learnt.');
    deepEqual(new Set((await learnt()).map((text) => text.split(' ')[1])), new Set(['lan']));
    await checkKernel();
  });

  it('do not take the entry of a route that waits, at the start', async () => {
    await bench.controller.add([WIDE, OWN]);
    const estate = await bench.controller.handOver(undefined);
    bench.kernel.delLink('out4');
    bench.replace([{ handOver: async () => estate, close: async () => undefined }]);
    await bench.controller.open();
    deepEqual(
      (await rules()).map(({ group, state }) => `${group} ${state}`),
      [`${WIDE.group} active`, `${GROUP} pending`],
    );
    await checkKernel();
    deepEqual((await bench.savedRules()).length, 2);
  });

  it('leave what a route of any source takes from then on, as the kernel does with new streams', async () => {
    await bench.controller.add({ ...WIDE, iif: 'in+' });
    await receive('in1');
    await receive('in2', '239.1.1.2');
    await bench.controller.add([
      { group: GROUP, iif: 'in1', oifs: ['out2'] },
      { group: '239.1.1.2', iif: 'in1', oifs: ['out2'] },
    ]);
    deepEqual(await learnt(), ['239.1.1.2 in2 > out1']);
    await checkKernel();
  });

  it('look for streams that have stopped, however often routes change meanwhile', async () => {
    const timeout = 0.3;
    await bench.controller.add({ ...WIDE, idle_timeout: timeout });
    await receive('in1');
    deepEqual((await learnt()).length, 1);
    let n = 0;
    await until(async () => {
      await bench.controller.add({ ...WIDE, idle_timeout: timeout, label: String(n++) });
      return (await learnt()).length === 0;
    }, 'The entry should go.');
  });

  it('are many and change at once, with a stream that one has learnt, in time', async () => {
    const many = Array.from({ length: 4_000 }, (_, i) => ({ ...WIDE, group: `239.${i >> 8}.${i & 255}.0/24` }));
    await bench.controller.add(many);
    await receive('in1');
    const meter = new WorkMeter();
    await bench.controller.add(many.map((route) => ({ ...route, oifs: ['out2'] })));
    const { whole } = meter.stop();
    ok(whole < 10_000, `${whole} ms: a look at all of them for each of them takes minutes.`);
    deepEqual(await learnt(), [`${GROUP} in1 > out2`]);
  });

  it('are warned of for the inputs that a pattern means, where packets need a rule', async () => {
    const { kernel, stateFile } = bench;
    const other = new Controller({ stateFile: `${stateFile}.100`, kernel, table: 100 });
    await other.open();
    const { warnings } = await other.add({ ...WIDE, iif: 'in+' });
    await other.close();
    deepEqual(
      warnings?.map((text) => /packets from '(.*)' to/.exec(text)?.[1]),
      ['in1', 'in2'],
    );
  });

  it('keep what they have learnt until its alarm is due', async () => {
    const [short, long] = (
      await bench.controller.add([
        { ...WIDE, alarm: { idle: 5 } },
        { ...WIDE, group: '239.2.0.0/16', alarm: { idle: 90 } },
      ])
    ).mfc_rules;
    deepEqual([short?.idle_timeout, long?.idle_timeout], [60, 180]);
  });

  it('open outputs of what they have learnt in one go for all that hosts say in a turn', async () => {
    await bench.controller.add({ ...WIDE, oifs: 'members' });
    const groups = Array.from({ length: 300 }, (_, i) => `239.1.3.${i % 256}`);
    for (const group of groups) say('in1', group);
    await turn();
    let changes = 0;
    bench.controller.on('status', () => changes++);
    for (const group of groups) bench.kernel.report('out2', '10.9.0.1', joins(group));
    await until(async () => (await learnt()).every((rule) => rule.endsWith('> out2')), 'All should be open.');
    ok(changes <= 3, `${changes} changes`); // those of the looks included
    await checkKernel();
  });

  it('let a stream go whose interface has a name now that no pattern means, although the route uses it still', async () => {
    await bench.controller.add({ group: '239.1.0.0/16', iif: 'in+', oifs: 'members' });
    await receive('in1');
    deepEqual(await learnt(), [`${GROUP} in1 > `]);
    bench.kernel.renameLink('in1', 'lan');
    deepEqual(await learnt(), []);
    await checkKernel();
  });
});

describe('controller: patterns that mean more interfaces than there are VIF numbers', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.make(undefined, new FakeKernel(...LINKS, ...Array.from({ length: 40 }, (_, i) => `veth${i}`)));
    await bench.controller.open();
  });
  afterEach(() => bench.close());

  const vifs = async (): Promise<string[]> => Object.keys((await bench.controller.state({})).vif_map);

  for (const route of [
    { group: '239.1.0.0/16', iif: 'veth+', oifs: ['out1'] },
    { group: '239.1.0.0/16', iif: 'in1', oifs: 'members' },
    { group: '239.1.1.1', iif: 'in1', oifs: 'members' },
  ]) {
    it(`take as many as there are, and more when others go: ${JSON.stringify(route)}`, async () => {
      const { warnings } = await bench.controller.add(route);
      match(warnings?.join() ?? '', /No VIF number is left for interface 'veth/);
      deepEqual([(await vifs()).length, bench.controller.status.degraded], [32, 1]);
      const before = await vifs();
      bench.kernel.delLink('veth1');
      await until(async () => (await vifs()).some((name) => !before.includes(name)), 'Another should be taken.');
      for (let i = 2; i < 20; i++) bench.kernel.delLink(`veth${i}`);
      await until(() => bench.controller.status.degraded === 0, 'All should be taken.');
      deepEqual(bench.warnings, []);
    });
  }

  it('do not keep others from the start: what names its interfaces comes first', async () => {
    await bench.controller.add({ group: '239.1.0.0/16', iif: 'veth+', oifs: ['out1'] });
    await bench.controller.del({ group: '239.1.0.0/16' });
    await bench.controller.add([
      { source: '10.0.0.1', group: '239.9.9.9', iif: 'in1', oifs: ['out2'] },
      { group: '239.1.0.0/16', iif: 'veth+', oifs: ['out1'] },
    ]);
    await bench.stop();
    bench.replace();
    await bench.controller.open();
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(
      mfc_rules.map(({ state }) => state),
      ['active', 'degraded'],
    );
  });
});
