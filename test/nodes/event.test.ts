/**
 * `mfc event` in a real Node-RED on the real kernel: which messages come, in which order, and what deploys do to them.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { Lab, until } from '../lab/lab';
import { GOOD, PRESENT } from './bad-message';
import { controller, type FlowItem, flow, node } from './flows';
import { NodeRed } from './node-red';
import { WorkMeter } from './work-meter';

const EAR: FlowItem = { id: 'first ear', type: 'ear', z: 'tab', wires: [] };

/** One node of each type; the events of one go to the ear. */
function withEvents(properties: object = {}, ...more: FlowItem[]): FlowItem[] {
  return flow(
    controller(),
    node('add', 'mfc add'),
    node('del', 'mfc del'),
    node('state', 'mfc state'),
    node('events', 'mfc event', { wires: [['first ear']], ...properties }),
    EAR,
    ...more,
  );
}

const ROUTES_ONLY = { events: ['route_added', 'route_changed', 'route_removed', 'route_pending', 'route_active'] };

describe('mfc event', () => {
  let lab: Lab;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3');
  });
  after(() => lab.close());
  afterEach(() => red.close());

  const topics = (): unknown[] => red.heard.map(({ topic }) => topic);
  const groups = (): unknown[] =>
    red.heard.map(({ topic, payload }) => `${topic} ${(payload as { group?: string }).group}`);
  const untilHeard = (count: number): Promise<unknown> =>
    until(
      () => red.heard.length >= count,
      () => `${count} should be heard, not ${topics().join()}`,
    );

  it('tells of the controller, of routes, and of interfaces', async () => {
    red = await NodeRed.start(withEvents());
    await red.add([PRESENT]);
    await lab.ip('link', 'set', 'eth2', 'down');
    await lab.ip('link', 'set', 'eth2', 'up');
    await untilHeard(4); // it has its carrier a moment later
    await red.send('del', { source: PRESENT.source, group: PRESENT.group });
    await untilHeard(5);
    deepEqual(topics(), ['controller_open', 'route_added', 'interface_down', 'interface_up', 'route_removed']);
    const { payload } = red.heard[1] ?? {};
    const { event, time, ...rule } = payload as { event: string; time: string };
    equal(event, 'route_added');
    ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
    deepEqual(rule, { ...PRESENT, state: 'active' });
    await red.untilStatus('events', 'green dot open · 0 routes');
  });

  it('is all that a controller needs to open', async () => {
    red = await NodeRed.start(flow(controller(), node('events', 'mfc event', { wires: [['first ear']] }), EAR));
    await untilHeard(1);
    deepEqual(topics(), ['controller_open']);
    await red.untilStatus('events', 'green dot open · 0 routes');
  });

  it('sends the kinds and streams that it is set to', async () => {
    red = await NodeRed.start(withEvents({ events: ['route_removed'], group: '239.1.1.0/24', interface: 'eth+' }));
    await red.add([PRESENT, { ...GOOD, group: '239.1.2.1' }]);
    await red.send('del', [
      { source: GOOD.source, group: '239.1.2.1' },
      { source: PRESENT.source, group: PRESENT.group },
    ]);
    await untilHeard(1);
    deepEqual(groups(), [`route_removed ${PRESENT.group}`]);
  });

  for (const [field, value] of Object.entries({
    group: '10.1.1.1',
    source: '10.0.0.1/8',
    interface: 'a b',
    events: ['route_lost'],
  })) {
    it(`with a bad ${field} says so, and the others work on`, async () => {
      red = await NodeRed.start(withEvents({ [field]: value }));
      await red.untilStatus('events', 'red ring bad filter');
      const errors = red.logged('error');
      equal(errors.length, 1);
      match(errors.join(), new RegExp(`Invalid argument: ${field}`));
      await red.add([PRESENT]);
      await red.untilStatus('add', 'green dot open · 1 route');
      equal(red.status('events'), 'red ring bad filter');
      deepEqual(red.heard, []);
    });
  }

  it('without a controller says so', async () => {
    red = await NodeRed.start(withEvents({ controller: 'nowhere' }));
    await red.untilStatus('events', 'red ring closed: no controller');
  });

  it('gives each message to who may change it', async () => {
    const second = node('second', 'mfc event', { wires: [['first ear']], ...ROUTES_ONLY });
    red = await NodeRed.start(
      withEvents({ ...ROUTES_ONLY, wires: [['first ear', 'second ear']] }, second, { ...EAR, id: 'second ear' }),
    );
    await red.add([{ ...PRESENT, oifs: [{ name: 'eth2', threshold: 5 }] }]);
    await untilHeard(3);
    const outputs = new Set(red.heard.map(({ payload }) => (payload as { oifs: object[] }).oifs[0]));
    equal(outputs.size, 3);
    for (const output of outputs) Object.assign(output ?? {}, { name: 'changed' });
    deepEqual((await red.state()).mfc_rules[0]?.oifs, [{ name: 'eth2', threshold: 5 }]);
  });

  it('misses nothing in a deploy, and tells nothing twice', async () => {
    red = await NodeRed.start(withEvents(ROUTES_ONLY));
    await red.add([PRESENT]);
    const deployed = red.deploy(withEvents({ ...ROUTES_ONLY, name: 'Other' }));
    const added = red.add([GOOD]); // before, in or after the deploy
    await Promise.all([deployed, added]);
    await red.send('del', { source: PRESENT.source, group: PRESENT.group });
    await untilHeard(3);
    deepEqual(groups(), [
      `route_added ${PRESENT.group}`,
      `route_added ${GOOD.group}`,
      `route_removed ${PRESENT.group}`,
    ]);
  });

  it('tells of routes that end while all flows are deployed', async () => {
    red = await NodeRed.start(withEvents(ROUTES_ONLY));
    await red.add([{ ...PRESENT, expires_in: 0.2 }]);
    await red.deploy(withEvents(ROUTES_ONLY), 'full');
    await untilHeard(2);
    deepEqual(topics(), ['route_added', 'route_removed']);
  });

  it('tells at a start which saved routes are there', async () => {
    red = await NodeRed.start(withEvents());
    await red.add([PRESENT]);
    await red.unload();
    red.heard.length = 0;
    await red.load(withEvents());
    await untilHeard(2);
    deepEqual(topics(), ['route_active', 'controller_open']);
  });

  it('sends the events of ten thousand routes in order, without holding the event loop', async () => {
    const COUNT = 10_000;
    const rules = Array.from({ length: COUNT }, (_, i) => ({ ...PRESENT, group: `239.2.${i >> 8}.${i & 255}` }));
    red = await NodeRed.start(withEvents(ROUTES_ONLY));
    await red.add(rules); // warm
    await untilHeard(COUNT);
    red.heard.length = 0;
    await red.send(
      'del',
      rules.map(({ source, group }) => ({ source, group })),
    );
    const meter = new WorkMeter();
    await untilHeard(COUNT);
    const { longest, whole } = meter.stop();
    deepEqual(
      groups(),
      rules.map(({ group }) => `route_removed ${group}`),
    );
    ok(longest < Math.max(100, whole / 2), `Nothing else ran during ${longest} of ${whole} ms of work.`);
  });
});
