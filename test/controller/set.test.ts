// `mfc set`: what a message is taken for, what it changes and what it leaves alone, and how to go back.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { MfcError } from '../../src/errors';
import { Bench } from './bench';

const A = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };
const B = { source: '10.0.0.2', group: '239.1.1.2', iif: 'in1', oifs: ['out2'] };
const C = { source: '10.0.0.3', group: '239.1.1.3', iif: 'in2', oifs: ['out3', { name: 'out4', threshold: 16 }] };
const LEARNING = { source: '*', group: '239.9.0.0/16', iif: 'in2', oifs: ['out1'], idle_timeout: 60 };

const turn = (): Promise<void> => new Promise(setImmediate);

describe('controller: set', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  const groups = async (): Promise<string[]> => {
    const { mfc_rules } = await bench.controller.state({});
    return mfc_rules.map(({ group }) => group).sort();
  };

  it('changes only what differs, and says what', async () => {
    await bench.controller.add([A, B]);
    const answer = await bench.controller.set([{ ...A, oifs: ['out1', 'out3'] }, C]);
    deepEqual(answer, {
      status: 'success',
      message: 'Table set: 1 replaced, 1 added, 1 deleted.',
      changed: true,
      mfc_rules: [{ ...A, oifs: ['out1', 'out3'] }, C],
      previous: { mfc_rules: [A, B] },
    });
    deepEqual(await bench.savedRules(), answer.mfc_rules);
  });

  it('does nothing in the kernel where the table is so already', async () => {
    await bench.controller.add([A, C]);
    const before = await bench.observe();
    const answer = await bench.controller.set([C, A], { dry_run: true });
    deepEqual([answer.changed, answer.plan, answer.lines], [false, [], []]);
    equal((await bench.controller.set([C, A])).message, 'Table set: 2 unchanged.');
    deepEqual(await bench.observe(), before);
  });

  it('goes back with what it answers, and forth again', async () => {
    await bench.controller.add([A, { ...B, label: 'stage', alarm: { idle: 2 } }, LEARNING]);
    const before = await bench.observe();
    const first = await bench.controller.set([C]);
    const after = await bench.observe();
    const second = await bench.controller.set(first.previous);
    deepEqual((await bench.observe()).kernel, before.kernel);
    deepEqual((await bench.observe()).file, before.file);
    await bench.controller.set(second.previous);
    deepEqual(await bench.observe(), after);
  });

  it('takes the answer of state as it is', async () => {
    await bench.controller.add([A, C, LEARNING]);
    const snapshot = JSON.parse(JSON.stringify(await bench.controller.state({}))) as object;
    const before = await bench.observe();
    equal((await bench.controller.set(snapshot)).changed, false);
    await bench.controller.set([]);
    deepEqual(await groups(), []);
    await bench.controller.set(snapshot);
    deepEqual((await bench.observe()).kernel, before.kernel);
  });

  it('takes no answer for the whole table that has a part of it', async () => {
    const added = await bench.controller.add([A, { ...B, label: 'stage' }, C]);
    const deleted = await bench.controller.del(C);
    const labelled = await bench.controller.set({ label: 'stage', mfc_rules: [{ ...B, oifs: ['out3'] }] });
    const before = await bench.observe();
    for (const answer of [added, deleted]) {
      await rejects(bench.controller.set(answer), (error: MfcError) => {
        equal(error.cause.field, 'changed');
        match(error.message, /is of an answer of mfc add or mfc del, which is no table\. Send msg\.payload\.mfc_rules/);
        return true;
      });
    }
    const again = await bench.controller.set(labelled);
    deepEqual([again.label, again.changed], ['stage', false]);
    deepEqual(await bench.observe(), before);
  });

  it('restores routes that wait, in part or in whole', async () => {
    const waiting = { ...A, iif: 'absent1' };
    const partly = { ...B, oifs: ['out2', 'absent2'] };
    await bench.controller.add([waiting, partly], { allow_absent: true });
    const snapshot = await bench.controller.state({});
    deepEqual(
      snapshot.mfc_rules.map(({ state, allow_absent }) => [state, allow_absent]),
      [
        ['pending', true],
        ['degraded', true],
      ],
    );
    const { previous } = await bench.controller.set([C]);
    for (const table of [snapshot, previous]) {
      await bench.controller.set([C]);
      const { mfc_rules } = await bench.controller.set(table);
      deepEqual(mfc_rules, [
        { ...waiting, allow_absent: true },
        { ...partly, allow_absent: true },
      ]);
    }
    deepEqual(await bench.savedRules(), [waiting, partly]);
  });

  it('leaves a route waiting whose interface has gone since, and changes the others', async () => {
    await bench.controller.add([A, B, { ...C, oifs: ['out3'] }]);
    const snapshot = await bench.controller.state({});
    for (const link of ['out1', 'in2']) bench.kernel.delLink(link);
    const { changed, warnings } = await bench.controller.set(snapshot);
    deepEqual([changed, warnings?.length], [false, 2]);
    const { message, mfc_rules } = await bench.controller.set([A, { ...B, oifs: ['out3'] }, { ...C, oifs: ['out3'] }]);
    equal(message, 'Table set: 2 unchanged, 1 replaced.');
    deepEqual(
      mfc_rules.map(({ allow_absent }) => allow_absent),
      [true, undefined, true],
    );
    await rejects(bench.controller.set([{ ...A, oifs: ['out1', 'out4'] }]), { code: 'ERR_MFC_NO_INTERFACE' });
  });

  it('answers a dry run as steps and as lines, and changes nothing', async () => {
    await bench.controller.add([A, B, { ...C, label: 'old' }]);
    const before = await bench.observe();
    const wanted = [{ ...A, oifs: ['out1', 'out2'] }, { ...C, label: 'new' }, LEARNING];
    const { dry_run, message, plan, lines } = await bench.controller.set({ mfc_rules: wanted, dry_run: true });
    deepEqual([dry_run, message], [true, 'Dry run: Table set: 2 replaced, 1 added, 1 deleted.']);
    deepEqual(plan, [
      { op: 'replace_mfc', source: A.source, group: A.group, parent: 0, ttls: { 1: 1, 2: 1 } },
      { op: 'del_mfc', source: B.source, group: B.group, parent: 0, ttls: { 2: 1 } },
    ]);
    deepEqual(lines, [
      `~ (${A.source}, ${A.group}) in1 → out1 becomes in1 → out1, out2`,
      `~ (${C.source}, ${C.group}) {"label":"old"} becomes {"label":"new"}`,
      `+ (*, ${LEARNING.group}) in2 → out1 {"idle_timeout":60}`,
      `- (${B.source}, ${B.group}) in1 → out2`,
    ]);
    deepEqual(await bench.observe(), before);
  });

  it('with a label leaves the routes of others alone, and gives its label to those that have none', async () => {
    await bench.controller.add([{ ...A, label: 'stage' }, { ...B, label: 'hall' }, C]);
    const { previous, message } = await bench.controller.set({ label: 'stage', mfc_rules: [LEARNING] });
    equal(message, "Routes with the label 'stage' set: 1 added, 1 deleted.");
    deepEqual(previous, { label: 'stage', mfc_rules: [{ ...A, label: 'stage' }] });
    const labels = (await bench.savedRules()).map(({ group, label }) => [group, label]);
    deepEqual(labels, [
      [B.group, 'hall'],
      [C.group, undefined],
      [LEARNING.group, 'stage'],
    ]);
    await bench.controller.set(previous);
    deepEqual(await groups(), [A.group, B.group, C.group]);
  });

  it('with a label leaves the route of another one also where that has its input open', async () => {
    await bench.controller.add({ ...A, iif: 'in+', label: 'hall' });
    const before = await bench.observe();
    await rejects(bench.controller.set({ label: 'stage', mfc_rules: [A] }), /has the label 'hall'/);
    deepEqual(await bench.observe(), before);
  });

  it('has the label of the node for all that come', async () => {
    await bench.controller.add(C);
    await bench.controller.set({ label: 'other', mfc_rules: [A] }, { label: 'stage' });
    deepEqual(
      (await bench.savedRules()).map(({ label }) => label),
      [undefined, 'stage'],
    );
  });

  it('leaves what was learnt to the route that learns', async () => {
    await bench.controller.add([LEARNING]);
    bench.kernel.upcall(4, { kind: 'nocache', source: '10.0.0.7', group: '239.9.1.1', iif: 'in2' });
    await turn();
    const snapshot = await bench.controller.state({});
    deepEqual(
      snapshot.mfc_rules.map(({ learnt }) => learnt),
      [undefined, true],
    );
    const { mfc_rules, changed } = await bench.controller.set(snapshot);
    deepEqual([mfc_rules, changed], [[LEARNING], false]);
    deepEqual(await groups(), [LEARNING.group, '239.9.1.1']);
  });

  it('takes back what was learnt on an interface that is among those where hosts count', async () => {
    await bench.controller.add({ group: '239.9.0.0/16', iif: 'in+', oifs: 'members', members: { among: 'in1, in2' } });
    bench.kernel.upcall(4, { kind: 'nocache', source: '10.0.0.7', group: '239.9.1.1', iif: 'in2' });
    await turn();
    const snapshot = await bench.controller.state({});
    deepEqual(
      snapshot.mfc_rules.map(({ learnt, iif, members }) => [learnt, iif, members?.among]),
      [
        [undefined, 'in+', ['in1', 'in2']],
        [true, 'in2', ['in1', 'in2']],
      ],
    );
    equal((await bench.controller.set(snapshot)).changed, false);
    equal((await bench.controller.add(snapshot.mfc_rules)).changed, false);
  });

  for (const [what, group, wanted] of [
    ['a route', '239.1.1.1', { oifs: 30 }],
    ['a route that learns', '239.1.0.0/16', { oifs: 30 }],
    ['a route, for one that takes what it can', '239.1.1.1', { iif: 'other+', oifs: 1 }],
  ] as const) {
    it(`makes room first where all VIF numbers are taken by ${what}`, async () => {
      const names = Array.from({ length: 31 }, (_, i) => `port${i}`);
      const others = names.map((name) => name.replace('port', 'other'));
      for (const name of [...names, ...others]) bench.kernel.addLink(name);
      const [iif = '', ...oifs] = names;
      const [input = '', ...outputs] = others;
      await bench.controller.set([{ group, iif, oifs }]);
      const other = { group: '239.2.1.1', iif: input, ...wanted, oifs: outputs.slice(0, wanted.oifs) };
      const { warnings, message } = await bench.controller.set([other]);
      deepEqual([message, warnings], ['Table set: 1 deleted, 1 added.', undefined]);
      deepEqual(Object.keys((await bench.controller.state({})).vif_map).sort(), others.sort());
      deepEqual((await bench.savedRules()).length, 1);
    });
  }

  describe('where all VIF numbers are taken', () => {
    const names = (prefix: string): string[] => Array.from({ length: 32 }, (_, i) => `${prefix}${i}`);
    const route = (group: string, [iif, ...oifs]: readonly string[]): object => ({ group, iif, oifs });
    const ports = names('port');
    const others = names('other');
    const before = [route('239.1.1.1', ports), route('239.1.1.2', ports.slice(0, 9))];
    const after = [route('239.1.1.1', others), route('239.1.1.2', others.slice(0, 9))];
    beforeEach(async () => {
      for (const name of [...ports, ...others]) bench.kernel.addLink(name);
      await bench.controller.add(before);
    });

    it('gives streams wholly other interfaces, and gives them back', async () => {
      const { message, previous, plan = [] } = await bench.controller.set(after, { dry_run: true });
      equal(message, 'Dry run: Table set: 2 replaced.');
      equal(plan.filter(({ op }) => op === 'del_vif').length, 32);
      await bench.controller.set(after);
      deepEqual(Object.keys((await bench.controller.state({})).vif_map).sort(), others.toSorted());
      await bench.controller.set(previous);
      deepEqual(Object.keys((await bench.controller.state({})).vif_map).sort(), ports.toSorted());
    });

    it('has everything as it was if the kernel refuses any of it', async () => {
      const there = await bench.observe();
      const { plan = [] } = await bench.controller.set(after, { dry_run: true });
      for (let n = 1; n <= plan.length; n += 7) {
        bench.kernel.failAt(n);
        await rejects(bench.controller.set(after), { code: 'ERR_MFC_SYSCALL' });
        bench.kernel.recover();
        deepEqual(await bench.observe(), there, `step ${n}`);
      }
    });

    it('has every stream as it was if it cannot be saved', async () => {
      const { mfc_rules } = await bench.controller.state({});
      await bench.breakDisk();
      await rejects(bench.controller.set(after), { code: 'ERR_MFC_STORE' });
      await bench.mendDisk();
      deepEqual((await bench.controller.state({})).mfc_rules, mfc_rules);
    });

    it('refuses another input for outputs that all stay, and changes nothing', async () => {
      const there = await bench.observe();
      const [, second] = before;
      const moved = route('239.1.1.1', ['other0', ...ports.slice(1)]);
      await rejects(bench.controller.set([moved]), (error: MfcError) => {
        deepEqual([error.code, error.cause.field], ['ERR_MFC_VIFS_EXHAUSTED', 'payload[0].iif']);
        match(error.message, /delete \(\*, 239\.1\.1\.1\) first, in a message of its own, and send this again/);
        return true;
      });
      deepEqual(await bench.observe(), there);
      await bench.controller.set([]);
      await bench.controller.set([moved]);
      await rejects(bench.controller.add(second ?? {}), /Delete the routes of an interface that is no longer needed/);
    });
  });

  for (const [what, payload, field, message] of [
    ['a route alone', A, 'payload', /is not a table\. Send an array of all routes/],
    ['a text', 'all', 'payload', /is not a table/],
    ['nothing', undefined, 'payload', /is not a table/],
    [
      'what cannot be read',
      {
        get mfc_rules() {
          throw new Error('no');
        },
      },
      'payload',
      /cannot be read: no/,
    ],
    ['routes that are no array', { mfc_rules: A }, 'mfc_rules', /must be array/],
    ['a key of no table', { mfc_rules: [], routes: [] }, 'routes', /is not a field here/],
    ['a bad route', { mfc_rules: [A, { ...B, group: '10.0.0.1' }] }, 'mfc_rules[1].group', /mfc_rules\[1\]\.group/],
    ['a bad route in an array', [A, { ...B, group: '10.0.0.1' }], 'payload[1].group', /payload\[1\]\.group/],
    ['a stream twice', [A, { ...A, oifs: ['out2'] }], 'payload[1].group', /is in the message twice/],
    ['another label', { label: 'stage', mfc_rules: [{ ...B, label: 'x' }] }, 'mfc_rules[0].label', /is not 'stage'/],
    ['a route to merge', [{ ...B, mode: 'merge' }], 'payload[0].mode', /is for mfc add.*Leave it out/],
    ['a label that is no text', { label: 7, mfc_rules: [] }, 'label', /must be string/],
    ['an interface that is not there', [{ ...B, oifs: ['eth99'] }], 'payload[0].oifs', /'eth99' not found/],
    [
      "another label's route",
      { label: 'hall', mfc_rules: [{ ...A, oifs: ['out2'] }] },
      'mfc_rules[0].group',
      /is in use: \(10\.0\.0\.1, 239\.1\.1\.1\) has the label 'stage'\. Delete that route first/,
    ],
  ] as const) {
    it(`refuses ${what}, names the field, and changes nothing`, async () => {
      await bench.controller.add({ ...A, label: 'stage' });
      const before = await bench.observe();
      await rejects(bench.controller.set(payload), (error: MfcError) => {
        equal(error instanceof MfcError, true);
        equal(error.cause.field, field);
        match(error.message, message);
        return true;
      });
      deepEqual(await bench.observe(), before);
    });
  }
});

describe('controller: merge', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  const merge = (message: object) => bench.controller.add({ ...message, mode: 'merge' });
  const { iif: _, ...STREAM } = A;

  it('adds outputs to the route that is there, and leaves the rest of it', async () => {
    await bench.controller.add({ ...A, label: 'stage', alarm: { idle: 2 } });
    const { message, mfc_rules } = await merge({ ...STREAM, oifs: ['out2', { name: 'out1', threshold: 8 }] });
    match(message, /replaced/);
    const oifs = ['out2', { name: 'out1', threshold: 8 }];
    deepEqual(mfc_rules, [{ ...A, oifs, label: 'stage', alarm: { idle: 2 } }]);
    deepEqual(await bench.savedRules(), mfc_rules);
  });

  it('adds outputs also where an answer had the route as reserved', async () => {
    await bench.controller.add(A);
    const { mfc_rules } = await merge({ ...A, oifs: ['out2'], reserved: true });
    deepEqual(mfc_rules, [{ ...A, oifs: ['out1', 'out2'] }]);
  });

  it('adds a route that is not there', async () => {
    deepEqual((await merge(A)).mfc_rules, [A]);
  });

  it('changes nothing where the outputs are there', async () => {
    await bench.controller.add({ ...C, label: 'stage' });
    deepEqual((await merge({ ...C, oifs: ['out3'] })).changed, false);
  });

  it('adds up within one message', async () => {
    const { mfc_rules } = await bench.controller.add(
      ['out1', 'out2', 'out3'].map((oifs) => ({ ...A, oifs, mode: 'merge' })),
    );
    deepEqual(mfc_rules.at(-1)?.oifs, ['out1', 'out2', 'out3']);
  });

  it('opens a stop filter', async () => {
    await bench.controller.add({ ...A, oifs: [], stop_filter: true });
    deepEqual((await merge(A)).mfc_rules, [A]);
  });

  it('merges into a route that learns, and keeps how it does', async () => {
    await bench.controller.add({ ...LEARNING, exclude: ['239.9.7.0/24'], idle_timeout: 30 });
    const { mfc_rules } = await merge({ group: LEARNING.group, oifs: 'out2' });
    const expected = { ...LEARNING, oifs: ['out1', 'out2'], exclude: ['239.9.7.0/24'], idle_timeout: 30 };
    deepEqual(mfc_rules, [expected]);
  });

  it('leaves a route waiting for what it waits for, but takes no new name that is not there', async () => {
    await bench.controller.add({ ...A, oifs: ['out1', 'absent'], allow_absent: true });
    await rejects(merge({ ...STREAM, oifs: ['eth99'] }), { code: 'ERR_MFC_NO_INTERFACE' });
    const { mfc_rules } = await merge({ ...STREAM, oifs: ['out2'] });
    deepEqual(mfc_rules, [{ ...A, oifs: ['out1', 'absent', 'out2'], allow_absent: true }]);
  });

  it('keeps the end of a route, or gives it another', async () => {
    await bench.controller.add({ ...A, expires_in: 1_000 });
    const [kept] = (await merge({ ...STREAM, oifs: ['out2'] })).mfc_rules;
    const isLeft = (seconds = 0, of: number) => seconds > of - 60 && seconds <= of;
    ok(isLeft(kept?.expires_in, 1_000));
    const [renewed] = (await merge({ ...STREAM, oifs: ['out2'], expires_in: 2_000 })).mfc_rules;
    ok(isLeft(renewed?.expires_in, 2_000));
  });

  for (const [what, there, message, field] of [
    ['another input', A, { ...A, iif: 'in2' }, 'iif'],
    ['its input as an output', A, { ...STREAM, oifs: 'in1' }, 'oifs'],
    ['outputs that hosts open into those that are named', A, { ...STREAM, oifs: 'members' }, 'oifs'],
    ['outputs into those that hosts open', { ...A, oifs: 'members' }, STREAM, 'oifs'],
    ['no outputs', A, { ...STREAM, oifs: [], stop_filter: true }, 'stop_filter'],
  ] as const) {
    it(`refuses ${what}, and changes nothing`, async () => {
      await bench.controller.add(there);
      const before = await bench.observe();
      await rejects(merge(message), (error: MfcError) => {
        deepEqual([error.code, error.cause.field], ['ERR_MFC_INVALID', field]);
        return true;
      });
      deepEqual(await bench.observe(), before);
    });
  }
});
