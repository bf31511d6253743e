// What receivers are told of routes, and that they are told all of it, in order.

import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { until } from '../lab/until';
import { Bench } from './bench';
import { Told } from './told';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', 'out2'] };
const KEY = { source: ROUTE.source, group: ROUTE.group };
const ENTRY = { version: 4, ...KEY, parent: 0, outputs: [] } as const;

describe('controller: events of routes', () => {
  let bench: Bench;
  let told: Told;
  beforeEach(async () => {
    bench = await Bench.open();
    told = new Told(bench.controller);
  });
  afterEach(() => bench.close());

  it('routes that come, change and go', async () => {
    await bench.controller.add({ ...ROUTE, label: 'Stage', oifs: ['out1', { name: 'out2', threshold: 16 }] });
    await until(() => told.events.length > 0, 'it should be told');
    match(told.events[0]?.time ?? '', /^\d{4}-\d\d-\d\dT.*Z$/);
    const rule = { ...ROUTE, label: 'Stage', oifs: ['out1', { name: 'out2', threshold: 16 }] };
    deepEqual(told.take(), [{ event: 'route_added', ...rule, state: 'active' }]);
    await bench.controller.add({ ...ROUTE, iif: 'in2' });
    await bench.controller.del({ ...KEY, oifs: ['out1'] });
    await bench.controller.del(KEY);
    await until(() => told.events.length === 3, 'it should be told');
    deepEqual(told.take(), [
      { event: 'route_changed', ...ROUTE, iif: 'in2', state: 'active' },
      { event: 'route_changed', ...ROUTE, iif: 'in2', oifs: ['out2'], state: 'active' },
      { event: 'route_removed', ...ROUTE, iif: 'in2', oifs: ['out2'], reason: 'deleted' },
    ]);
  });

  it('options that change are a change, a lease that is renewed is none', async () => {
    await bench.controller.add(ROUTE);
    await bench.controller.add(ROUTE);
    await bench.controller.add({ ...ROUTE, alarm: { idle: 2 } });
    await bench.controller.add({ ...ROUTE, alarm: { idle: 2 }, expires_in: 60 });
    await bench.controller.add({ ...ROUTE, alarm: { idle: 2 }, expires_in: 90 });
    await bench.controller.add(ROUTE);
    const changed = 'route_changed 239.1.1.1 active';
    await told.untilTold('route_added 239.1.1.1 active', changed, changed, changed);
  });

  it('a route that waits, in whole or in part, and is there again', async () => {
    const absent = { ...ROUTE, iif: 'in9', oifs: ['out1', 'out9'], allow_absent: true };
    await bench.controller.add(absent);
    await told.untilTold(
      'route_added 239.1.1.1 pending',
      "route_pending 239.1.1.1 pending Interfaces 'in9' and 'out9' not found.",
    );
    bench.kernel.addLink('in9');
    await told.untilTold(
      'interface_back in9',
      'interface_up in9',
      "route_pending 239.1.1.1 degraded Interface 'out9' not found.",
    );
    bench.kernel.addLink('out9');
    await told.untilTold('interface_back out9', 'interface_up out9', 'route_active 239.1.1.1 active');
    bench.kernel.delLink('in9');
    await told.untilTold('interface_gone in9', "route_pending 239.1.1.1 pending Interface 'in9' not found.");
  });

  it('a change that cannot be saved is taken back, and that is told', async () => {
    await bench.controller.add(ROUTE);
    await told.untilTold('route_added 239.1.1.1 active');
    await bench.breakDisk();
    const other = { ...ROUTE, group: '239.1.1.2' };
    await Promise.allSettled([bench.controller.add([other, { ...ROUTE, iif: 'in2' }])]);
    await told.untilTold(
      'route_added 239.1.1.2 active',
      'route_changed 239.1.1.1 active',
      'route_changed 239.1.1.1 active',
      'route_removed 239.1.1.2 deleted',
    );
    await bench.mendDisk();
  });

  it('what the kernel refuses, and what a dry run would do, is not told', async () => {
    bench.kernel.refuseOnce(/MRT_ADD_MFC/);
    await bench.controller.add(ROUTE).catch(() => undefined);
    await bench.controller.add({ ...ROUTE, dry_run: true });
    await bench.controller.add({ ...ROUTE, group: '239.1.1.9' });
    await told.untilTold('route_added 239.1.1.9 active');
  });

  it('an entry that another program deletes or changes is removed, and active when it is put back', async () => {
    await bench.controller.add(ROUTE);
    await told.untilTold('route_added 239.1.1.1 active');
    const other = bench.kernel.otherProgram(4);
    other.delMfc(ENTRY);
    await told.untilTold('route_removed 239.1.1.1 foreign', 'route_active 239.1.1.1 active');
    other.addMfc(ENTRY);
    await told.untilTold('route_removed 239.1.1.1 foreign', 'route_active 239.1.1.1 active');
    other.delMfc(ENTRY);
    await bench.controller.del(KEY); // whether it was put back before or not
    await until(() => told.lines.includes('route_removed 239.1.1.1 deleted'), 'it should be told');
    equal(told.lines.filter((line) => line.endsWith('deleted')).length, 1);
  });

  it('an entry that cannot be put back yet is told once', async () => {
    await bench.controller.add(ROUTE);
    await told.untilTold('route_added 239.1.1.1 active');
    bench.kernel.failAt(1, 'ENOBUFS', Infinity);
    bench.kernel.otherProgram(4).delMfc(ENTRY);
    for (let i = 0; i < 3; i++) await bench.controller.state({});
    await told.untilTold('route_removed 239.1.1.1 foreign');
    bench.kernel.recover();
    await told.untilTold('route_active 239.1.1.1 active');
  });

  it('a lost entry that a message writes anew is active', async () => {
    await bench.controller.add(ROUTE);
    await told.untilTold('route_added 239.1.1.1 active');
    bench.kernel.refuseOnce(/MRT_ADD_MFC/);
    bench.kernel.otherProgram(4).delMfc(ENTRY);
    await bench.controller.add({ ...ROUTE, oifs: ['out1'] });
    await told.untilTold(
      'route_removed 239.1.1.1 foreign',
      'route_changed 239.1.1.1 active',
      'route_active 239.1.1.1 active',
    );
  });

  it('a name that an interface gets is a change of its routes, and nothing of the interface', async () => {
    await bench.controller.add(ROUTE);
    bench.kernel.renameLink('out2', 'lan2');
    await told.untilTold('route_added 239.1.1.1 active', 'route_changed 239.1.1.1 active');
  });

  it('saved routes are not new at a start: they are active or pending', async () => {
    await bench.controller.add([ROUTE, { ...ROUTE, group: '239.1.1.2', oifs: ['out3'] }]);
    await bench.stop();
    bench.kernel.delLink('out3');
    bench.replace();
    told = new Told(bench.controller);
    await bench.controller.open();
    await told.untilTold(
      'route_active 239.1.1.1 active',
      "route_pending 239.1.1.2 pending Interface 'out3' not found.",
      'controller_open',
    );
  });

  it('a table that another program has: why it is closed is told once, and when it opens', async () => {
    await bench.controller.add(ROUTE);
    await bench.stop();
    const other = bench.kernel.openMroute(4, undefined);
    bench.replace();
    told = new Told(bench.controller, { events: ['controller_open', 'controller_closed'] });
    await bench.controller.open().catch(() => undefined);
    await bench.controller.open().catch(() => undefined);
    other.close();
    await until(() => told.events.length === 2, 'it should open');
    const [closed, open] = told.take() as [{ reason: string }, object];
    match(closed.reason, /in use|owns/);
    deepEqual(
      [closed, open],
      [
        { event: 'controller_closed', family: 'ipv4', reason: closed.reason, code: 'ERR_MFC_TABLE_IN_USE' },
        { event: 'controller_open', family: 'ipv4' },
      ],
    );
    await bench.stop();
    await told.untilTold('controller_closed The controller was closed.');
  });

  it('each receiver gets what it asked for, and may change it', async () => {
    const groups = new Told(bench.controller, { group: '239.1.1.2', events: ['route_added'] });
    told.subscription.listen((event) => {
      told.events.push(event);
      Object.assign(event.oifs?.[0] ?? {}, { name: 'mine' });
    });
    const second = { ...ROUTE, group: '239.1.1.2', oifs: [{ name: 'out1', threshold: 5 }] };
    await bench.controller.add([ROUTE, second]);
    await groups.untilTold('route_added 239.1.1.2 active');
    equal(told.events.length, 2);
    deepEqual((await bench.controller.state({})).mfc_rules[1]?.oifs, second.oifs);
  });

  it('a filter that is none is refused', () => {
    throws(() => bench.controller.subscribe({ group: '10.0.0.1' }), { code: 'ERR_MFC_INVALID' });
  });
});

describe('controller: receivers that come back', () => {
  /** 7 more than are kept for one receiver. */
  const rules = Array.from({ length: 10_007 }, (_, i) => ({ ...ROUTE, group: `239.2.${i >> 8}.${i & 255}` }));
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  it('get first what the one before was not sent, and what happened meanwhile', async () => {
    const before = new Told(bench.controller, {}, 'node1');
    await bench.controller.add(ROUTE);
    await before.untilTold('route_added 239.1.1.1 active');
    const sent = bench.controller.add({ ...ROUTE, oifs: ['out1'] });
    before.subscription.end();
    await sent;
    await bench.controller.add({ ...ROUTE, oifs: ['out2'] });
    const after = new Told(bench.controller, {}, 'node1');
    await bench.controller.del(KEY);
    await after.untilTold(
      'route_changed 239.1.1.1 active',
      'route_changed 239.1.1.1 active',
      'route_removed 239.1.1.1 deleted',
    );
    deepEqual(before.events, []);
  });

  it('get of that what they ask for now', async () => {
    new Told(bench.controller, {}, 'node1').subscription.end();
    await bench.controller.add(ROUTE);
    await bench.controller.del(KEY);
    const after = new Told(bench.controller, { events: ['route_removed'] }, 'node1');
    await after.untilTold('route_removed 239.1.1.1 deleted');
  });

  it('under another name get nothing of it', async () => {
    new Told(bench.controller, {}, 'node1').subscription.end();
    await bench.controller.add(ROUTE);
    const after = new Told(bench.controller, {}, 'node2');
    await bench.controller.del(KEY);
    await after.untilTold('route_removed 239.1.1.1 deleted');
  });

  it('get it from the controller that takes the place of the one before, in order', async () => {
    const { controller: first } = bench;
    new Told(first, {}, 'node1').subscription.end();
    await first.add(ROUTE);
    const away = first.add({ ...ROUTE, group: '239.1.1.2' });
    bench.replace([first]);
    const after = new Told(bench.controller, { events: ['route_added', 'route_removed'] }, 'node1');
    const later = bench.controller.del(KEY);
    await bench.controller.open();
    await Promise.all([away, later]);
    await after.untilTold(
      'route_added 239.1.1.1 active',
      'route_added 239.1.1.2 active',
      'route_removed 239.1.1.1 deleted',
    );
  });

  it('get it from there also if they come later', async () => {
    const { controller: first } = bench;
    new Told(first, {}, 'node1').subscription.end();
    await first.add(ROUTE);
    bench.replace([first]);
    await bench.controller.open();
    const after = new Told(bench.controller, {}, 'node1');
    await after.untilTold('route_added 239.1.1.1 active');
  });

  it('are told how much they have missed, where that was too much to keep', async () => {
    const subscription = bench.controller.subscribe({}, 'node1');
    await bench.controller.add(rules);
    const groups: unknown[] = [];
    const missed: unknown[] = [];
    subscription.listen((event) => {
      groups.push(event.group);
      if (event.missed !== undefined) missed.push(event.missed);
    });
    await until(() => groups.length === 10_000, 'the newest should come');
    deepEqual(missed, [7]);
    equal(groups[0], rules[7]?.group);
  });

  it('are told so also where they were away meanwhile', async () => {
    bench.controller.subscribe({}, 'node1').end();
    await bench.controller.add(rules);
    const told = new Told(bench.controller, {}, 'node1');
    await until(() => told.events.length === 10_000, 'the newest should come');
    deepEqual([told.events[0]?.missed, told.events[1]?.missed], [7, undefined]);
  });
});

describe('controller: ten thousand events', () => {
  const COUNT = 10_000;
  /** So many are sent to who takes a millisecond for each. */
  const SLOW = 500;
  const RULES = Array.from({ length: COUNT }, (_, i) => ({ ...ROUTE, group: `239.2.${i >> 8}.${i & 255}` }));
  const KEYS = RULES.map(({ source, group }) => ({ source, group }));
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  it('come in order, and none is lost', async () => {
    const told = new Told(bench.controller);
    await bench.controller.add(RULES);
    await bench.controller.del(KEYS);
    await until(() => told.events.length >= 2 * COUNT, 'all should come');
    const expected = ['route_added', 'route_removed'].flatMap((event) => KEYS.map(({ group }) => `${event} ${group}`));
    deepEqual(
      told.events.map(({ event, group }) => `${event} ${group}`),
      expected,
    );
  });

  it('do not hold the event loop while they are sent, however long each takes', async () => {
    let turn = 0;
    let sent = 0;
    const turns = new Set<number>();
    const timer = setInterval(() => turn++, 0);
    bench.controller.subscribe({}).listen(() => {
      sent++;
      turns.add(turn);
      for (const end = performance.now() + 1; performance.now() < end; );
    });
    try {
      await bench.controller.add(RULES.slice(0, SLOW));
      await until(() => sent === SLOW, 'all should come');
      ok(turns.size > 3, `${turns.size} turns`);
    } finally {
      clearInterval(timer);
    }
  });

  it('wait in bounded number, whatever messages come', async () => {
    let sent = 0;
    const subscription = bench.controller.subscribe({});
    subscription.listen(() => sent++);
    let most = 0;
    for (let i = 0; i < 6; i++) {
      await bench.controller.add(RULES.map((rule) => ({ ...rule, label: `${i}` })));
      most = Math.max(most, subscription.due);
    }
    ok(most <= 2 * COUNT, `${most} wait`);
    await until(
      () => sent === 6 * COUNT,
      () => `${sent} of ${6 * COUNT} should be sent`,
    );
  });
});
