/**
 * The defects of pymfcd, the system that this package takes after, each as a test that its name tells: none of them is here.
 *
 * With flows on the real kernel, and packets wherever the defect is about packets.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { StateAnswer } from '../../src/controller/answers';
import { type Host, Lab } from '../lab/lab';
import { node, STANDARD } from './flows';
import { NodeRed } from './node-red';
import { kill, killAll, startOther } from './other-process';
import { WorkMeter } from './work-meter';

const GROUP = '239.10.20.30';
const PACKETS = 50;

describe('not as pymfcd', () => {
  let lab: Lab;
  let camera: Host;
  let tv1: Host;
  let tv2: Host;
  let red: NodeRed;
  let route: { source: string; group: string; iif: string; oifs: string[] };

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv1 = await lab.host('tv1');
    tv2 = await lab.host('tv2');
    for (const tv of [tv1, tv2]) await tv.join(GROUP);
    route = { source: camera.ipv4, group: GROUP, iif: 'camera', oifs: ['tv1'] };
  });
  after(() => lab.close());

  beforeEach(async () => {
    red = await NodeRed.start(STANDARD);
    for (const tv of [tv1, tv2]) await tv.reset();
  });
  afterEach(async () => {
    await killAll();
    await red.close();
  });

  async function routeStates(): Promise<string> {
    return (await red.state()).mfc_rules.map((rule) => rule.state).join();
  }

  async function kernelRoutes(): Promise<string[]> {
    return JSON.parse(await lab.ip('-j', 'mroute', 'show')).map(({ dst }: { dst: string }) => dst);
  }

  /** Sends packets from the camera and waits until all have reached tv1. */
  async function reachesTv1(group = GROUP): Promise<void> {
    await tv1.reset();
    await tv1.waitFor(group, await camera.send(group, { count: PACKETS, rate: 1000 }));
  }

  async function reachesNobody(): Promise<void> {
    for (const tv of [tv1, tv2]) await tv.reset();
    await camera.send(GROUP, { count: PACKETS, rate: 1000 });
    for (const tv of [tv1, tv2]) {
      await tv.settle();
      equal((await tv.count(GROUP)).received, 0);
    }
  }

  it('"the state file is replayed before the socket opens and then overwritten empty"', async () => {
    await red.unload();
    writeFileSync(red.stateFile(), JSON.stringify({ mfc_rules: [route] }, null, 4)); // in pymfcd's own format
    await red.load(STANDARD);
    await red.state();
    await reachesTv1();
    await red.add({ ...route, group: '239.1.1.1' });
    deepEqual(
      JSON.parse(red.saved()).mfc_rules.map(({ group }: { group: string }) => group),
      [GROUP, '239.1.1.1'],
    );
  });

  it('"any-source routes forward nothing"', async () => {
    await red.add({ ...route, source: '*' });
    await reachesTv1();
  });

  it('"a failed add releases interfaces it never took and kills live routes"', async () => {
    await red.add(route);
    const before = users(await red.state());
    const stream = await camera.stream(GROUP, { rate: 1000 });
    await tv1.waitFor(GROUP, PACKETS);
    for (let i = 0; i < 20; i++) {
      equal((await red.send('add', { ...route, oifs: ['tv1', 'tv2', 'eth99'] })).failure.code, 'ERR_MFC_NO_INTERFACE');
      equal(
        (await red.send('add', { ...route, group: '239.1.1.1', iif: 'eth99' })).failure.code,
        'ERR_MFC_NO_INTERFACE',
      );
    }
    await tv1.waitFor(GROUP, (await tv1.count(GROUP)).received + PACKETS);
    const sent = await stream.stop();
    await tv1.waitFor(GROUP, sent);
    equal((await tv1.count(GROUP, { sent })).lost, 0);
    deepEqual(users(await red.state()), before);
  });

  it('"a duplicate add makes two records and the first delete leaves a ghost"', async () => {
    await red.add(route);
    const again = await red.add(route);
    deepEqual(
      [again.changed, again.message],
      [false, `MFC entry for (${camera.ipv4}, ${GROUP}) is there already; nothing changed.`],
    );
    equal((await red.state()).mfc_rules.length, 1);
    ok((await red.send('del', { source: camera.ipv4, group: GROUP })).answer);
    const { vif_map, mfc_rules } = await red.state();
    deepEqual([vif_map, mfc_rules, await kernelRoutes()], [{}, [], []]);
    await reachesNobody();
  });

  it('"dry_run installs"', async () => {
    const { plan } = await red.add({ ...route, dry_run: true });
    equal(plan?.length, 3);
    deepEqual([await kernelRoutes(), red.saved()], [[], '']);
    await reachesNobody();
  });

  it('"malformed JSON kills the daemon"', async () => {
    await red.add(route);
    const garbage = [
      '{"command": "ADD_MFC", ',
      '\0\0\0',
      Buffer.from([0xff, 0xfe]),
      { command: 'ADD_MFC' },
      [[]],
      null,
    ];
    for (const node of ['add', 'del']) {
      for (const payload of garbage) equal((await red.send(node, payload)).failure.code, 'ERR_MFC_INVALID');
    }
    await reachesTv1();
    equal(await routeStates(), 'active');
  });

  it('"an idle client blocks all": one whose node never ends does not', async () => {
    const idle = node('idle-add', 'mfc add', { wires: [['idle']] });
    await red.deploy([...STANDARD, idle, { id: 'idle', type: 'sink', z: 'tab', wires: [] }], 'full');
    equal(await red.post('idle-add', { ...route, group: '239.1.1.1' }).done, undefined);
    equal((await red.add(route)).changed, true);
  });

  it('"an idle client blocks all": one with 10,000 routes does not', async () => {
    const routes = Array.from({ length: 10_000 }, (_, i) => ({ ...route, group: `239.${1 + (i >> 8)}.${i & 255}.1` }));
    const work = new WorkMeter();
    const many = red.post('add', routes);
    equal((await red.add(route)).changed, true);
    await many.delivered;
    ok(many.answer);
    const { longest, whole } = work.stop();
    ok(longest < whole / 2, `Nothing else ran during ${longest} of ${whole} ms of work.`);
    await reachesTv1();
  });

  it('"replies over 4 KB are cut"', async () => {
    const groups = Array.from({ length: 1000 }, (_, i) => `239.1.${i >> 8}.${i & 255}`);
    await red.add(groups.map((group) => ({ ...route, group, label: 'x'.repeat(200) })));
    deepEqual(
      (await red.state()).mfc_rules.map(({ group }) => group),
      groups,
    );
  });

  it('"a re-created interface keeps a stale VIF and add still says success"', async () => {
    await red.add(route);
    await lab.unlink('tv1');
    const [gone] = (await red.state()).mfc_rules;
    deepEqual([gone?.state, gone?.reason], ['pending', "Interface 'tv1' not found."]);
    equal((await red.send('add', route)).failure.code, 'ERR_MFC_NO_INTERFACE');
    await lab.connect(tv1);
    await tv1.leave(GROUP).catch(() => undefined); // its interface has gone, and the membership with it
    await tv1.join(GROUP);
    equal(await routeStates(), 'active');
    await reachesTv1();
    equal((await red.add(route)).changed, false);
  });

  for (const [title, fields, field] of [
    ['source 239.x', { source: '239.1.1.1' }, 'source'],
    ['source "10"', { source: '10' }, 'source'],
    ['group 224.0.0.251', { group: '224.0.0.251' }, 'group'],
    ['iif = oif', { oifs: ['camera'] }, 'oifs'],
  ] as const) {
    it(`"${title} is accepted"`, async () => {
      const { failure } = await red.send('add', { ...route, ...fields });
      deepEqual([failure.code, failure.cause.field], ['ERR_MFC_INVALID', field]);
      deepEqual([await kernelRoutes(), red.saved()], [[], '']);
    });
  }

  it('"kill -9 loses everything"', async () => {
    await red.unload();
    const { child, said } = await startOther(`
      const { Controller } = src('controller/controller');
      const controller = new Controller({ stateFile: ${JSON.stringify(red.stateFile())} });
      controller.add(${JSON.stringify(route)}).then(({ message }) => console.log(message));`);
    match(said, /added\./);
    deepEqual(await kernelRoutes(), [GROUP]);
    await kill(child);
    deepEqual(await kernelRoutes(), []);
    await red.load(STANDARD);
    await red.untilStatus('add', 'green dot open · 1 route');
    await reachesTv1();
  });

  it('"no counters"', async () => {
    await red.add({ ...route, oifs: ['tv1', 'tv2'] });
    await reachesTv1();
    const { mfc_rules, vif_map } = await red.state();
    deepEqual([mfc_rules[0]?.packets, mfc_rules[0]?.wrong_if], [PACKETS, 0]);
    deepEqual(
      [vif_map.camera?.packets_in, vif_map.tv1?.packets_out, vif_map.tv2?.packets_out],
      [PACKETS, PACKETS, PACKETS],
    );
    ok((mfc_rules[0]?.bytes ?? 0) > PACKETS * 64);
  });

  it('"no IPv6"', async () => {
    const group = 'ff3e::10:20:30';
    await tv1.join(group);
    await red.add({ source: camera.ipv6, group, iif: 'camera', oifs: ['tv1'] });
    await reachesTv1(group);
  });

  it('"no thresholds"', async () => {
    await red.add({ ...route, oifs: ['tv1', { name: 'tv2', threshold: 16 }] });
    await reachesTv1(); // with a TTL of 8
    await tv2.settle();
    equal((await tv2.count(GROUP)).received, 0);
    await tv2.waitFor(GROUP, await camera.send(GROUP, { count: PACKETS, rate: 1000, ttl: 32 }));
  });
});

/** Which interface has which VIF, and how many users. */
function users({ vif_map }: StateAnswer): unknown {
  return Object.entries(vif_map).map(([name, { vifi, ref_count }]) => [name, vifi, ref_count]);
}
