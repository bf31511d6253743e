/**
 * What a node's own fields and the message's have to do with each other, and what comes out.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { ChangeAnswer, StateAnswer } from '../../src/controller/answers';
import { Lab } from '../lab/lab';
import { GOOD, GOOD_IPV6, PRESENT } from './bad-message';
import { controller, flow, node } from './flows';
import { NodeRed } from './node-red';

const FULL = {
  source: '10.1.1.7',
  group: '239.1.1.7',
  iif: 'eth1',
  oifs: 'eth2, eth3',
  threshold: '16',
  label: 'Hall',
};
const FULL_RULE = {
  source: '10.1.1.7',
  group: '239.1.1.7',
  iif: 'eth1',
  oifs: [
    { name: 'eth2', threshold: 16 },
    { name: 'eth3', threshold: 16 },
  ],
  label: 'Hall',
};
const BLANK = { source: '', group: '', iif: '', oifs: '', threshold: '', label: '', dryRun: false };
/** As the form saves what is under Options. */
const LEARNS = {
  ...BLANK,
  group: '239.2.0.0/24',
  oifs: 'eth2, eth3',
  join: true,
  alarmIdle: '0.5',
  expiresIn: '3600',
  exclude: '239.2.0.128/25, 10.1.1.99',
  idleTimeout: '5',
};
const LEARNS_RULE = {
  source: '*',
  group: '239.2.0.0/24',
  iif: '*',
  oifs: ['eth2', 'eth3'],
  join: true,
  alarm: { idle: 0.5 },
  exclude: ['239.2.0.128/25', '10.1.1.99'],
  idle_timeout: 5,
};
const MEMBERS = {
  ...BLANK,
  group: '239.2.1.1',
  iif: 'eth1',
  members: true,
  membersAmong: 'eth2',
  membersTimeout: '60',
};
const MEMBERS_RULE = {
  source: '*',
  group: '239.2.1.1',
  iif: 'eth1',
  oifs: [],
  members: { among: ['eth2'], timeout: 60 },
};

const FLOW = flow(
  controller('routes', { table: '' }),
  node('blank', 'mfc add', BLANK),
  node('full', 'mfc add', { ...FULL, dryRun: false }),
  node('half', 'mfc add', { ...BLANK, iif: 'eth1', oifs: ' eth3 ' }),
  node('learns', 'mfc add', LEARNS),
  node('members', 'mfc add', MEMBERS),
  node('dry', 'mfc add', { ...BLANK, dryRun: true }),
  node('bad', 'mfc add', { ...BLANK, threshold: 'many' }),
  node('del', 'mfc del', { source: '', group: '', iif: '', oifs: '', dryRun: false }),
  node('del-full', 'mfc del', { source: FULL.source, group: FULL.group, oifs: 'eth3' }),
  node('del-dry', 'mfc del', { dryRun: true }),
  node('state', 'mfc state', { source: '', group: '', iif: '', output: 'object' }),
  node('text', 'mfc state', { output: 'table' }),
  node('state-eth2', 'mfc state', { iif: 'eth2' }),
);

describe('fields of nodes and messages', () => {
  let lab: Lab;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3');
  });
  after(() => lab.close());

  beforeEach(async () => {
    red = await NodeRed.start(FLOW);
  });
  afterEach(() => red.close());

  async function change(id: string, payload: unknown, properties: object = {}): Promise<ChangeAnswer> {
    return (await red.send(id, payload, properties)).answer.payload as ChangeAnswer;
  }

  async function state(id: string, payload: unknown): Promise<StateAnswer> {
    return (await red.send(id, payload)).answer.payload as StateAnswer;
  }

  async function kernelRoutes(): Promise<unknown[]> {
    return JSON.parse(await lab.ip('-j', 'mroute', 'show'));
  }

  it('a node with nothing set takes all from the message', async () => {
    deepEqual(await change('blank', { ...FULL, threshold: 16 }), {
      status: 'success',
      message: 'MFC entry for (10.1.1.7, 239.1.1.7) added.',
      changed: true,
      mfc_rules: [FULL_RULE],
    });
  });

  for (const payload of [1700000000000, '', 'on', true, null, undefined, {}, Buffer.from('x')]) {
    it(`a node with all set needs nothing of the message: ${JSON.stringify(payload)}`, async () => {
      deepEqual((await change('full', payload)).mfc_rules, [FULL_RULE]);
    });
  }

  it('a field of the node wins over the message', async () => {
    const answer = await change('full', { ...GOOD, oifs: ['eth99'], threshold: 3, label: 'Other' });
    deepEqual(answer.mfc_rules, [FULL_RULE]);
  });

  it('fields that the node leaves blank come from the message', async () => {
    const answer = await change('half', { source: '10.1.1.6', group: '239.1.1.2', oifs: ['eth2'] });
    deepEqual(answer.mfc_rules, [{ source: '10.1.1.6', group: '239.1.1.2', iif: 'eth1', oifs: ['eth3'] }]);
  });

  it('the fields of a node hold for each route of an array', async () => {
    const answer = await change('half', [{ group: '239.1.1.2' }, { group: '239.1.1.3', iif: 'eth2' }]);
    deepEqual(
      answer.mfc_rules.map(({ source, iif, oifs }) => ({ source, iif, oifs })),
      Array(2).fill({ source: '*', iif: 'eth1', oifs: ['eth3'] }),
    );
  });

  it('a node has all options of a route', async () => {
    for (const payload of [0, { iif: 'eth1' }]) {
      const [rule] = (await change('learns', payload)).mfc_rules;
      const { expires_in = 0, ...rest } = rule ?? {};
      deepEqual(rest, { ...LEARNS_RULE, iif: payload === 0 ? '*' : 'eth1' });
      ok(expires_in > 3000 && expires_in <= 3600, `${expires_in}`);
    }
  });

  it('a node has outputs that hosts open, whatever the message names', async () => {
    deepEqual((await change('members', 0)).mfc_rules, [MEMBERS_RULE]);
    const answer = await change('members', { oifs: ['eth3'], members: { among: ['eth3'] } });
    deepEqual([answer.changed, answer.mfc_rules], [false, [MEMBERS_RULE]]);
  });

  it('a field of the node that makes no sense fails each message, with its name', async () => {
    const { failure } = await red.send('bad', GOOD);
    deepEqual([failure.code, failure.cause.field], ['ERR_MFC_INVALID', 'threshold']);
  });

  it('half a node needs a message that is an object', async () => {
    const { failure } = await red.send('half', 1700000000000);
    deepEqual([failure.code, failure.cause.field], ['ERR_MFC_INVALID', 'payload']);
  });

  it('mfc del deletes the outputs that the node names', async () => {
    await change('full', 0);
    const answer = await change('del-full', Date.now());
    deepEqual(answer.mfc_rules, [{ ...FULL_RULE, oifs: [{ name: 'eth2', threshold: 16 }] }]);
    equal(answer.message, 'MFC entry for (10.1.1.7, 239.1.1.7) replaced.');
  });

  for (const [title, id, dry_run] of [
    ['set in the node', 'dry', undefined],
    ['asked for by the message', 'blank', true],
  ] as const) {
    it(`a dry run ${title} changes nothing and answers the plan`, async () => {
      const answer = await change(id, { ...GOOD, dry_run });
      deepEqual(answer, {
        status: 'success',
        message: 'Dry run: MFC entry for (10.1.1.6, 239.1.1.2) added.',
        changed: true,
        mfc_rules: [GOOD],
        dry_run: true,
        plan: [
          { op: 'add_vif', vifi: 0, interface: 'eth1' },
          { op: 'add_vif', vifi: 1, interface: 'eth2' },
          { op: 'add_mfc', source: GOOD.source, group: GOOD.group, parent: 0, ttls: { 1: 1 } },
        ],
        lines: [`+ (${GOOD.source}, ${GOOD.group}) eth1 → eth2`],
      });
      deepEqual([await kernelRoutes(), red.saved()], [[], '']);
      deepEqual(await state('state', {}), {
        status: 'success',
        vif_map: {},
        vif6_map: {},
        mfc_rules: [],
        unrouted: [],
      });
    });
  }

  it('a dry run of a deletion deletes nothing', async () => {
    await change('blank', GOOD);
    const before = [await kernelRoutes(), red.saved()];
    const answer = await change('del-dry', { source: GOOD.source, group: GOOD.group });
    equal(answer.message, 'Dry run: MFC entry for (10.1.1.6, 239.1.1.2) deleted.');
    deepEqual(
      answer.plan?.map(({ op }) => op),
      ['del_mfc', 'del_vif', 'del_vif'],
    );
    deepEqual([await kernelRoutes(), red.saved()], before);
  });

  it('a dry run fails as the real one would', async () => {
    const { failure } = await red.send('dry', { ...GOOD, iif: 'eth99' });
    equal(failure.code, 'ERR_MFC_NO_INTERFACE');
  });

  it('other properties of the message stay, in answers and failures', async () => {
    const properties = { topic: 'hall', foo: { bar: [1] } };
    const { id, answer } = await red.send('blank', GOOD, properties);
    const { payload: _, ...rest } = answer;
    deepEqual(rest, { _msgid: id, ...properties });
    const failed = await red.send('blank', { ...GOOD, iif: 'eth99' }, properties);
    const { error: __, ...caught } = failed.caught[0] ?? { error: undefined };
    deepEqual(caught, { _msgid: failed.id, ...properties, payload: { ...GOOD, iif: 'eth99' } });
  });

  it('mfc state answers what is asked for, by message or node', async () => {
    await change('blank', [PRESENT, GOOD, { ...GOOD_IPV6, iif: 'eth2', oifs: 'eth1' }, { ...GOOD, source: '*' }]);
    const groups = async (id: string, payload: unknown) =>
      (await state(id, payload)).mfc_rules.map(({ source, group }) => `${source} ${group}`);
    const all = ['10.1.1.5 239.1.1.1', '10.1.1.6 239.1.1.2', 'fd00::6 ff3e::2', '* 239.1.1.2'];
    for (const any of [{}, undefined, 5, 'x', [GOOD]]) deepEqual(await groups('state', any), all);
    deepEqual(await groups('state', { group: '239.1.1.2' }), [all[1], all[3]]);
    deepEqual(await groups('state', { group: '239.1.1.2', source: '*' }), [all[3]]);
    deepEqual(await groups('state', { group: 'FF3E:0::2' }), [all[2]]);
    deepEqual(await groups('state', { iif: 'eth3' }), []);
    deepEqual(await groups('state-eth2', { iif: 'eth1' }), [all[2]]);
    const { failure } = await red.send('state', { group: '10.1.1.1' });
    deepEqual([failure.code, failure.cause.field], ['ERR_MFC_INVALID', 'group']);
  });

  it('mfc state counts the users of a VIF and knows its interface', async () => {
    await change('blank', [PRESENT, GOOD]);
    const { vif_map } = await state('state', {});
    deepEqual(
      Object.entries(vif_map).map(([name, { vifi, ref_count }]) => [name, vifi, ref_count]),
      [
        ['eth1', 0, 2],
        ['eth2', 1, 2],
        ['eth3', 2, 1],
      ],
    );
  });

  it('interfaces may have the names of what every object has', async () => {
    const [iif, oif] = ['constructor', '__proto__'] as const;
    // Not as links of the lab: os.networkInterfaces() of Node.js fails on such names.
    await lab.ip('link', 'add', iif, 'type', 'veth', 'peer', 'name', oif);
    const rule = { ...GOOD, iif, oifs: [oif] };
    deepEqual((await change('blank', rule)).mfc_rules, [rule]);
    const { vif_map, mfc_rules } = await state('state', { iif });
    deepEqual([Object.keys(vif_map), mfc_rules.length], [[iif, oif], 1]);
    match(String(await state('text', {})), /^1 +__proto__ /m);
    await lab.ip('link', 'delete', iif);
  });

  it('mfc state as text has the tables of the CLI', async () => {
    match(String(await state('text', {})), /No VIFs configured\.[\s\S]*No MFC rules installed\.\n$/);
    await change('blank', PRESENT);
    const text = String(await state('text', 1));
    match(text, /^Virtual Interface Table \(VIFs\)\nVIF +Interface +Index +Ref Count/);
    match(text, /^0 +eth1 +\d+ +1 /m);
    match(text, /^10\.1\.1\.5 +239\.1\.1\.1 +eth1 +eth2, eth3 +active +0 +0 +0$/m);
  });

  it('take rules from an answer back as they are', async () => {
    const other = { ...GOOD, group: '239.1.1.3', label: 'Hall', oifs: [{ name: 'eth2', threshold: 7 }, 'eth3'] };
    const stop = { group: '239.1.1.4', iif: 'eth1', oifs: [], stop_filter: true };
    await red.send('blank', [GOOD, GOOD_IPV6, other, stop, LEARNS_RULE, MEMBERS_RULE]);
    const { mfc_rules } = await red.state();
    equal(mfc_rules.length, 6);
    equal(((await red.send('blank', mfc_rules)).answer.payload as ChangeAnswer).changed, false);
    equal(((await red.send('del', mfc_rules)).answer.payload as ChangeAnswer).mfc_rules.length, 6);
    deepEqual((await red.state()).mfc_rules, []);
  });
});
