/**
 * Every example in a real Node-RED beside a real kernel: each button is pressed and does what the example says.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeAnswer, StateAnswer } from '../../src/controller/answers';
import { hasIPv6 } from '../lab/ip';
import { type Host, type Lab, until } from '../lab/lab';
import { checkout } from '../lab/namespace';
import { type FlowNode, fileNames, readFlow } from './files';
import { countOf, example as exampleOf, GROUP, Ground } from './ground';
import type { User } from './user';

/** What the debug nodes of the examples show of a failure. */
interface Failure {
  message: string;
  code?: string;
  field?: string;
  topic?: string;
  cause?: { field?: string };
}

interface Rate {
  route: string;
  label?: string;
  packets_per_second: number;
}

/** What the debug nodes of the examples show of an event. */
interface Event {
  event: string;
  source?: string;
  iif?: string;
  interface?: string;
  gap?: number;
  hosts?: number;
}

/** A message for a chart. */
interface ChartPoint {
  topic: string;
  payload: number;
}

interface KernelLink {
  stats64: { rx: { packets: number } };
}

const PACKAGE = '@mroute/node-red-mfc';
const DASHBOARD = '@flowfuse/node-red-dashboard';
const WITH_DASHBOARD = '10-crosspoint.json';
const CONTROLLER = 'mfc-controller';
const REMOTE_PORT = 5011;
/** Packets per second of the cameras that obey the flows. */
const RATE = 200;
/** For so long a busy machine may let a process wait: what is measured from outside may be longer by that. */
const STALL_MS = 4_000;

/** Milliseconds from the last packet of one sender to the first of the next, give or take one look at the counts. */
async function gap(receiver: Host, from: Host, to: Host): Promise<number> {
  const count = async ({ ipv4 }: Host) => (await receiver.count(GROUP, { source: ipv4 })).received;
  const [before, last] = [await count(to), { packets: -1, at: 0 }];
  await until(async () => {
    const packets = await count(from);
    if (packets !== last.packets) Object.assign(last, { packets, at: performance.now() });
    return (await count(to)) > before;
  }, `packets of ${to.name}`);
  return performance.now() - last.at;
}

/** To the remote control of a camera. */
async function say(text: 'off' | 'on', { ipv4 }: Host): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.send(text, REMOTE_PORT, ipv4, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    socket.close();
  }
}

describe('examples', () => {
  let ground: Ground;
  let lab: Lab;
  let camera: Host;
  let backup: Host;
  let tvs: readonly Host[];
  let user: User;
  const obedient = new Set<Host>();

  before(async () => {
    ground = await Ground.open();
    ({ lab, camera, backup, tvs, user } = ground);
  });
  after(() => ground?.close());

  const routes = (...family: string[]) => ground.routes(...family);
  const flows = (from: Host, to: Host) => ground.flows(from, to);

  /** How many of ten packets of the camera each receiver has got. */
  async function received(group: string, ttl: number): Promise<number[]> {
    await Promise.all(tvs.map((tv) => tv.reset()));
    await camera.send(group, { count: 10, ttl });
    const counts: number[] = [];
    for (const tv of tvs) {
      await tv.settle();
      counts.push((await tv.count(group)).received);
    }
    return counts;
  }

  /** The cameras of `npm start`, which obey *off* and *on* by UDP, send from now on. */
  async function startCameras(): Promise<void> {
    for (const host of [camera, backup]) {
      if (obedient.has(host)) await say('on', host);
      else await host.remote(REMOTE_PORT, GROUP, { rate: RATE });
      obedient.add(host);
    }
  }
  const stopCameras = () => Promise.all(Array.from(obedient, (host) => say('off', host)));

  /** What the router has got from a host. */
  async function packetsFrom({ name }: Host): Promise<number> {
    const links = JSON.parse(await lab.ip('-s', '-j', 'link', 'show', 'dev', name)) as KernelLink[];
    return links[0]?.stats64.rx.packets ?? 0;
  }

  /** Resolves when the camera has sent nothing for twenty times the time from one packet to the next. */
  async function isOff(): Promise<void> {
    const last = { packets: -1, at: 0 };
    await until(async () => {
      const packets = await packetsFrom(camera);
      if (packets !== last.packets) Object.assign(last, { packets, at: performance.now() });
      return performance.now() - last.at > (20 * 1000) / RATE;
    }, 'the camera to be off');
  }

  /**
   * Resolves when the camera obeys the flow: a core `udp out` node takes messages from 75 ms after a deploy on, and those
   * before are lost.
   */
  async function untilObeyed(): Promise<void> {
    await say('off', camera);
    await isOff();
    const before = await packetsFrom(camera);
    await until(async () => {
      await user.press('camera on');
      return (await packetsFrom(camera)) > before + 10;
    }, 'the camera to obey');
    user.untouched.add('camera on'); // that was no test of it
  }

  const example = (file: string, tests: () => void) => exampleOf(file, () => user, tests);

  it('are all tried', () => {
    const tests = readdirSync(__dirname).filter((name) => name.endsWith('.test.js'));
    const text = tests.map((name) => readFileSync(join(__dirname, name), 'utf8')).join();
    for (const file of fileNames) match(text, new RegExp(`\\bexample\\)?\\('${file}'`));
  });

  it('are in the menu', async () => {
    const names = fileNames.map((file) => file.replace(/\.json$/, ''));
    deepEqual((await user.menu(PACKAGE)).sort(), names);
  });

  it('have only core nodes and ours, and one has those of the dashboard', async () => {
    const types = await user.types();
    for (const file of fileNames) {
      const modules = new Set(['node-red', PACKAGE, ...(file === WITH_DASHBOARD ? [DASHBOARD] : [])]);
      for (const { type } of readFlow(file)) {
        if (type !== 'tab' && type !== 'group') ok(modules.has(types.get(type) ?? ''), `${file}: ${type}`);
      }
    }
  });

  example('01-first-route.json', () => {
    it('adds, changes and deletes a route', async () => {
      await user.ask('add route to tv1');
      deepEqual(await routes(), ['10.0.1.2 239.10.20.30: camera > tv1']);
      await user.ask('send it to tv1, tv2 and tv3');
      deepEqual(await routes(), ['10.0.1.2 239.10.20.30: camera > tv1 tv2 tv3']);
      await user.ask('only tv3');
      deepEqual(await routes(), ['10.0.1.2 239.10.20.30: camera > tv3']);
      equal((await user.ask<StateAnswer>('show state')).mfc_rules.length, 1);
      await user.ask('delete');
      deepEqual(await routes(), []);
    });

    it('shows a failure', async () => {
      equal((await user.ask<Failure>('delete', 'failure')).code, 'ERR_MFC_NO_ROUTE');
    });
  });

  example('02-buttons-with-fields.json', () => {
    it('has a whole route in a form', async () => {
      const { mfc_rules } = await user.ask<ChangeAnswer>('camera on');
      equal(mfc_rules[0]?.label, 'camera 1');
      deepEqual(await routes(), ['10.0.1.2 239.10.20.30: camera > tv1 tv2']);
      await user.ask('camera without tv2');
      deepEqual(await routes(), ['10.0.1.2 239.10.20.30: camera > tv1']);
    });

    it('has IPv6 in a form', async function () {
      if (!hasIPv6) {
        for (const button of ['IPv6 on', 'IPv6 off']) user.untouched.delete(button);
        this.skip();
      }
      await user.ask('IPv6 on');
      deepEqual(await routes('-6'), ['fd00:1::2 ff15::10:20:30: camera > tv3']);
      await user.ask('IPv6 off');
      deepEqual(await routes('-6'), []);
    });

    it('takes the group from the message and the rest from the form', async () => {
      await user.ask('239.10.20.31 on');
      deepEqual(await routes(), ['10.0.1.2 239.10.20.30: camera > tv1', '10.0.1.2 239.10.20.31: camera > tv3']);
    });

    it('shows one group of two', async () => {
      const { mfc_rules } = await user.ask<StateAnswer>('show 239.10.20.30');
      deepEqual(
        mfc_rules.map(({ group }) => group),
        [GROUP],
      );
    });

    it('deletes, and shows a failure when there is nothing left', async () => {
      await user.ask('239.10.20.31 off');
      await user.ask('camera off');
      deepEqual(await routes(), []);
      equal((await user.ask<Failure>('camera off', 'failure')).code, 'ERR_MFC_NO_ROUTE');
    });
  });

  example('03-many-at-once.json', () => {
    const DAY = [
      '10.0.1.2 239.10.20.30: camera > tv1 tv2',
      '10.0.1.2 239.10.20.31: camera > tv3',
      '10.0.1.2 239.10.20.32: camera > tv3',
    ];
    const EVENING = [
      '10.0.1.2 239.10.20.30: camera > tv3',
      '10.0.1.2 239.10.20.31: camera > tv1 tv2',
      '10.0.1.2 239.10.20.32: camera > tv1 tv2/16',
    ];

    it('adds three routes with one message', async () => {
      equal((await user.ask<ChangeAnswer>('day')).mfc_rules.length, 3);
      deepEqual(await routes(), DAY);
    });

    it('plans the next three and changes nothing', async () => {
      const { dry_run, changed, plan } = await user.ask<ChangeAnswer>('plan for the evening');
      deepEqual({ dry_run, changed }, { dry_run: true, changed: true });
      ok((plan?.length ?? 0) >= 3);
      deepEqual(await routes(), DAY);
    });

    it('replaces the three', async () => {
      await user.ask('evening');
      deepEqual(await routes(), EVENING);
    });

    it('changes nothing if one of three is wrong', async () => {
      const { code, cause } = await user.ask<Failure>('one of three is wrong', 'failure');
      equal(code, 'ERR_MFC_NO_INTERFACE');
      match(cause?.field ?? '', /^payload\[2\]\.oifs/);
      deepEqual(await routes(), EVENING);
    });

    it('deletes the three', async () => {
      await user.ask('delete the three');
      deepEqual(await routes(), []);
    });

    it('takes any source, and lets packets out by their TTL', async () => {
      for (const tv of tvs) await tv.join('239.10.20.40');
      await user.ask('any source');
      deepEqual(await routes(), ['0.0.0.0 239.10.20.40: camera > tv1 tv2/16']);
      deepEqual(await received('239.10.20.40', 8), [10, 0, 0]);
      deepEqual(await received('239.10.20.40', 32), [10, 10, 0]);
    });

    it('stops one source', async () => {
      await user.ask("but not the camera's");
      deepEqual(await received('239.10.20.40', 32), [0, 0, 0]);
      await user.ask('delete both');
      deepEqual(await routes(), []);
    });

    it('deletes all there is, one or many', async () => {
      await user.ask('any source');
      await user.ask('delete all');
      deepEqual(await routes(), []);
      await user.ask('day');
      await user.ask('any source');
      equal((await user.ask<StateAnswer>('show state')).mfc_rules.length, 4);
      await user.ask('delete all');
      deepEqual(await routes(), []);
      match((await user.ask<Failure>('delete all', 'failure')).message, /empty array/);
    });
  });

  example('04-errors.json', () => {
    const mistakes: [button: string, code: string, field: string][] = [
      ['unknown interface', 'ERR_MFC_NO_INTERFACE', 'oifs'],
      ['group 224.0.0.251', 'ERR_MFC_INVALID', 'group'],
      ['iif among the oifs', 'ERR_MFC_INVALID', 'oifs'],
      ['misspelled field', 'ERR_MFC_INVALID', 'treshold'],
      ['group is missing', 'ERR_MFC_INVALID', 'group'],
      ['delete what is not there', 'ERR_MFC_NO_ROUTE', 'group'],
    ];
    for (const [button, code, field] of mistakes) {
      it(`${button}: ${code}`, async () => {
        const failure = await user.ask<Failure>(button, 'failure');
        deepEqual({ code: failure.code, field: failure.field }, { code, field });
        match(failure.message, /\w/);
        deepEqual(await routes(), []);
      });
    }

    it('explains every code that there is', () => {
      const info = readFlow('04-errors.json')[0]?.info ?? '';
      const codes = readFileSync(join(checkout, 'src/errors.ts'), 'utf8').match(/(?<=')ERR_MFC_\w+(?=')/g) ?? [];
      ok(codes.length > 0);
      for (const code of codes) ok(info.includes(`- \`${code}\`: `), code);
    });
  });

  example('05-watch-counters.json', () => {
    it('shows packets per second, and a stream that stops', async () => {
      await user.ask('add route to tv1');
      const stream = await camera.stream(GROUP, { rate: 100 });
      // Of five readings one at least measures a whole interval of the stream.
      const isRate = (rate: Rate) => Math.abs(rate.packets_per_second - 100) < 20;
      const { route, label } = await user.shown<Rate>('packets per second', isRate);
      deepEqual({ route, label }, { route: '(10.0.1.2, 239.10.20.30)', label: 'camera 1' });
      await stream.stop();
      await user.shown<Rate>('no packets', (rate) => rate.packets_per_second === 0);
    });

    it('shows tables', async () => {
      const text = await user.ask<string>('show tables', 'tables');
      match(text, /Virtual Interface Table/);
      match(text, /10\.0\.1\.2 +239\.10\.20\.30 +camera +tv1 +active/);
    });

    it('reads at the press of the button too, and goes on when there is nothing to read', async () => {
      await user.press('every 2 s');
      await user.ask('delete');
      await user.press('every 2 s');
      equal((await user.ask<Failure>('delete', 'failure')).code, 'ERR_MFC_NO_ROUTE');
    });
  });

  example('07-a-b-failover.json', () => {
    const A = '10.0.1.2 239.10.20.30: camera >';
    const B = '10.0.5.2 239.10.20.30: backup >';
    let tv: Host;
    before(async () => {
      tv = tvs[0] as Host;
      await startCameras();
      await untilObeyed();
      await tv.join(GROUP);
    });
    after(async () => {
      await stopCameras();
      await tv.leave(GROUP);
    });

    const onAir = (input: 'A' | 'B') =>
      until(
        async () =>
          (await routes()).join() ===
          [`${A}${input === 'A' ? ' tv1' : ''}`, `${B}${input === 'B' ? ' tv1' : ''}`].join(),
        `${input} should be on air`,
      );
    /** Resolves with the line that says what is on air, once that is what it says. */
    const says = (line: RegExp) => user.shown<string>('on air', (text) => line.test(text));
    const gapIn = (line: string): number => Number(/gap (\d+) ms$/.exec(line)?.[1]);

    it('takes an input by hand', async () => {
      for (const input of ['B', 'A'] as const) {
        await user.ask(`take ${input}`);
        await onAir(input);
        await says(new RegExp(`^input ${input} on air$`));
        await flows(input === 'A' ? camera : backup, tv);
      }
    });

    it('takes the other when one fails, and tells the gap', async function () {
      const silent = gap(tv, camera, backup);
      await user.press('camera off');
      const told = gapIn(await says(/^input B on air, input A lost, gap \d+ ms$/));
      await onAir('B');
      const measured = Math.round(await silent);
      ok(measured < 1_000 + STALL_MS, `${measured} ms without packets`);
      // Told from when the last packet was noticed: at most one interval of the meter after it came. The rest is this test's own.
      ok(told > 490 && Math.abs(measured - told) < STALL_MS, `told ${told} ms, measured ${measured} ms`);
      if (this.test) this.test.title += ` (${measured} ms, told as ${told} ms)`;
    });

    it('comes back after 5 seconds without another loss, and no packet comes twice', async function () {
      await user.press('camera on');
      await says(/^input B on air$/);
      await user.press('camera off');
      await says(/^input B on air, input A lost$/);
      const before = await countOf(tv, camera);
      const start = performance.now();
      await user.press('camera on');
      await says(/^input B on air$/);
      await flows(backup, tv);
      equal(await countOf(tv, camera), before, 'packets of an input that is not on air');
      const change = gap(tv, backup, camera);
      await onAir('A');
      // The first return would have ended at least the alarm's half second earlier.
      const held = performance.now() - start;
      ok(held > 4_990, `A was taken after ${Math.round(held)} ms`);
      const measured = Math.round(await change);
      ok(measured < STALL_MS, `${measured} ms without packets`);
      equal((await tv.count(GROUP)).duplicated, 0);
      if (this.test) this.test.title += ` (${measured} ms from the last packet to the next)`;
    });

    it('takes what is well at once when the other fails in the hold-off', async () => {
      await user.press('camera off');
      await says(/^input B on air, input A lost, gap/);
      await user.press('camera on');
      await says(/^input B on air$/);
      await user.press('backup off');
      await says(/^input A on air, input B lost, gap \d+ ms$/); // the hold-off knows of no gap
      await onAir('A');
      await flows(camera, tv);
    });

    it('says so when both are lost, and takes the first that is back', async () => {
      await user.press('camera off');
      await says(/^input A on air, input A and input B lost$/);
      await onAir('A');
      await user.press('backup on');
      await says(/^input B on air, input A lost, gap \d+ ms$/);
      await onAir('B');
      await flows(backup, tv);
    });

    it('stays with what was taken by hand, in a hold-off too', async () => {
      await user.press('camera on'); // B is on air: the hold-off begins
      await says(/^input B on air$/);
      await user.ask('take A');
      await onAir('A');
      await user.ask('take B');
      await onAir('B');
      const before = await countOf(tv, backup);
      const more = 5.5 * RATE; // what the camera sends in a hold-off, and some
      await until(
        async () => (await countOf(tv, backup)) >= before + more,
        `${more} packets of ${backup.name}`,
        15_000,
      );
      await onAir('B');
    });

    it('ends, and a hold-off brings nothing back', async () => {
      await user.press('camera off');
      await says(/^input B on air, input A lost$/);
      await user.press('camera on'); // the hold-off begins
      await says(/^input B on air$/);
      await user.ask('delete both');
      await says(/^nothing on air$/);
      const before = await packetsFrom(camera);
      const more = 5.5 * RATE; // what the camera sends in a hold-off, and some
      await until(
        async () => (await packetsFrom(camera)) >= before + more,
        `${more} packets of ${camera.name}`,
        15_000,
      );
      deepEqual(await routes(), []);
    });
  });

  example('08-events-and-rates.json', () => {
    const LEARNT = '10.0.1.2 239.10.20.30: camera > tv1';
    const OWN = '10.0.5.2 239.10.20.30: backup > tv2';
    const has = (...wanted: string[]) =>
      until(async () => (await routes()).join() === wanted.join(), `${wanted} should be the routes`);
    before(async () => {
      await startCameras();
      await untilObeyed();
      for (const tv of tvs) await tv.join(GROUP);
    });
    after(async () => {
      await stopCameras();
      for (const tv of tvs) await tv.leave(GROUP);
    });

    it('learns streams, measures them and tells of those that no route takes', async () => {
      const { mfc_rules } = await user.ask<ChangeAnswer>('learn 239.10.20.0/24');
      deepEqual(mfc_rules[0]?.exclude, ['10.0.5.2']);
      await has(LEARNT);
      await flows(camera, tvs[0] as Host);
      const started = await user.shown<Event>('streams', ({ event }) => event === 'stream_started');
      deepEqual([started.source, started.iif], ['10.0.1.2', 'camera']);
      const { source, interface: link } = await user.shown<Event>('no route takes it');
      deepEqual([source, link], ['10.0.5.2', 'backup']);
      const isRate = ({ payload }: ChartPoint) => Math.abs(payload - RATE) < 0.2 * RATE;
      equal((await user.shown<ChartPoint>('packets per second', isRate)).topic, '10.0.1.2 239.10.20.30');
    });

    it('makes a route of the last that none took, with a lease', async () => {
      const { mfc_rules } = await user.ask<ChangeAnswer>('last of them to tv2');
      ok(Math.abs((mfc_rules[0]?.expires_in ?? 0) - 60) < 30); // what is left of it
      await has(LEARNT, OWN);
      await flows(backup, tvs[1] as Host);
      match((await user.ask<ChangeAnswer>('last of them to tv2')).message, /renewed/);
      await has(LEARNT, OWN);
    });

    it('tells of a stream that is lost and one that is back', async () => {
      await user.press('camera off');
      const lost = await user.shown<Event>('streams', ({ event }) => event === 'stream_lost');
      equal(lost.source, '10.0.1.2');
      await user.press('camera on');
      const restored = await user.shown<Event>('streams', ({ event }) => event === 'stream_restored');
      ok((restored.gap ?? 0) >= 1, `gap ${restored.gap}`);
      await flows(camera, tvs[0] as Host);
    });

    it('deletes all, and what was learnt', async () => {
      await user.ask('delete all');
      await has();
      match((await user.ask<Failure>('delete all', 'failure')).message, /empty array/);
    });
  });

  example('09-viewers.json', () => {
    const has = (...outputs: string[]) =>
      until(
        async () => (await routes()).join() === `10.0.1.2 239.10.20.30: camera > ${outputs.join(' ')}`.trim(),
        `the outputs should be ${outputs}`,
      );
    const viewer = (event: string, link: string) =>
      user.shown<Event>('viewers', (told) => told.event === event && told.interface === link);
    let tv1: Host;
    let tv2: Host;
    before(async () => {
      [tv1, tv2] = tvs as [Host, Host];
      await startCameras();
      // A host says twice that it has joined: what is said before the example must be over. Pressed until the host obeys,
      // as in `untilObeyed`; the flow's other UDP node, for the camera, is older and takes messages then.
      for (const tv of [tv1, tv2]) {
        await tv.viewer(REMOTE_PORT, GROUP);
        await until(async () => {
          await user.press(`${tv.name} leaves`);
          return !(await tv.ip('maddress')).includes(GROUP);
        }, `${tv.name} to leave`);
        user.untouched.add(`${tv.name} leaves`);
      }
    });
    after(stopCameras);

    it('stops the encoder while nobody watches', async () => {
      await user.ask('add route');
      equal(await user.shown('encoder'), 'off');
      await has();
      await isOff();
    });

    it('starts it with the first viewer', async () => {
      await user.press('tv1 joins');
      equal((await viewer('member_joined', 'tv1')).hosts, 1);
      equal(await user.shown('encoder'), 'on');
      await has('tv1');
      await flows(camera, tv1);
    });

    it('lets it run as long as one watches', async () => {
      await user.press('tv2 joins');
      await viewer('member_joined', 'tv2');
      await has('tv1', 'tv2');
      await flows(camera, tv2);
      await user.press('tv1 leaves');
      equal((await viewer('member_left', 'tv1')).hosts, 0);
      await has('tv2');
      await flows(camera, tv2);
    });

    it('stops it with the last', async () => {
      await user.press('tv2 leaves');
      await viewer('member_left', 'tv2');
      equal(await user.shown('encoder'), 'off');
      await has();
      await isOff();
    });

    it('stops it with the route too', async () => {
      await user.press('tv1 joins');
      equal(await user.shown('encoder'), 'on');
      await flows(camera, tv1);
      await user.ask('delete');
      equal(await user.shown('encoder'), 'off');
      deepEqual(await routes(), []);
      await isOff();
    });

    it('hears of a viewer who joined before', async () => {
      await user.ask('add route');
      await user.press('tv1 joins'); // it has
      await has('tv1');
      await flows(camera, tv1);
      await user.ask('delete');
    });

    it('leaves the camera on for other examples, if asked to', async () => {
      await isOff();
      const before = await packetsFrom(camera);
      await user.press('camera on');
      await until(async () => (await packetsFrom(camera)) > before, 'the camera to send');
    });
  });

  describe('all of them imported', () => {
    const all = fileNames.flatMap(readFlow);
    const controllers = all.filter(({ type }) => type === CONTROLLER);
    const [chosen] = controllers;

    it('say that the table is in use if each keeps its controller', async () => {
      await user.deploy(all);
      equal((await user.ask<Failure>('show 239.10.20.30', 'failure')).code, 'ERR_MFC_TABLE_IN_USE');
    });

    it('work with the same controller in all nodes', async () => {
      const shared = all.filter((node) => node.type !== CONTROLLER || node === chosen);
      const flow = shared.map((node): FlowNode => ('controller' in node ? { ...node, controller: chosen?.id } : node));
      await user.deploy(flow);
      for (const type of ['mfc add', 'mfc del', 'mfc state']) await user.untilStatus(type, /^open/);
    });
  });
});
