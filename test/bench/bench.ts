/**
 * `npm run bench`: what the nodes cost, in a real Node-RED on the real kernel. Ratios are taken in one run, in turns, since machines
 * are noisy; times are medians.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import helper from 'node-red-node-test-helper';
import type { ControllerNode } from '../../nodes/controller-node';
import addNode from '../../nodes/mfc-add';
import controllerNode from '../../nodes/mfc-controller';
import delNode from '../../nodes/mfc-del';
import setNode from '../../nodes/mfc-set';
import stateNode from '../../nodes/mfc-state';
import { sweep } from '../../src/controller/parking';
import { Lab } from '../lab/lab';
import { bareLoop } from './bare-loop';
import { reportBursts } from './bursts';
import { median, missed, quantile, report } from './figures';
import { FirstPacket } from './first-packet';
import { clock, startClock } from './kernel-clock';
import { LoopWatch } from './loop-watch';
import { reportStorm } from './storm';

const MANY = 10_000;
const ROUNDS = 40;
/** The first rounds run code that is not compiled yet. */
const WARM_UP = 10;
const SINGLE_ROUNDS = 3;
const SINGLES = 500;
const METER_SECONDS = 8;
const INTERFACES = ['eth1', 'eth2', 'eth3'];

const streams = Array.from({ length: MANY }, (_, i) => ({
  source: `10.1.${i >> 8}.${i & 255}`,
  group: `239.1.${i >> 8}.${i & 255}`,
}));
/** As a message brings them: fresh objects each time. */
const text = JSON.stringify(streams.map((stream) => ({ ...stream, iif: 'eth1', oifs: ['eth2', 'eth3'] })));
const routes = (): unknown => JSON.parse(text);

const flow = [
  { id: 'tab', type: 'tab', label: 'bench' },
  { id: 'routes', type: 'mfc-controller' },
  { id: 'add', type: 'mfc add', z: 'tab', controller: 'routes', wires: [['answers']] },
  { id: 'del', type: 'mfc del', z: 'tab', controller: 'routes', wires: [['answers']] },
  { id: 'set', type: 'mfc set', z: 'tab', controller: 'routes', wires: [['answers']] },
  { id: 'state', type: 'mfc state', z: 'tab', controller: 'routes', wires: [['answers']] },
  { id: 'answers', type: 'sink', z: 'tab', wires: [] },
];

function sinkType(red: NodeAPI): void {
  red.nodes.registerType('sink', function (this: Node, config: NodeDef) {
    red.nodes.createNode(this, config);
    this.on('input', (msg) => answer(msg as never));
  });
}

const waiting = new Map<number, (answer: unknown) => void>();
let asked = 0;

/** Sends a message to a node and resolves with its answer. */
function ask<T>(id: string, payload: unknown): Promise<T> {
  const topic = asked++;
  return new Promise((resolve) => {
    waiting.set(topic, resolve as (answer: unknown) => void);
    helper.getNode(id).receive({ payload, topic } as never);
  });
}

function answer({ topic, payload }: { topic: number; payload: unknown }): void {
  waiting.get(topic)?.(payload);
  waiting.delete(topic);
}

async function startFlow(userDir: string): Promise<void> {
  helper.settings({ userDir });
  await helper.load([sinkType, controllerNode, addNode, delNode, setNode, stateNode], flow);
  // Opens the table. Asking for the state would have the counters read for a while.
  await ask('add', { ...streams[0], iif: 'eth1', oifs: ['eth2'], dry_run: true });
}

/** As the end of Node-RED: nothing waits for a successor. */
async function stopFlow(): Promise<void> {
  await helper.unload();
  await sweep();
}

/** One message with many routes, against the bare loop; and how long it holds the event loop. */
async function manyRoutes(userDir: string): Promise<void> {
  const ratios: number[] = [];
  const times: number[] = [];
  const holds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = bareLoop(streams, INTERFACES);
    await startFlow(userDir);
    const payload = routes();
    clock.reset();
    const watch = new LoopWatch();
    const start = performance.now();
    await ask('add', payload);
    holds.push(watch.stop());
    if (clock.added !== MANY) throw new Error(`${clock.added} routes reached the kernel`);
    times.push(clock.last - start);
    ratios.push(bare / (clock.last - start));
    await ask('del', streams);
    await stopFlow();
  }
  report('one message with 10,000 routes, rate against a bare koffi loop', median(ratios.slice(WARM_UP)), '×', {
    atLeast: 0.5,
  });
  report('  the same, message to the last route in the kernel', median(times.slice(WARM_UP)), 'ms');
  report('  the very first one, with cold code', times[0] ?? Number.NaN, 'ms');
  report('  longest hold of the event loop meanwhile, median of rounds', median(holds.slice(WARM_UP)), 'ms', {
    atMost: 20,
  });
  report('  longest hold in any round', quantile(holds, 1), 'ms');
}

/**
 * One route, from the node's input to the kernel: a message a turn, while the saves of those before it go on; or a message only when
 * the one before it was answered, when the processor has been idle and its caches are cold.
 */
async function oneRoute(there: string, afterAnswer: boolean): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < SINGLE_ROUNDS; round++) rounds.push(median((await singles(afterAnswer)).slice(50)));
  const result = median(rounds);
  const when = afterAnswer ? 'after the disk was waited for' : 'a message a turn';
  const bar = afterAnswer ? undefined : { atMost: 60 };
  report(`one route to the kernel, ${there} there, ${when}`, result, 'µs', bar);
  return result;
}

/** Adds routes one by one, and deletes them together. Answers how long each took, microseconds. */
async function singles(afterAnswer: boolean): Promise<number[]> {
  const times: number[] = [];
  const answers: Promise<unknown>[] = [];
  clock.reset();
  for (let i = 0; i < SINGLES; i++) {
    const message = { source: '10.1.1.5', group: `239.2.${i >> 8}.${i & 255}`, iif: 'eth1', oifs: ['eth2', 'eth3'] };
    const start = performance.now();
    const answer = ask('add', message);
    if (afterAnswer) await answer;
    else answers.push(answer);
    while (clock.added <= i) await nextTurn();
    times.push((clock.last - start) * 1000);
  }
  await Promise.all(answers);
  await ask(
    'del',
    Array.from({ length: SINGLES }, (_, i) => ({ source: '10.1.1.5', group: `239.2.${i >> 8}.${i & 255}` })),
  );
  return times;
}

/** The whole table, of which one route differs from what is there: that one alone is written. */
async function setTable(): Promise<void> {
  const times: number[] = [];
  const holds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const payload = routes() as { oifs: string[] }[];
    payload.splice(round, 1, { ...payload[round], oifs: ['eth2'] });
    clock.reset();
    const watch = new LoopWatch();
    const start = performance.now();
    await ask('set', payload);
    holds.push(watch.stop());
    const changed = round === 0 ? 1 : 2; // and the one of the round before goes back
    if (clock.added !== changed) throw new Error(`${clock.added} routes were written, not ${changed}`);
    times.push(clock.last - start);
  }
  report('mfc set with 10,000 routes of which two differ, to the kernel', median(times.slice(WARM_UP)), 'ms', {
    atMost: 60,
  });
  report('  longest hold of the event loop meanwhile, median of rounds', median(holds.slice(WARM_UP)), 'ms', {
    atMost: 20,
  });
  await ask('set', routes());
}

async function state(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { mfc_rules } = await ask<{ mfc_rules: unknown[] }>('state', '');
    times.push(performance.now() - start);
    if (mfc_rules.length !== MANY) throw new Error(`${mfc_rules.length} routes in the answer`);
  }
  report('mfc state with 10,000 routes and their counters, median', median(times.slice(WARM_UP)), 'ms', { atMost: 40 });
}

/** Percent of one core that the process takes for a while. */
async function load(seconds: number): Promise<number> {
  const before = process.cpuUsage();
  const start = performance.now();
  await pause(1_000 * seconds);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 10 / (performance.now() - start);
}

/** All routes measured once a second, and told. */
async function meter(): Promise<void> {
  const { controller } = helper.getNode('routes') as unknown as ControllerNode;
  let told = 0;
  const end = controller?.streams.events.subscribe(['rates'], () => told++);
  await pause(3_000); // code that is not compiled yet
  report('10,000 routes metered each second, of one core', await load(METER_SECONDS), '%', { atMost: 5 });
  const holds: number[] = [];
  for (let second = 0; second < METER_SECONDS; second++) {
    const watch = new LoopWatch();
    await pause(1_000);
    holds.push(watch.stop());
  }
  report('  longest hold of the event loop meanwhile, median of seconds', median(holds), 'ms', { atMost: 20 });
  if (told < 2 * METER_SECONDS) throw new Error(`Rates were told ${told} times`);
  end?.();
}

/** The saved routes of a user directory, from the opened socket to the last route in the kernel. */
async function restore(userDir: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    await stopFlow();
    clock.reset();
    await startFlow(userDir);
    if (clock.added < MANY) throw new Error(`${clock.added} routes were restored`);
    times.push(clock.last - clock.opened);
  }
  report('10,000 saved routes back after the socket opened, median', median(times), 'ms', { atMost: 150 });
}

function memory(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** Routes a group from the camera to the TV, as the only route of the flow. */
async function routeFirst(userDir: string, group: string): Promise<() => Promise<void>> {
  await startFlow(userDir);
  await ask('add', { group, iif: 'camera', oifs: ['tv'] });
  return async () => {
    await ask('del', { group });
    await stopFlow();
  };
}

async function main(): Promise<void> {
  const lab = await Lab.open();
  const userDir = await mkdtemp(join(tmpdir(), 'mfc-bench-'));
  await lab.link(...INTERFACES);
  helper.init(require.resolve('node-red'));
  startClock();
  try {
    await manyRoutes(userDir);
    await startFlow(userDir);
    const none = await oneRoute('no others', false);
    await oneRoute('no others', true);
    const before = memory();
    await ask('add', routes());
    report('memory for 10,000 routes', memory() - before, 'MB', { atMost: 12 });
    const many = await oneRoute('10,000', false);
    await oneRoute('10,000', true);
    report('  with 10,000 there against with none', many / none, '×');
    await setTable();
    await state();
    await meter();
    await restore(userDir);
    await ask('del', streams);
    await stopFlow();
    const [camera, tv] = [await lab.host('camera'), await lab.host('tv')];
    await new FirstPacket(camera, tv, (group) => routeFirst(userDir, group)).report();
  } finally {
    await stopFlow();
    await lab.close();
    await rm(userDir, { recursive: true });
  }
  await reportBursts();
  await reportStorm();
  process.exit(missed() > 0 ? 1 : 0);
}

void main();
