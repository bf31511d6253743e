/**
 * Routes by MQTT, with a real broker: commands and answers, the retained state, and what Node-RED's end leaves behind.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { ChangeAnswer, StateAnswer } from '../../src/controller/answers';
import { Broker } from '../lab/broker';
import { until } from '../lab/lab';
import { readFlow } from './files';
import { example, GROUP, Ground } from './ground';

interface Failure {
  message: string;
  code?: string;
}

interface Said {
  topic: string;
  payload: unknown;
  retain: boolean;
}

interface Rates {
  routes: { group: string; packets_per_second?: number }[];
}

const FILE = '06-mqtt.json';
const PORT = 1883;
const isOne = ({ mfc_rules }: StateAnswer): boolean => mfc_rules.length === 1;
const ROUTE = { source: '10.0.1.2', group: GROUP, iif: 'camera', oifs: ['tv1'] };

describe('MQTT', () => {
  let ground: Ground;
  let broker: Broker | undefined;
  /** What is published, the newest last. */
  let published: Said[] = [];

  before(async () => {
    ground = await Ground.open();
  });
  after(async () => {
    await ground?.close();
    await broker?.close();
  });

  async function said<T>(topic: string, accept: (payload: T) => boolean = () => true): Promise<T> {
    const find = () => published.findLast((one) => one.topic === topic && accept(one.payload as T));
    const all = () => JSON.stringify(published.filter((one) => one.topic === topic));
    return (await until(find, () => `${topic}, where ${all()} was published`)).payload as T;
  }

  /** Resolves when the flow has found it. */
  async function openBroker(): Promise<void> {
    const opened = await Broker.open(PORT);
    broker = opened;
    opened.onPublish = (topic, payload, retain) => {
      const isAnswer = /^mroute\/(answer|error|state|event|rates|online)\b/.test(topic);
      published.push({ topic, payload: isAnswer ? JSON.parse(payload) : payload, retain });
    };
    for (const word of ['add', 'del', 'set', 'get']) {
      await until(() => opened.topics.has(`mroute/${word}/#`), `a subscription to ${word}`);
    }
  }

  /** Resolves with the state in which the route has this output. */
  const sends = (output: string) =>
    said<StateAnswer>('mroute/state', ({ mfc_rules }) => mfc_rules[0]?.oifs.join() === output);

  /** Presses a button and resolves with what comes to a topic then. */
  async function ask<T>(button: string, topic: string): Promise<T> {
    published = [];
    await ground.user.press(button);
    return said<T>(topic);
  }

  example(
    '06-mqtt.json',
    () => ground.user,
    () => {
      it('runs without a broker', () => ground.user.untilStatus('mfc add', /^open/));

      it('connects when there is one, and tells the state', async () => {
        await openBroker();
        await said('mroute/online', (online) => online === true);
        deepEqual((await said<StateAnswer>('mroute/state')).mfc_rules, []);
      });

      it('adds a route, and packets arrive', async () => {
        equal((await ask<ChangeAnswer>('add route to tv1', 'mroute/answer/add')).changed, true);
        await ground.has('10.0.1.2 239.10.20.30: camera > tv1');
        const [tv1] = ground.tvs;
        await tv1.join(GROUP);
        const stream = await ground.camera.stream(GROUP, { rate: 200 });
        await ground.flows(ground.camera, tv1);
        const isRate = ({ routes }: Rates) => (routes[0]?.packets_per_second ?? 0) > 100;
        equal((await said<Rates>('mroute/rates', isRate)).routes[0]?.group, GROUP);
        await stream.stop();
      });

      it('sets the whole table, and tells each change', async () => {
        await sends('tv1');
        equal((await ask<ChangeAnswer>('whole table: only to tv2', 'mroute/answer/set')).changed, true);
        await ground.has('10.0.1.2 239.10.20.30: camera > tv2');
        await sends('tv2');
        equal(published.findLast(({ topic }) => topic === 'mroute/state')?.retain, true);
        await said<{ event: string }>('mroute/event', ({ event }) => event === 'route_changed');
        equal((await ask<StateAnswer>('show state', 'mroute/answer/get')).mfc_rules.length, 1);
      });

      it('takes a state back as it was told', async () => {
        await ground.user.press('add route to tv1');
        const before = await sends('tv1');
        equal((await ask<ChangeAnswer>('delete', 'mroute/answer/del')).changed, true);
        await ground.has();
        await broker?.publish('mroute/set', JSON.stringify(before));
        await ground.has('10.0.1.2 239.10.20.30: camera > tv1');
        await ask<ChangeAnswer>('delete', 'mroute/answer/del');
      });

      it('answers to whom it was asked by', async () => {
        await broker?.publish('mroute/add/panel7/42', JSON.stringify({ ...ROUTE, dry_run: true }));
        equal((await said<ChangeAnswer>('mroute/answer/add/panel7/42')).dry_run, true);
        await broker?.publish('mroute/del/panel7/43', JSON.stringify({ group: GROUP }));
        equal((await said<Failure>('mroute/error/del/panel7/43')).code, 'ERR_MFC_NO_ROUTE');
      });

      it('publishes failures', async () => {
        const { code, message } = await ask<Failure>('delete', 'mroute/error/del');
        equal(code, 'ERR_MFC_NO_ROUTE');
        match(message, /\w/);
        ok((await ask<Failure>('no JSON', 'mroute/error/add')).message);
      });

      it('has a true state after a restart, whatever has become of its routes meanwhile', async () => {
        const restart = async () => {
          published = [];
          await ground.user.deploy(readFlow(FILE));
        };
        await ask<ChangeAnswer>('add route to tv1', 'mroute/answer/add');
        await broker?.publish('mroute/add', JSON.stringify({ ...ROUTE, group: '239.10.20.31', expires_in: 0.5 }));
        await said<StateAnswer>('mroute/state', ({ mfc_rules }) => mfc_rules.length === 2);
        await ground.user.deploy([]);
        await ground.lab.unlink('tv1');
        await restart();
        equal((await said('mroute/state', isOne)).mfc_rules[0]?.state, 'pending');
        await ground.user.deploy([]);
        await ground.lab.connect(ground.tvs[0]);
        await restart();
        equal((await said('mroute/state', isOne)).mfc_rules[0]?.state, 'active');
        await ask<ChangeAnswer>('delete', 'mroute/answer/del');
      });

      it('has a true state, and takes commands, when the broker is back', async () => {
        await ask<ChangeAnswer>('add route to tv1', 'mroute/answer/add');
        await broker?.close();
        await ground.lab.unlink('tv1'); // what is said of it is lost
        published = [];
        await openBroker();
        await said<StateAnswer>('mroute/state', ({ mfc_rules }) => mfc_rules[0]?.state === 'pending');
        await said('mroute/online', (online) => online === true);
        await ground.lab.connect(ground.tvs[0]);
        await said<StateAnswer>('mroute/state', ({ mfc_rules }) => mfc_rules[0]?.state === 'active');
        await ask<ChangeAnswer>('delete', 'mroute/answer/del');
      });

      it('says in the state why routing is off, and when it is on again', async () => {
        const first = readFlow('01-first-route.json'); // it has the table until it goes
        await ground.user.deploy([]);
        published = [];
        await ground.user.deploy([...first, ...readFlow(FILE)]);
        const { message } = await said<Failure>('mroute/state', ({ code }) => code === 'ERR_MFC_TABLE_IN_USE');
        match(message, /Another controller/);
        equal(published.findLast(({ topic }) => topic === 'mroute/state')?.retain, true);
        published = [];
        await ground.user.deploy(readFlow(FILE), 'flows');
        deepEqual((await said<StateAnswer>('mroute/state', ({ mfc_rules }) => mfc_rules !== undefined)).mfc_rules, []);
      });

      it('says when it goes', async () => {
        await ground.user.deploy([]);
        await said('mroute/online', (online) => online === false);
        equal(published.findLast(({ topic }) => topic === 'mroute/online')?.retain, true);
      });
    },
  );
});
