// Which route takes a stream, and the entry that the stream gets.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { learn, type Stream, streamOf, type Template, Templates, templateOf } from '../../src/routing/learning';
import { contains, parsePrefix } from '../../src/routing/prefix';
import { parseAdd } from '../../src/routing/request';
import { resolve } from '../../src/routing/resolve';
import { routeKey } from '../../src/routing/route';
import { Random, SEED } from '../lab/random';
import { Ground } from './world';

const LINKS = ['eth1', 'eth2', 'eth3', 'wlan1'];

/** As it would be installed. */
function template(ground: Ground, message: object): Template {
  const { route } = parseAdd({ iif: 'eth1', oifs: ['eth2'], ...message });
  const { installed } = resolve(route, ground);
  const made = installed && templateOf(routeKey(route.source, route.group), installed);
  ok(made, JSON.stringify(message));
  return made;
}

function stream(source: string, group: string, iif = 'eth1'): Stream {
  const made = streamOf({ source, group, iif });
  ok(made);
  return made;
}

describe('routing: which route learns a stream', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground(...LINKS);
  });

  const templates = (...messages: object[]): Templates => new Templates(messages.map((one) => template(ground, one)));
  const found = (all: Templates, source: string, group: string, iif?: string): string | undefined =>
    all.find(stream(source, group, iif))?.key;

  it('the longest prefix of groups, then that of sources, in whatever order they came', () => {
    const messages = [
      { group: '239.0.0.0/8' },
      { group: '239.1.0.0/16' },
      { group: '239.1.0.0/16', source: '10.0.0.0/8' },
      { group: '239.1.0.0/16', source: '10.1.1.0/24' },
      { group: '239.1.1.1', source: '10.0.0.0/8' },
    ];
    for (const all of [templates(...messages), templates(...messages.reverse())]) {
      equal(found(all, '11.0.0.1', '239.9.9.9'), '* 239.0.0.0/8');
      equal(found(all, '11.0.0.1', '239.1.9.9'), '* 239.1.0.0/16');
      equal(found(all, '10.9.9.9', '239.1.9.9'), '10.0.0.0/8 239.1.0.0/16');
      equal(found(all, '10.1.1.9', '239.1.9.9'), '10.1.1.0/24 239.1.0.0/16');
      equal(found(all, '10.1.1.9', '239.1.1.1'), '10.0.0.0/8 239.1.1.1');
      equal(found(all, '10.1.1.9', '238.1.1.1'), undefined);
    }
  });

  it('not one that excludes its group or source: a less specific one may', () => {
    const all = templates(
      { group: '239.0.0.0/8' },
      { group: '239.1.0.0/16', exclude: ['239.1.7.0/24', '10.1.1.99', '172.16.0.0/12'] },
    );
    equal(found(all, '10.1.1.1', '239.1.6.255'), '* 239.1.0.0/16');
    equal(found(all, '10.1.1.1', '239.1.7.0'), '* 239.0.0.0/8');
    equal(found(all, '10.1.1.1', '239.1.7.255'), '* 239.0.0.0/8');
    equal(found(all, '10.1.1.99', '239.1.1.1'), '* 239.0.0.0/8');
    equal(found(all, '172.31.0.1', '239.1.1.1'), '* 239.0.0.0/8');
    equal(found(all, '172.32.0.1', '239.1.1.1'), '* 239.1.0.0/16');
    equal(found(templates({ group: '239.0.0.0/8', exclude: ['0.0.0.0/0'] }), '10.1.1.1', '239.1.1.1'), undefined);
  });

  it('only where its input is', () => {
    const all = templates(
      { group: '239.1.0.0/16', iif: 'eth+', oifs: ['eth2'] },
      { group: '239.0.0.0/8', iif: 'wlan1' },
    );
    for (const iif of ['eth1', 'eth2', 'eth3']) equal(found(all, '10.1.1.1', '239.1.1.1', iif), '* 239.1.0.0/16');
    equal(found(all, '10.1.1.1', '239.1.1.1', 'wlan1'), '* 239.0.0.0/8');
    equal(found(all, '10.1.1.1', '239.2.1.1', 'eth1'), undefined);
    equal(found(all, '10.1.1.1', '239.1.1.1', 'eth9'), undefined); // it had no VIF when the route was installed
    const any = templates({ group: '239.1.1.1', iif: '*' });
    for (const iif of LINKS) equal(found(any, '10.1.1.1', '239.1.1.1', iif), '* 239.1.1.1');
    equal(found(any, '10.1.1.1', '239.1.1.2'), undefined);
  });

  it('each family for itself', () => {
    const all = templates({ group: '224.0.0.0/4' }, { group: 'ff00::/8' }, { group: 'ff05::/16', source: 'fd00::/64' });
    equal(found(all, '10.1.1.1', '239.1.1.1'), '* 224.0.0.0/4');
    equal(found(all, 'fd01::1', 'ff05::1'), '* ff00::/8');
    equal(found(all, 'fd00::1', 'ff05::1'), 'fd00::/64 ff05::/16');
    equal(found(all, 'fd00:0:0:1::1', 'ff05::1'), '* ff00::/8');
  });

  it('no route that does not learn', () => {
    const { route } = parseAdd({ source: '10.1.1.1', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2'] });
    equal(templateOf('key', route), undefined);
    equal(templates().find(stream('10.1.1.1', '239.1.1.1')), undefined);
  });

  it(`as a search through all of them says, 3,000 times (seed ${SEED})`, () => {
    const random = new Random(SEED);
    let taken = 0;
    for (let n = 0; n < 3000; n++) {
      const messages = Array.from({ length: 1 + random.below(6) }, () => randomMessage(random));
      const unique = new Map(messages.map((one) => [`${one.source} ${one.group}`, one]));
      const [source, group, iif] = [randomSource(random), randomGroup(random), random.pick(LINKS)];
      const expected = slowly(Array.from(unique.values()), source, group, iif);
      equal(found(templates(...unique.values()), source, group, iif), expected, `seed ${SEED}, ${n}`);
      if (expected !== undefined) taken++;
    }
    ok(taken > 300 && taken < 2700, `${taken} taken`);
  });
});

interface Message {
  source: string;
  group: string;
  iif: string;
  exclude: string[];
}

const randomSource = (random: Random): string => `10.0.${random.below(2)}.${1 + random.below(3)}`;
const randomGroup = (random: Random): string => `239.1.${random.below(2)}.${random.below(3)}`;

function randomMessage(random: Random): Message {
  return {
    source: random.pick(['*', '10.0.0.0/16', '10.0.0.0/24', '10.0.1.0/24', '10.0.0.2/31']),
    group: random.pick(['239.0.0.0/8', '239.1.0.0/16', '239.1.0.0/24', '239.1.1.0/24', '239.1.1.0/31']),
    iif: random.pick(['eth1', 'eth+', '*', 'wlan+']),
    exclude: random.chance(50) ? [] : [random.pick(['10.0.0.0/24', '10.0.1.1', '239.1.1.0/24', '239.1.0.2'])],
  };
}

function slowly(messages: readonly Message[], source: string, group: string, iif: string): string | undefined {
  const isIn = (address: string, text: string): boolean => {
    const prefix = parsePrefix(text === '*' ? '0.0.0.0/0' : text);
    const bytes = parsePrefix(address)?.bytes;
    return prefix !== undefined && bytes !== undefined && contains(prefix, bytes);
  };
  const lengthOf = (text: string): number => (text === '*' ? 0 : (parsePrefix(text)?.length ?? 0));
  const matching = messages.filter(
    (one) =>
      isIn(source, one.source) &&
      isIn(group, one.group) &&
      (one.iif === iif || one.iif === '*' || (one.iif.endsWith('+') && iif.startsWith(one.iif.slice(0, -1)))) &&
      !one.exclude.some((text) => isIn(source, text) || isIn(group, text)),
  );
  const rank = (one: Message): number => 100 * lengthOf(one.group) + lengthOf(one.source);
  const best = matching.reduce<Message | undefined>(
    (a, b) => (a === undefined || rank(b) > rank(a) ? b : a),
    undefined,
  );
  return best && `${best.source} ${best.group}`;
}

describe('routing: the entry of a stream', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground(...LINKS);
  });

  const entry = (message: object, iif = 'eth1') =>
    learn(template(ground, message), { source: '10.1.1.1', group: '239.1.1.1', iif }, ground);
  const names = (route: ReturnType<typeof entry>): string[] | undefined => route?.outputs.map(({ name }) => name);

  it('has the outputs of the route, without the input', () => {
    const oifs = ['eth1', { name: 'eth2', threshold: 9 }];
    deepEqual(entry({ group: '239.1.0.0/16', iif: '*', oifs }, 'wlan1'), {
      version: 4,
      source: '10.1.1.1',
      group: '239.1.1.1',
      iif: 'wlan1',
      outputs: [
        { name: 'eth1', threshold: 1 },
        { name: 'eth2', threshold: 9 },
      ],
    });
    deepEqual(names(entry({ group: '239.1.0.0/16', iif: '*', oifs }, 'eth1')), ['eth2']);
    deepEqual(names(entry({ group: '239.1.0.0/16', iif: '*', oifs }, 'eth2')), ['eth1']);
  });

  it('is none if the stream could leave nowhere but where it came in; a stop filter sends it nowhere on purpose', () => {
    equal(entry({ group: '239.1.0.0/16', iif: '*', oifs: 'eth1' }, 'eth1'), undefined);
    deepEqual(names(entry({ group: '239.1.0.0/16', iif: '*', oifs: [], stop_filter: true })), []);
  });

  it('has label and alarm, but neither join nor lease nor learning of the route', () => {
    const route = entry({
      group: '239.1.1.0/24',
      label: 'Hall',
      alarm: { idle: 2 },
      join: true,
      expires_in: 9,
      exclude: [],
    });
    deepEqual(Object.keys(route ?? {}).sort(), ['alarm', 'group', 'iif', 'label', 'outputs', 'source', 'version']);
    deepEqual([route?.label, route?.alarm], ['Hall', { idle: 2 }]);
  });

  it('is open where hosts have joined its own group, not on the input', () => {
    const message = { group: '239.1.0.0/16', iif: 'eth+', oifs: 'members' };
    deepEqual(names(entry(message)), []);
    for (const name of ['eth1', 'eth3', 'wlan1']) ground.joined.add(`${name} 239.1.1.1`);
    ground.joined.add('eth2 239.1.1.2');
    deepEqual(names(entry(message)), ['eth3', 'wlan1']);
    deepEqual(names(entry(message, 'eth3')), ['eth1', 'wlan1']);
    deepEqual(names(entry({ ...message, members: { among: ['eth2', 'eth3'] } })), ['eth3']);
  });
});
