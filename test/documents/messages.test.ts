// Every message in the README, sent to the nodes that it is for, on the real kernel; every answer and event there, held against a real one.

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ChangeAnswer, StateAnswer } from '../../src/controller/answers';
import type { MfcEvent } from '../../src/streams/events/event';
import { type Host, Lab, until } from '../lab/lab';
import { controller, flow, node } from '../nodes/flows';
import { NodeRed } from '../nodes/node-red';
import { Document, quoted } from './document';

type Json = Record<string, unknown>;

const readme = new Document('README.md');
const FLOW = flow(
  controller('routes', { meterInterval: '0.1' }),
  node('add', 'mfc add'),
  node('del', 'mfc del'),
  node('set', 'mfc set'),
  node('state', 'mfc state'),
  node('events', 'mfc event', { events: ['stream_lost', 'rates'], wires: [['events ear']] }),
  { id: 'events ear', type: 'ear', z: 'tab', wires: [] },
);
/** Of the state's example: no route takes it. */
const STRAY = '239.10.20.99';

const examples = readme.blocks
  .filter(({ language }) => language === 'json')
  .map(({ heading, text }) => ({ heading, value: JSON.parse(text) as Json | Json[] }));
const isTable = (value: Json | Json[]): value is Json[] => Array.isArray(value);
const objects = examples.flatMap(({ heading, value }) => (isTable(value) ? [] : [{ heading, value }]));

const routeBlocks = objects.filter(({ value }) => 'group' in value && !('event' in value) && !('state' in value));
/** Within sentences. */
const inline = quoted(readme.prose.replaceAll('\n', ' ')).filter((text) => /^\{.*"oifs"/.test(text));
const routes = [
  ...routeBlocks,
  ...inline.map((text) => ({ heading: 'in a sentence', value: JSON.parse(text) as Json })),
];
const tables = examples.map(({ value }) => value).filter(isTable);
const answers = objects.filter(({ value }) => 'changed' in value);
const states = objects.filter(({ value }) => 'vif_map' in value);
const measured = objects.filter(({ value }) => 'state' in value);
const events = objects.filter(({ value }) => 'event' in value);

/** The only one of these. */
function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`There should be one, not ${items.length}.`);
  return item;
}

/** What an example has and the real thing has not, or has as another type. Of a list, every item is held against the first real one. */
function missing(example: unknown, real: unknown, at = ''): string[] {
  if (Array.isArray(example)) {
    if (!Array.isArray(real)) return [at];
    return example.flatMap((item, i) => missing(item, real[0], `${at}[${i}]`));
  }
  if (typeof example === 'object' && example !== null) {
    if (typeof real !== 'object' || real === null) return [at];
    return Object.entries(example).flatMap(([key, value]) => missing(value, (real as Json)[key], `${at}.${key}`));
  }
  return typeof example === typeof real ? [] : [at];
}

describe('documents: messages of the README', () => {
  let lab: Lab;
  let camera: Host;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('eth1');
    await lab.link('eth2', 'eth3');
  });
  after(() => lab.close());
  beforeEach(async () => {
    red = await NodeRed.start(FLOW);
  });
  afterEach(() => red.close());

  const told = (kind: string) =>
    red.heard.map(({ payload }) => payload as MfcEvent).filter(({ event }) => event === kind);

  it('are each of a kind that is tested here', () => {
    equal([...routeBlocks, ...tables, ...answers, ...states, ...measured, ...events].length, examples.length);
    ok(routeBlocks.length > 4 && inline.length > 1 && tables.length > 0);
  });

  for (const { heading, value } of routes) {
    it(`${heading}: the route ${JSON.stringify(value).slice(0, 60)}… is taken, and deleted`, async () => {
      const { changed, mfc_rules } = await red.add(value);
      ok(changed);
      // Which outputs hosts open is the answer's to say.
      const { oifs, ...others } = value;
      deepEqual(missing(oifs === 'members' ? others : value, mfc_rules[0]), []);
      await red.send('del', mfc_rules);
      deepEqual((await red.state()).mfc_rules, []);
    });
  }

  it('are answered as it says', async () => {
    const [first] = routes;
    deepEqual(await red.add(first?.value), only(answers).value);
  });

  it('set a table, with the lines that it shows', async () => {
    const block = only(readme.blocks.filter(({ heading, language }) => heading === 'mfc set' && language === ''));
    const lines = block.text.trimEnd().split('\n');
    for (const line of lines) {
      const [, source, group, iif, oifs] = /^[~-] \((.*), (.*)\) (\w+) → (\w+)/.exec(line) ?? [];
      if (group !== undefined) await red.add({ source, group, iif, oifs });
    }
    const mfc_rules = only(tables);
    const planned = await red.send('set', { mfc_rules, dry_run: true });
    deepEqual((planned.answer.payload as ChangeAnswer).lines, lines);
    await red.send('set', mfc_rules);
    equal((await red.state()).mfc_rules.length, mfc_rules.length);
  });

  it('tell of the state, rates and events as it says', async () => {
    const { value } = only(measured);
    const { iif, oifs, group } = value;
    await red.add({ source: camera.ipv4, iif, oifs, group, alarm: { idle: 0.5 }, expires_in: 3600 });
    const stream = await camera.stream(String(group), { rate: 100 });
    const stray = await camera.stream(STRAY, { rate: 100 });
    const state = await until(async () => {
      const state: StateAnswer = await red.state();
      return state.mfc_rules[0]?.packets_per_second !== undefined && state.unrouted.length > 0 && state;
    }, 'rates and a stream without a route');
    deepEqual(missing(only(states).value, state), []);
    deepEqual(missing(value, state.mfc_rules[0]), []);
    await stray.stop();
    await stream.stop();
    for (const { value } of events) {
      const kind = String(value.event);
      const real = await until(() => told(kind).find((event) => missing(value, event).length === 0), kind);
      deepEqual(missing(value, real), []);
    }
  });
});
