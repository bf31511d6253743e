/**
 * What the sidebar's tables show of the server's answers.
 */
import assert from 'node:assert/strict';
import type { LiveInterface, TableState } from '../../nodes/sidebar/answers';
import {
  interfaceRows,
  matches,
  routeFor,
  routeTexts,
  searchOf,
  seenSince,
  streamRows,
  undoOf,
} from '../../nodes/sidebar/view';
import { parseAdd } from '../../src/routing/request';
import { toRule } from '../../src/routing/route';
import { route, row, rows } from './routes';

const state = (some: Partial<TableState>): TableState => ({
  vif_map: {},
  vif6_map: {},
  mfc_rules: [],
  unrouted: [],
  ...some,
});
const live = (name: string, some: Partial<LiveInterface> = {}): LiveInterface => ({
  name,
  up: true,
  running: true,
  multicast: true,
  addresses: [],
  ...some,
});

describe('view: routes', () => {
  const tones = {
    flowing: row({ packets_per_second: 0.5 }),
    still: row({ packets_per_second: 0 }),
    pending: row({ state: 'pending' }),
    degraded: row({ state: 'degraded', packets_per_second: 5 }),
    lost: row({ alarm_state: 'lost', state: 'degraded' }),
    foreign: row({ state: 'foreign' }),
  };
  for (const [tone, { tone: shown }] of Object.entries(tones)) it(`${tone}`, () => assert.equal(shown, tone));

  it('one that is not measured yet is still, one that another program took out is pending', () => {
    assert.equal(row().tone, 'still');
    assert.equal(row({ state: 'missing', packets_per_second: 5 }).tone, 'pending');
  });

  const hints = {
    foreign: row({ state: 'foreign' }),
    elsewhere: row({ packets_per_second: 0, wrong_if_per_second: 100, age: 60 }),
    closed: row({ members: {}, oifs: [], packets_per_second: 5 }),
    silent: row({ packets_per_second: 0 }),
  };
  for (const [hint, { hint: given }] of Object.entries(hints)) {
    it(`says why nothing arrives: ${hint}`, () => assert.equal(given, hint));
  }

  it('says nothing where packets flow or did, nobody has looked yet, or the server says why', () => {
    const flowing = { packets_per_second: 5, wrong_if_per_second: 5 };
    const reason = "Interface 'eth2' is down.";
    for (const some of [flowing, { packets_per_second: 0, age: 5 }, {}, { packets_per_second: 0, reason }])
      assert.equal(row(some).hint, undefined);
  });

  it("one can drop one's own routes: not reserved ones, learnt entries, or another program's", () => {
    const can = [row(), row({ state: 'pending' }), row({ streams: 3 })];
    const cannot = [row({ reserved: true }), row({ learnt: true }), row({ state: 'foreign' })];
    assert.deepEqual(
      [...can, ...cannot].map(({ canDrop }) => canDrop),
      [true, true, true, false, false, false],
    );
  });

  it("another program's entry is another row than the route that waits for it", () => {
    const [ours, theirs] = rows(route({ state: 'pending' }), route({ state: 'foreign' }));
    assert.notEqual(ours?.key, theirs?.key);
  });

  it('a learnt entry is another row than the route of the same stream that learnt it', () => {
    const [own, learnt] = rows(route({ iif: 'eth+', streams: 1 }), route({ learnt: true }));
    assert.notEqual(own?.key, learnt?.key);
    assert.deepEqual([own?.canDrop, learnt?.canDrop], [true, false]);
  });

  it('a route that was dropped can be added again, as the server takes it', () => {
    const dropped = row({ label: 'camera', oifs: ['eth2', { name: 'eth3', threshold: 16 }], age: 1, reason: 'x' });
    const { route: again } = parseAdd(undoOf(dropped), {});
    assert.deepEqual(
      { source: again.source, group: again.group, iif: again.iif, outputs: again.outputs, label: again.label },
      {
        source: '10.1.1.5',
        group: '239.1.1.1',
        iif: 'eth1',
        outputs: [
          { name: 'eth2', threshold: 1 },
          { name: 'eth3', threshold: 16 },
        ],
        label: 'camera',
      },
    );
  });
});

describe('view: undo', () => {
  const dropped: Record<string, object> = {
    'any source': { source: '*' },
    IPv6: { source: 'fd00:1::5', group: 'ff3e::1' },
    'a stop filter': { oifs: [], stop_filter: true },
    'one that learns': {
      source: '*',
      group: '239.0.0.0/8',
      iif: 'eth+',
      exclude: ['239.7.0.0/16'],
      idle_timeout: 60,
      streams: 4,
    },
    'one whose outputs hosts open': { oifs: ['eth2'], members: { among: ['eth2', 'eth3'], timeout: 300 } },
    'one with a lease, an alarm and a join': { expires_in: 29.8, alarm: { idle: 2 }, alarm_state: 'lost', join: true },
    'one that waits for an interface': { state: 'pending', reason: "Interface 'eth9' is absent.", allow_absent: true },
  };
  for (const [what, some] of Object.entries(dropped)) {
    it(what, () => {
      const { route: again } = parseAdd(undoOf(row(some)), {});
      assert.deepEqual({ ...toRule(again), ...some }, { ...toRule(parseAdd(route(some), {}).route), ...some });
    });
  }
});

describe('view: interfaces', () => {
  const vif = (vifi: number) => ({ vifi });

  it('those with a VIF first, in the order of the answer; then all others that can multicast', () => {
    const answer = state({ vif_map: { eth2: vif(0), eth1: vif(1) } });
    const found = [live('lo', { multicast: false }), live('eth0'), live('eth1'), live('eth2')];
    assert.deepEqual(
      interfaceRows(found, answer).map(({ key }) => key),
      ['eth2', 'eth1', 'eth0'],
    );
  });

  it('up, without a carrier, down, or gone with its VIF left', () => {
    const answer = state({ vif_map: { gone: vif(0) } });
    const states = interfaceRows([live('a'), live('b', { up: false }), live('c', { running: false })], answer).map(
      (one) => [one.key, one.state],
    );
    assert.deepEqual(states, [
      ['gone', 'absent'],
      ['a', 'up'],
      ['b', 'down'],
      ['c', 'idle'],
    ]);
  });

  it('IPv4 and IPv6 together: both numbers, and the sum of the rates', () => {
    const [only] = interfaceRows(
      [live('eth1')],
      state({
        vif_map: { eth1: { vifi: 3, bits_in_per_second: 100, bits_out_per_second: 1 } },
        vif6_map: { eth1: { vifi: 0, bits_in_per_second: 20, bits_out_per_second: 2 } },
      }),
    );
    assert.deepEqual([only?.vifi, only?.vifi6, only?.bitsIn, only?.bitsOut], [3, 0, 120, 3]);
  });

  it('addresses of the link only are left out where there are others', () => {
    const addresses = ['10.1.1.1/24', 'fe80::1/64', 'febf::1/64', 'fd00::1/64'];
    const shown = (list: string[]) => interfaceRows([live('eth1', { addresses: list })], state({}))[0]?.addresses;
    assert.deepEqual(shown(addresses), ['10.1.1.1/24', 'fd00::1/64']);
    assert.deepEqual(shown(['fe80::1/64']), ['fe80::1/64']);
  });
});

describe('view: streams that nobody routes', () => {
  const stream = { source: '10.1.1.5', group: '239.1.1.1', iif: 'eth1', last_seen: '2026-01-31T12:00:00.000Z' };

  it('the same stream on two interfaces is two rows', () => {
    const found = streamRows(state({ unrouted: [stream, { ...stream, iif: 'eth2' }] }));
    assert.equal(new Set(found.map(({ key }) => key)).size, 2);
  });

  it('the route for one is as the server takes it', () => {
    const { route: made } = parseAdd(routeFor(stream, ['eth2', 'eth3']), {});
    assert.deepEqual(
      [made.source, made.group, made.iif, made.outputs.map(({ name }) => name)],
      ['10.1.1.5', '239.1.1.1', 'eth1', ['eth2', 'eth3']],
    );
  });

  it('one that flows is seen now, though the kernel tells of it every ten seconds only', () => {
    assert.deepEqual([0, 5, 10.2, 10.9].map(seenSince), [0, 0, 0, 0]);
    assert.deepEqual([11, 15, 20.9, 21, 59].map(seenSince), [10, 10, 10, 20, 50]);
  });
});

describe('view: filter', () => {
  const texts = routeTexts(row({ label: 'Studio A', oifs: ['eth2', { name: 'wlan0', threshold: 2 }] }));
  for (const filter of ['', '239.1', 'studio', 'WLAN0', 'eth1 239', 'active', '  10.1.1.5   eth2 ']) {
    it(`'${filter}' finds it`, () => assert.ok(matches(filter.trim(), texts)));
  }
  for (const filter of ['239.2', 'eth9', 'studio b', 'eth1 eth4']) {
    it(`'${filter}' does not`, () => assert.ok(!matches(filter, texts)));
  }

  const searches = {
    '': '',
    '239.1': '239.1',
    'eth1 239.1.1': '239.1.1',
    'pending wlan0': 'wlan0',
    pend: '',
    'Studio A': 'studio',
  };
  for (const [filter, search] of Object.entries(searches)) {
    it(`of '${filter}' the server looks for '${search}'`, () => assert.equal(searchOf(filter), search));
  }
});
