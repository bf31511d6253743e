// All or nothing: whichever step of a message fails, the kernel, the registry and the file are as before, and the same message
// succeeds afterwards.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import type { ChangeAnswer } from '../../src/controller/answers';
import { Bench, type Observation } from './bench';

interface Case {
  name: string;
  /** Routes that are there before. */
  there?: unknown[];
  /** What happens after that and before the message. */
  happens?: (bench: Bench) => void;
  verb: 'add' | 'del' | 'set';
  message: unknown;
  /** At least this many steps can fail. */
  steps: number;
}

const IPV4 = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', 'out2'] };
const ANY = { group: '239.1.1.2', iif: 'in1', oifs: ['out1', { name: 'out3', threshold: 16 }] };
const IPV6 = { source: 'fd00::1', group: 'ff3e::1', iif: 'in1', oifs: ['out1'] };
const BOTH = [IPV4, ANY, IPV6];

const CASES: Case[] = [
  { name: 'the first route', verb: 'add', message: IPV4, steps: 4 },
  { name: 'an any-source route', there: [IPV4], verb: 'add', message: ANY, steps: 2 },
  {
    name: 'a route on interfaces in use',
    there: [IPV4],
    verb: 'add',
    message: { ...IPV4, group: '239.9.9.9' },
    steps: 1,
  },
  { name: 'other outputs', there: [IPV4], verb: 'add', message: { ...IPV4, oifs: ['out3', 'out4'] }, steps: 5 },
  { name: 'another threshold', there: [IPV4], verb: 'add', message: { ...IPV4, threshold: 32 }, steps: 1 },
  {
    name: 'the opposite direction',
    there: [IPV4],
    verb: 'add',
    message: { ...IPV4, iif: 'out1', oifs: 'in1' },
    steps: 2,
  },
  {
    name: 'an array of both families: new, replaced, relabelled and unchanged',
    there: BOTH,
    verb: 'add',
    message: [
      { ...IPV4, iif: 'in2', oifs: ['out4'] },
      { ...ANY, label: 'stage' },
      { ...IPV6, oifs: ['out2', 'out3'] },
      { ...IPV6, group: 'ff3e::2' },
      { ...IPV4, source: '10.0.0.2', oifs: [], stop_filter: true },
    ],
    steps: 9,
  },
  { name: 'the last route', there: [IPV4], verb: 'del', message: { source: '10.0.0.1', group: '239.1.1.1' }, steps: 4 },
  {
    name: 'an array of routes, all that there are',
    there: BOTH,
    verb: 'del',
    message: BOTH.map(({ group, ...route }) => ('source' in route ? { source: route.source, group } : { group })),
    steps: 9,
  },
  {
    name: 'another table: new, replaced, unchanged and left out',
    there: [...BOTH, { ...IPV4, group: '239.5.5.5' }],
    verb: 'set',
    message: [IPV4, { ...IPV6, oifs: ['out2'] }, { ...IPV4, group: '239.6.6.6', oifs: ['out4'] }],
    steps: 6,
  },
  { name: 'no table at all', there: BOTH, verb: 'set', message: [], steps: 9 },
  {
    name: 'the whole of a label',
    there: [{ ...IPV4, label: 'stage' }, ANY, IPV6],
    verb: 'set',
    message: { label: 'stage', mfc_rules: [{ ...IPV4, source: '10.0.0.9' }] },
    steps: 2,
  },
  { name: 'one output', there: BOTH, verb: 'del', message: { ...IPV4, iif: 'in1', oifs: 'out2' }, steps: 2 },
  {
    name: 'all outputs, one by one',
    there: BOTH,
    verb: 'del',
    message: ['out1', 'out2'].map((oifs) => ({ ...IPV4, oifs })),
    steps: 3,
  },
  {
    name: 'new and other routes beside some that wait',
    there: BOTH,
    happens: (bench) => bench.kernel.delLink('out1'),
    verb: 'add',
    message: [
      { ...IPV4, oifs: ['out3'] },
      { ...ANY, group: '239.3.3.3', oifs: ['out4'] },
      { ...IPV6, oifs: ['out2'] },
    ],
    steps: 6,
  },
  {
    name: 'routes whose interface is gone',
    there: BOTH,
    happens: (bench) => bench.kernel.delLink('out2'),
    verb: 'del',
    message: [
      { ...IPV4, oifs: ['out2'] },
      { group: ANY.group, oifs: ['out3'] },
    ],
    steps: 2,
  },
  {
    name: 'routes whose streams flow, for one that learns them',
    there: [
      { group: '239.1.0.0/16', iif: 'in1', oifs: ['out2', 'out1', 'out3'] },
      IPV4,
      { ...IPV4, source: '10.0.0.2' },
    ],
    happens: ({ kernel }) => {
      for (const source of ['10.0.0.1', '10.0.0.2']) kernel.receive('in1', 4, source, IPV4.group, 3);
    },
    verb: 'del',
    message: ['10.0.0.1', '10.0.0.2'].map((source) => ({ source, group: IPV4.group })),
    steps: 2,
  },
];

async function prepare({ there = [], happens }: Case): Promise<{ bench: Bench; before: Observation }> {
  const bench = await Bench.open();
  if (there.length > 0) await bench.controller.add(there);
  happens?.(bench);
  return { bench, before: await bench.observe() };
}

/** The state after the message where nothing fails, and the number of its steps. */
async function succeed(test: Case): Promise<{ after: Observation; answer: ChangeAnswer; steps: number }> {
  const { bench } = await prepare(test);
  const plan = await bench.controller[test.verb](test.message, { dry_run: true });
  const steps = plan.plan?.length ?? 0;
  const calls = bench.kernel.log.length;
  const answer = await bench.controller[test.verb](test.message);
  equal(bench.kernel.log.length - calls, steps, 'a dry run should name every step');
  const after = await bench.observe();
  await bench.close();
  return { after, answer, steps };
}

async function failAt(n: number, test: Case, after: Observation, answer: ChangeAnswer): Promise<void> {
  const { bench, before } = await prepare(test);
  bench.kernel.failAt(n, 'ENOBUFS');
  await rejects(bench.controller[test.verb](test.message), (error: { code?: string; cause?: { errno?: string } }) => {
    deepEqual([error.code, error.cause?.errno], ['ERR_MFC_SYSCALL', 'ENOBUFS']);
    return true;
  });
  deepEqual(await bench.observe(), before, `step ${n} failed`);
  deepEqual(bench.warnings, []);
  deepEqual(await bench.controller[test.verb](test.message), answer);
  deepEqual(await bench.observe(), after);
  await bench.close();
}

describe('controller: undo', () => {
  for (const test of CASES) {
    it(`takes back every step of ${test.verb}: ${test.name}`, async () => {
      const { after, answer, steps } = await succeed(test);
      ok(steps >= test.steps, `${steps} steps`);
      for (let n = 1; n <= steps; n++) await failAt(n, test, after, answer);
    });
  }

  it('has nothing to take back where only a label is new', async () => {
    const bench = await Bench.open();
    await bench.controller.add(BOTH);
    const { kernel } = await bench.observe();
    const calls = bench.kernel.log.length;
    const answer = await bench.controller.add({ ...IPV4, label: 'stage' });
    equal(answer.changed, true);
    deepEqual(bench.kernel.log.slice(calls), []);
    deepEqual(bench.kernel.snapshot(), kernel);
    deepEqual((await bench.savedRules())[0], { ...IPV4, label: 'stage' });
    await bench.close();
  });

  it('checks an array to its end before the first step', async () => {
    const bench = await Bench.open();
    const last: [string, unknown][] = [
      ['ERR_MFC_INVALID', { ...IPV4, group: '10.1.1.1' }],
      ['ERR_MFC_NO_INTERFACE', { ...IPV6, group: 'ff3e::9', oifs: ['out99'] }],
      ['ERR_MFC_NOT_MULTICAST', { ...ANY, iif: 'lo' }],
      ['ERR_MFC_INVALID', { ...IPV4, oifs: ['out3'] }],
    ];
    await bench.controller.add(IPV6); // its table is open from here on
    await bench.controller.del({ source: IPV6.source, group: IPV6.group });
    const opened = await bench.observe();
    for (const [code, route] of last) {
      const calls = bench.kernel.log.length;
      await rejects(bench.controller.add([IPV4, IPV6, route]), { code });
      equal(bench.kernel.log.length, calls);
      deepEqual(await bench.observe(), opened);
    }
    await bench.close();
  });

  it('says so, once for each, where a step cannot even be taken back', async () => {
    const bench = await Bench.open();
    bench.kernel.failAt(3, 'ENOBUFS', 2); // the third step, and the first that takes back
    await rejects(bench.controller.add(IPV4), { code: 'ERR_MFC_SYSCALL' });
    equal(bench.warnings.length, 1);
    match(
      bench.warnings[0]?.message ?? '',
      /could not be taken back\. The kernel refused MRT_DEL_VIF with ENOBUFS\..*mfc state shows/,
    );
    deepEqual(bench.kernel.log.slice(-2), ['MRT_DEL_VIF 1', 'MRT_DEL_VIF 0']); // it goes on with the rest
    await bench.close();
  });
});
