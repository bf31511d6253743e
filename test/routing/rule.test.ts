// Rules out of routes: what a flow does to an answer must not reach the route.

import { deepEqual, throws } from 'node:assert/strict';
import { parseAdd, parseSaved } from '../../src/routing/request';
import { type Rule, toRule, toSavedRule } from '../../src/routing/route';

const MESSAGE = {
  group: '239.1.0.0/16',
  iif: 'eth1',
  oifs: [{ name: 'eth2', threshold: 16 }],
  alarm: { idle: 2 },
  exclude: ['239.1.7.0/24'],
  idle_timeout: 30,
};
const MEMBERS = { group: '239.1.1.1', iif: 'eth1', oifs: 'members', members: { among: ['eth2'], timeout: 5 } };

/** As careless as a function node can be. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    spoil(item);
    Reflect.set(value, key, 'spoilt');
  }
}

describe('routing: rules', () => {
  for (const message of [MESSAGE, MEMBERS]) {
    it(`are copies: ${JSON.stringify(message)}`, () => {
      const { route } = parseAdd(message);
      const before: Rule = structuredClone(toRule(route));
      spoil(toRule(route));
      deepEqual(toRule(route), before);
    });

    it(`give the same route again: ${JSON.stringify(message)}`, () => {
      const { route } = parseAdd(message);
      deepEqual(parseAdd(toRule(route)).route, route);
    });
  }

  it('have what is left of a lease, and in the file when it ends', () => {
    const { route } = parseAdd({ ...MEMBERS, expires_in: 60 });
    const { expires_in = 0 } = toRule(route);
    deepEqual([expires_in > 30, expires_in <= 60, toRule(route).expires_at], [true, true, undefined]);
    deepEqual([toSavedRule(route).expires_at, toSavedRule(route).expires_in], [route.expiresAt, undefined]);
  });

  it('may have come in the file to what no message may ask for', () => {
    const rules = [
      { source: '*', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2'], expires_at: Date.now() - 1 },
      { source: '*', group: '239.1.0.0/16', iif: 'eth1', oifs: ['eth2'], alarm: { idle: 61 }, idle_timeout: 60 },
    ];
    for (const rule of rules) {
      throws(() => parseAdd(rule), { code: 'ERR_MFC_INVALID' });
      deepEqual(toSavedRule(parseSaved(rule, 0)), rule);
    }
  });
});
