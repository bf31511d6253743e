// What deploys do to streams: nothing is lost where the controller stays, and nothing stays in the kernel where it goes.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { edited, FLOW, type FlowItem, moved, without } from './flows';
import { Ground } from './ground';

const TIMES = 20;
const EVERY_USER = ['add', 'del', 'state', 'spare'];

/** Flows to deploy, by the number of the time. What it leads back to in the end is FLOW. */
type Change = (i: number, isEven: boolean) => FlowItem[];

const renamed =
  (id: string): Change =>
  (i) =>
    edited(id, { name: `No. ${i}` });

/** That kind of deploy, by title: its type and the flows. */
const KINDS: Record<string, ['full' | 'flows' | 'nodes' | 'reload', Change]> = {
  'all flows': ['full', () => [...FLOW]],
  'a changed flow': ['flows', renamed('add')],
  'a changed node': ['nodes', renamed('add')],
  'changed nodes, all that use the controller': [
    'nodes',
    (i) => FLOW.map((item) => (EVERY_USER.includes(item.id) ? { ...item, name: `No. ${i}` } : item)),
  ],
  "the controller's name": ['nodes', renamed('routes')],
  "the controller's name, with all flows": ['full', renamed('routes')],
  'nodes elsewhere in their tab': ['full', (i) => edited('add', { x: 100 + i, y: 200 })],
  'a node in another tab': ['nodes', (_, isEven) => edited('spare', { z: isEven ? 'first' : 'second' })],
  'all nodes of a deleted tab in a new one': [
    'nodes',
    (_, isEven) => (isEven ? moved('first', 'third') : [...FLOW]).filter(({ id }) => id !== 'spare'),
  ],
  'the controller in a tab of its users': ['nodes', (_, isEven) => edited('routes', isEven ? { z: 'second' } : {})],
  'a node less, a node more': ['nodes', (_, isEven) => (isEven ? without('spare') : [...FLOW])],
  'a node less, a node more, with all flows': ['full', (_, isEven) => (isEven ? without('spare') : [...FLOW])],
  'a tab with some users disabled and enabled': ['nodes', (_, isEven) => edited('second', { disabled: isEven })],
  'a node disabled and enabled': ['nodes', (_, isEven) => edited('spare', { d: isEven })],
  'a second controller with the same table': [
    'full',
    (_, isEven) =>
      isEven
        ? [
            { id: 'thief', type: 'mfc-controller', table: '' },
            { id: 'hand', type: 'mfc add', z: 'first', controller: 'thief', wires: [] },
            ...FLOW,
          ]
        : [...FLOW],
  ],
  'the option to keep forwarding': ['full', (_, isEven) => edited('routes', { keepForwarding: isEven })],
  'flows restarted': ['reload', () => [...FLOW]],
};

describe('streams over deploys', function deploys() {
  this.timeout(600_000);
  let ground: Ground;

  before(async () => {
    ground = await Ground.open(FLOW);
  });
  after(() => ground.close());

  for (const [title, [type, change]] of Object.entries(KINDS)) {
    it(`${title}, ${TIMES} times: nothing is lost, nothing doubled`, async () => {
      await ground.keepsFlowing(async (flows) => {
        for (let i = 1; i <= TIMES; i++) {
          await ground.red.deploy(change(i, i % 2 === 0), type);
          await flows();
        }
      });
      await ground.red.deploy(FLOW, 'nodes');
    });
  }

  it(`flows stopped and started, ${TIMES} times: nothing is lost, nothing doubled`, async () => {
    await ground.keepsFlowing(async () => {
      for (let i = 0; i < TIMES; i++) {
        await ground.red.setState('stop');
        await ground.red.setState('start');
      }
    });
  });

  it(`flows that wait for an unknown type, ${TIMES} times: nothing is lost, nothing doubled`, async () => {
    await ground.keepsFlowing(async () => {
      for (let i = 0; i < TIMES; i++) {
        await ground.red.deploy([...FLOW, { id: 'unknown', type: 'nobody knows', z: 'first', wires: [] }]);
        await ground.red.deploy(FLOW);
      }
    });
  });

  it('a table that is no number: the routes end, and come back', async () => {
    const group = ground.group();
    await ground.add(group);
    await ground.red.deploy(edited('routes', { table: 'x' }), 'nodes');
    await ground.untilFree();
    await ground.red.deploy(FLOW, 'nodes');
    await ground.state();
    equal((await ground.groups()).includes(group), true);
  });

  it('another table: the routes go there, and come back', async () => {
    const group = ground.group();
    await ground.add(group);
    await ground.red.deploy(edited('routes', { table: '100' }), 'nodes');
    await ground.state();
    equal((await ground.groups('100')).includes(group), true);
    deepEqual(await ground.groups(), []);
    await ground.red.deploy(FLOW, 'nodes');
    await ground.state();
    equal((await ground.groups()).includes(group), true);
    deepEqual(await ground.groups('100'), []);
  });
});

describe('streams end with their controller', () => {
  let ground: Ground;

  before(async () => {
    ground = await Ground.open(FLOW); // the grace time is longer than anything is waited for here
  });
  after(() => ground.close());

  beforeEach(async () => {
    await ground.red.deploy(FLOW);
    await ground.add('239.10.50.1');
    deepEqual(await ground.groups(), ['239.10.50.1']);
  });

  const disabled = (...ids: string[]) =>
    FLOW.map((item) => (ids.includes(item.id) ? { ...item, [item.type === 'tab' ? 'disabled' : 'd']: true } : item));
  const endings: Record<string, FlowItem[]> = {
    'the controller is deleted': without('routes'),
    'the controller is disabled': disabled('routes'),
    'all its users are deleted': without(...EVERY_USER),
    'all its users are disabled': disabled(...EVERY_USER),
    'all flows are disabled': disabled('first', 'second'),
    'all flows are deleted': FLOW.filter(({ id }) => id === 'routes'),
    'everything is deleted': [],
  };
  for (const [title, flow] of Object.entries(endings)) {
    for (const type of ['nodes', 'flows', 'full'] as const) {
      it(`when ${title} (${type})`, async () => {
        await ground.red.deploy(flow, type);
        await ground.untilFree();
      });
    }
  }

  it('when another controller is there in its place: that has the table, with its own routes', async () => {
    const flow = FLOW.map((item) => {
      if (item.id === 'routes') return { ...item, id: 'heir' };
      return 'controller' in item ? { ...item, controller: 'heir' } : item;
    });
    await ground.red.deploy(flow, 'full');
    deepEqual((await ground.state()).mfc_rules, []);
    deepEqual(await ground.groups(), []);
    await ground.add('239.10.50.2');
    deepEqual(await ground.groups(), ['239.10.50.2']);
    match(ground.red.log, /Started flows/);
  });
});

describe('streams end after the grace time, and not before', () => {
  const GRACE = 1;
  let ground: Ground;

  before(async () => {
    ground = await Ground.open(FLOW, { settings: { mfcControllerGrace: GRACE } });
  });
  after(() => ground.close());

  beforeEach(async () => {
    await ground.red.deploy(FLOW);
    await ground.add('239.10.50.1');
    deepEqual(await ground.groups(), ['239.10.50.1']);
  });

  /** Measured from before the flows stop: a stall makes it only longer. */
  async function endsAfterGrace(stop: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await stop();
    await ground.untilFree();
    const seconds = (performance.now() - start) / 1_000;
    ok(seconds >= GRACE, `${seconds} s`);
  }

  it('when flows do not start again', () =>
    endsAfterGrace(() => ground.red.deploy([...FLOW, { id: 'unknown', type: 'nobody knows', z: 'first', wires: [] }])));

  it('when flows are stopped, and come back with the start', async () => {
    await endsAfterGrace(() => ground.red.setState('stop'));
    await ground.red.setState('start');
    await ground.state();
    deepEqual(await ground.groups(), ['239.10.50.1']);
  });
});
