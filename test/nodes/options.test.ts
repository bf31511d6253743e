// What routes have besides stream and interfaces, in a node's fields and in messages: the node wins, a blank field is the message's.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { type FieldsConfig, fieldsOf } from '../../nodes/fields';
import type { MfcError } from '../../src/errors';
import { parseAdd, parseDel } from '../../src/routing/request';
import { type Route, toRule } from '../../src/routing/route';

const ROUTE = { source: '*', group: '239.1.0.0/24', iif: 'eth1', oifs: ['eth2'] };
/** As a node has them whose form was never touched. */
const BLANK: FieldsConfig = {
  source: '',
  group: '',
  iif: '',
  oifs: '',
  threshold: '',
  label: '',
  allowAbsent: false,
  dryRun: false,
  members: false,
  membersAmong: '',
  membersTimeout: '',
  join: false,
  alarmIdle: '',
  expiresIn: '',
  exclude: '',
  idleTimeout: '',
};

function routeOf(message: object, config: FieldsConfig): Route {
  return parseAdd({ ...ROUTE, ...message }, fieldsOf({ ...BLANK, ...config })).route;
}

/** Of a field: what the node and the message say, and how a route shows each. */
interface Field {
  readonly name: string;
  readonly config: FieldsConfig;
  readonly message: object;
  readonly shown: (route: Route) => unknown;
  readonly fromNode: unknown;
  readonly fromMessage: unknown;
  readonly fromNeither: unknown;
}

const FIELDS: readonly Field[] = [
  {
    name: 'join',
    config: { join: true },
    message: { join: false },
    shown: ({ join }) => join,
    fromNode: true,
    fromMessage: undefined,
    fromNeither: undefined,
  },
  {
    name: 'alarm',
    config: { alarmIdle: ' 0.5 ' },
    message: { alarm: { idle: 9 } },
    shown: ({ alarm }) => alarm,
    fromNode: { idle: 0.5 },
    fromMessage: { idle: 9 },
    fromNeither: undefined,
  },
  {
    name: 'exclude',
    config: { exclude: ' 239.1.7.0/24 , 10.1.1.99' },
    message: { exclude: ['10.1.1.98'] },
    shown: ({ learning }) => learning?.exclude,
    fromNode: ['239.1.7.0/24', '10.1.1.99'],
    fromMessage: ['10.1.1.98'],
    fromNeither: [],
  },
  {
    name: 'idle_timeout',
    config: { idleTimeout: 5 },
    message: { idle_timeout: 9 },
    shown: ({ learning }) => learning?.idleTimeout,
    fromNode: 5,
    fromMessage: 9,
    fromNeither: 60,
  },
  {
    name: 'members',
    config: { members: true },
    message: { oifs: 'members', members: { timeout: 9 } },
    shown: ({ members, outputs }) => members ?? outputs.map(({ name }) => name),
    fromNode: {},
    fromMessage: { timeout: 9 },
    fromNeither: ['eth2'],
  },
  {
    name: 'members.among',
    config: { members: true, membersAmong: 'eth3 ,eth4' },
    message: { oifs: 'members', members: { among: ['eth2'] } },
    shown: ({ members }) => members?.among,
    fromNode: ['eth3', 'eth4'],
    fromMessage: ['eth2'],
    fromNeither: undefined,
  },
  {
    name: 'members.timeout',
    config: { members: true, membersTimeout: '300' },
    message: { oifs: 'members', members: { timeout: 9 } },
    shown: ({ members }) => members?.timeout,
    fromNode: 300,
    fromMessage: 9,
    fromNeither: undefined,
  },
];

describe('options of routes in nodes and messages', () => {
  for (const { name, config, message, shown, fromNode, fromMessage, fromNeither } of FIELDS) {
    it(`${name}: the node wins, a blank field is the message's`, () => {
      deepEqual(shown(routeOf({}, {})), fromNeither);
      deepEqual(shown(routeOf(message, {})), fromMessage);
      deepEqual(shown(routeOf({}, config)), fromNode);
      if (name !== 'members') deepEqual(shown(routeOf(message, config)), fromNode);
    });
  }

  it('a lease: the node wins, whichever way the message says it', () => {
    // In tens: some may be over already on a busy machine.
    const secondsLeft = (message: object, config: FieldsConfig): number =>
      10 * Math.round(((routeOf(message, config).expiresAt ?? Number.NaN) - Date.now()) / 10_000);
    equal(routeOf({}, {}).expiresAt, undefined);
    equal(secondsLeft({ expires_in: 90 }, {}), 90);
    equal(secondsLeft({ expires_in: 90 }, { expiresIn: '30' }), 30);
    equal(routeOf({ expires_at: 2e12 }, {}).expiresAt, 2e12);
    equal(secondsLeft({ expires_at: 2e12 }, { expiresIn: 30 }), 30);
  });

  it('each setting of members is a field of its own', () => {
    const { members } = routeOf({ members: { among: ['eth2'], timeout: 9 } }, { members: true, membersTimeout: '5' });
    deepEqual(members, { among: ['eth2'], timeout: 5 });
    deepEqual(routeOf({ members: 7 }, { members: true }).members, {});
  });

  it("outputs that the node names win over a message's members, and the other way round", () => {
    const named = routeOf({ oifs: ['eth3'], members: { among: ['eth2'] } }, { oifs: 'eth4' });
    deepEqual([named.members, named.outputs.map(({ name }) => name)], [undefined, ['eth4']]);
    const open = routeOf({ oifs: ['eth3'] }, { members: true, oifs: 'eth4' });
    deepEqual([open.members, open.outputs], [{}, []]);
    deepEqual(routeOf({ members: { timeout: 9 } }, { oifs: 'members' }).members, { timeout: 9 });
  });

  it('what the form does not show does not count', () => {
    const { members, outputs } = routeOf({}, { members: false, membersAmong: 'eth3', membersTimeout: 'x' });
    deepEqual([members, outputs.length], [undefined, 1]);
  });

  it('numbers in other spellings are refused, with the names of their fields in messages', () => {
    const refused = (config: FieldsConfig, field: string): void =>
      throws(
        () => routeOf({}, config),
        (error: MfcError) => error.code === 'ERR_MFC_INVALID' && error.cause.field === field,
        JSON.stringify(config),
      );
    for (const value of ['0', '-1', '1e3', '5 s', '.5', '0x10', 0, -1]) {
      refused({ alarmIdle: value }, 'alarm.idle');
      refused({ expiresIn: value }, 'expires_in');
      refused({ idleTimeout: value }, 'idle_timeout');
      refused({ members: true, membersTimeout: value }, 'members.timeout');
    }
    refused({ members: true, membersAmong: 'eth2,eth1' }, 'members.among');
    refused({ exclude: '10.1.1.9,x' }, 'exclude[1]');
  });

  it('a rule out of an answer means the same route again, to both nodes', () => {
    const messages = [
      { oifs: 'members', members: { among: 'eth2,eth3', timeout: 5 } },
      { oifs: 'members' },
      { join: true, alarm: { idle: 2 }, exclude: '10.1.1.9', label: 'Hall' },
      { iif: 'eth+', idle_timeout: 0.5 },
      { iif: '*', source: '10.1.1.5', group: '239.1.1.1' },
      { oifs: [], stop_filter: true },
    ];
    for (const message of messages) {
      const { route } = parseAdd({ ...ROUTE, ...message });
      const rule = toRule(route);
      deepEqual(parseAdd(rule).route, route);
      const { source, group, version, iif } = route;
      const outputs = route.outputs.map(({ name }) => name);
      const part = outputs.length === 0 ? {} : { outputs };
      deepEqual(parseDel(rule), { version, source, group, iif, ...part });
      // With outputs that hosts had open, as answers show them.
      if (route.members !== undefined)
        deepEqual(parseDel({ ...rule, oifs: ['eth2'] }), { version, source, group, iif });
    }
    const lease = parseAdd({ ...ROUTE, expires_in: 60 }).route;
    ok(Math.abs((parseAdd(toRule(lease)).route.expiresAt ?? 0) - (lease.expiresAt ?? 0)) < 30_000);
  });
});
