/**
 * Guard rails and whole tables through the nodes: what a Catch node gets, and what a deploy with other rails does to streams.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { SetAnswer } from '../../src/controller/answers';
import { Lab } from '../lab/lab';
import { controller, type FlowItem, flow, node } from './flows';
import { NodeRed } from './node-red';

const HOUSE = { source: '*', group: '239.7.7.7', iif: 'eth1', oifs: ['eth3'] };
const GOOD = { source: '*', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2'] };

function withRails(rails: object): FlowItem[] {
  return flow(
    controller('routes', rails),
    node('add', 'mfc add'),
    node('merging', 'mfc add', { mode: 'merge' }),
    node('set', 'mfc set'),
    node('set-stage', 'mfc set', { label: 'stage' }),
    node('set-dry', 'mfc set', { dryRun: true }),
    node('state', 'mfc state'),
  );
}

describe('guard rails and whole tables', () => {
  let lab: Lab;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3');
  });
  after(() => lab.close());
  afterEach(() => red.close());

  it('a Catch node gets the rule, the field, the value and what to do', async () => {
    red = await NodeRed.start(withRails({ allowedGroups: '239.1.0.0/16' }));
    const { failure } = await red.send('add', [GOOD, { ...GOOD, group: '239.2.1.1' }]);
    equal(failure.code, 'ERR_MFC_DENIED');
    const hint = 'Use one that is, or allow it in the controller.';
    deepEqual(failure.cause, { rule: 'allowedGroups', field: 'payload[1].group', value: '239.2.1.1', hint });
    equal(failure.message, `Denied by allowedGroups: Group 239.2.1.1 is not allowed here. ${hint}`);
    equal(red.saved(), '');
  });

  it('a deploy with other rails keeps the routes, and gives the reserved ones', async () => {
    red = await NodeRed.start(withRails({}));
    await red.send('add', GOOD);
    await red.deploy(withRails({ allowedGroups: '239.9.0.0/16', reservedRoutes: JSON.stringify([HOUSE]) }));
    const { failure } = await red.send('add', { ...GOOD, oifs: ['eth3'] });
    equal(failure.cause.rule, 'allowedGroups');
    const { mfc_rules } = (await red.send('state', {})).answer.payload as {
      mfc_rules: { group: string; reserved?: true }[];
    };
    deepEqual(
      mfc_rules.map(({ group, reserved }) => [group, reserved]),
      [
        [GOOD.group, undefined],
        [HOUSE.group, true],
      ],
    );
  });

  it('rails that cannot be read keep the controller closed, and the message says why', async () => {
    red = await NodeRed.start(withRails({ allowedGroups: '239.1.0.0/99' }));
    await red.untilStatus('add', 'red ring closed: bad setting');
    const { failure } = await red.send('add', GOOD);
    deepEqual([failure.code, failure.cause.field], ['ERR_MFC_INVALID', 'allowedGroups']);
    match(failure.message, /Write it as/);
  });

  it('a node merges, sets the whole table, the whole of its label, or only says what it would do', async () => {
    red = await NodeRed.start(withRails({}));
    const send = async (id: string, payload: unknown): Promise<SetAnswer> =>
      (await red.send(id, payload)).answer.payload as SetAnswer;
    await send('add', GOOD);
    deepEqual((await send('merging', { ...GOOD, oifs: ['eth3'] })).mfc_rules[0]?.oifs, ['eth2', 'eth3']);
    await send('set-stage', [HOUSE]);
    const { lines } = await send('set-dry', []);
    deepEqual(lines, ['- (*, 239.1.1.1) eth1 → eth2, eth3', '- (*, 239.7.7.7) eth1 → eth3']);
    const { previous, message } = await send('set', []);
    equal(message, 'Table set: 2 deleted.');
    deepEqual((await send('set', previous)).mfc_rules, previous.mfc_rules);
    equal(JSON.parse(red.saved()).mfc_rules.length, 2);
  });
});
