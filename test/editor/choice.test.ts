// What a field's list of interfaces offers, and what a choice makes of the field.

import assert from 'node:assert/strict';
import { offered, withChoice } from '../../nodes/forms/choice';
import { addressesOf, stateOf } from '../../nodes/forms/links';

const UP = { up: true, running: true, multicast: true, addresses: ['10.1.1.1/24', 'fe80::1/64'] };
const links = ['eth1', 'eth10', 'eth2', 'wlan0'].map((name) => ({ ...UP, name }));
const names = (text: string, isList: boolean, isTyping: boolean, input = ''): string =>
  offered(links, text, { isList, isTyping, input })
    .map(({ name }) => name)
    .join(' ');

describe('the list of interfaces', () => {
  it('has all when it is opened, but for those that a list of names has', () => {
    assert.equal(names('eth1', false, false), 'eth1 eth10 eth2 wlan0');
    assert.equal(names('', true, false), 'eth1 eth10 eth2 wlan0');
    assert.equal(names('eth1, wlan0', true, false), 'eth10 eth2');
  });

  it('has those that complete what is typed, and nothing for a whole name, a pattern or a blank', () => {
    assert.equal(names('et', false, true), 'eth1 eth10 eth2');
    assert.equal(names(' eth1', false, true), 'eth10');
    assert.equal(names('wlan0, eth1,et', true, true), 'eth10 eth2');
    for (const text of ['', ' ', 'eth2', 'eth+', '*', '$(IN)']) assert.equal(names(text, false, true), '', text);
    assert.equal(names('eth1,', true, true), '');
  });

  it('of outputs has not the input', () => {
    assert.equal(names('', true, false, 'eth2'), 'eth1 eth10 wlan0');
    assert.equal(names('wlan0, et', true, true, 'eth1'), 'eth10 eth2');
    assert.equal(names('eth1', false, false, 'eth1'), 'eth1 eth10 eth2 wlan0');
  });

  it('puts a name in, or adds it', () => {
    assert.equal(withChoice('wlan0', 'eth1', false), 'eth1');
    assert.equal(withChoice('', 'eth1', true), 'eth1');
    assert.equal(withChoice('eth1', 'eth2', true), 'eth1, eth2');
    assert.equal(withChoice('eth1 ,et', 'eth2', true), 'eth1, eth2');
    assert.equal(withChoice('eth1,', 'eth2', true), 'eth1, eth2');
  });

  it('says why nothing can flow, the worst first', () => {
    const state = (some: Partial<typeof UP>) => stateOf({ ...UP, name: 'eth1', ...some });
    assert.equal(state({}), 'up');
    assert.equal(state({ addresses: [] }), 'no-address');
    assert.equal(state({ addresses: [], running: false }), 'no-carrier');
    assert.equal(state({ addresses: [], running: false, up: false }), 'down');
    assert.equal(state({ addresses: [], up: false, multicast: false }), 'no-multicast');
  });

  it('leaves out link-local addresses where there are others', () => {
    assert.deepEqual(addressesOf({ ...UP, name: 'eth1' }), ['10.1.1.1/24']);
    assert.deepEqual(addressesOf({ ...UP, name: 'eth1', addresses: ['fe80::1/64'] }), ['fe80::1/64']);
  });
});
