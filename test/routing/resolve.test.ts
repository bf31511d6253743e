// What of a route its interfaces allow, and why not all of it.

import { deepEqual, equal } from 'node:assert/strict';
import { parseAdd } from '../../src/routing/request';
import { namedInterfaces, openOutputs, resolve } from '../../src/routing/resolve';
import { Ground } from './world';

const STREAM = { source: '10.1.1.1', group: '239.1.1.1' };

type Names = readonly string[] | undefined;

describe('routing: what of a route its interfaces allow', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground('eth1', 'eth2', 'eth3', 'wlan1');
  });

  const routeOf = (message: object) => parseAdd({ ...STREAM, iif: 'eth1', oifs: ['eth2', 'eth3'], ...message }).route;

  /** Outputs and reserved interfaces, or undefined if it has to wait; and why. */
  function resolved(message: object): [outputs: Names, reserved: Names, reason: string | undefined] {
    const { installed, reason } = resolve(routeOf(message), ground);
    const outputs = installed?.outputs.map(({ name }) => name);
    return [outputs, installed?.reserved, reason];
  }

  it('all of it, as it is', () => {
    const route = routeOf({});
    equal(resolve(route, ground).installed?.outputs.length, 2);
    deepEqual(resolved({}), [['eth2', 'eth3'], undefined, undefined]);
  });

  it('without outputs that are absent, switched off or loop back', () => {
    ground.kernel.setLink('eth3', { multicast: false });
    deepEqual(resolved({}), [['eth2'], undefined, "Interface 'eth3' has multicast switched off."]);
    deepEqual(resolved({ oifs: 'eth2,lo' }), [
      ['eth2'],
      undefined,
      "Interface 'lo' is a loopback, which never forwards multicast.",
    ]);
    deepEqual(resolved({ oifs: 'eth9,eth2' }), [['eth2'], undefined, "Interface 'eth9' not found."]);
  });

  it('nothing without the input or any output; a stop filter has none to miss', () => {
    deepEqual(resolved({ iif: 'eth9' }), [undefined, undefined, "Interface 'eth9' not found."]);
    deepEqual(resolved({ oifs: 'eth8,eth9' }), [undefined, undefined, "Interfaces 'eth8' and 'eth9' not found."]);
    deepEqual(resolved({ oifs: [], stop_filter: true }), [[], undefined, undefined]);
    deepEqual(resolved({ iif: 'eth9', oifs: 'members' }), [undefined, undefined, "Interface 'eth9' not found."]);
  });

  it('and says of all that it cannot use, the input first, in whichever order they are named', () => {
    ground.kernel.setLink('eth3', { multicast: false });
    const why = (oifs: string, iif = 'eth9'): unknown => resolved({ iif, oifs })[2];
    const twoKinds = "Interfaces 'eth9' and 'eth8' not found. Interface 'eth3' has multicast switched off.";
    deepEqual([why('eth3,eth8'), why('eth8,eth3')], [twoKinds, twoKinds]);
    equal(why('eth7,eth8'), "Interfaces 'eth9', 'eth7' and 'eth8' not found.");
    equal(why('eth8,eth7,eth6,eth5'), "Interfaces 'eth9', 'eth5', 'eth6' and 2 more not found.");
    equal(why('eth8', 'tun+'), "No interface matches 'tun+'. Interface 'eth8' not found.");
  });

  it('every interface that a pattern means, the outputs among them, but none that cannot be used', () => {
    deepEqual(resolved({ iif: 'eth+' }), [['eth2', 'eth3'], ['eth1', 'eth2', 'eth3'], undefined]);
    deepEqual(resolved({ iif: '*' }), [['eth2', 'eth3'], ['eth1', 'eth2', 'eth3', 'wlan1'], undefined]);
    deepEqual(resolved({ iif: 'wlan+' }), [['eth2', 'eth3'], ['wlan1'], undefined]);
    ground.kernel.setLink('eth1', { multicast: false });
    deepEqual(resolved({ iif: 'eth+' }), [['eth2', 'eth3'], ['eth2', 'eth3'], undefined]);
    ground.kernel.addLink('eth4');
    deepEqual(resolved({ iif: 'eth+' }), [['eth2', 'eth3'], ['eth2', 'eth3', 'eth4'], undefined]);
  });

  it('nothing where a pattern means no interface', () => {
    deepEqual(resolved({ iif: 'tun+' }), [undefined, undefined, "No interface matches 'tun+'."]);
    deepEqual(resolved({ iif: 'lo+' }), [undefined, undefined, "No interface matches 'lo+'."]);
  });

  it('every interface where a host may join: all but the input, or those that are named', () => {
    deepEqual(resolved({ oifs: 'members' }), [[], ['eth2', 'eth3', 'wlan1'], undefined]);
    deepEqual(resolved({ oifs: 'members', members: { among: 'eth2' } }), [[], ['eth2'], undefined]);
    const absent = resolved({ oifs: 'members', members: { among: 'eth9,eth2' } });
    deepEqual(absent, [[], ['eth2'], "Interface 'eth9' not found."]);
    deepEqual(resolved({ iif: 'eth+', oifs: 'members', members: { among: 'wlan1,eth1' } }), [
      [],
      ['eth1', 'eth2', 'eth3', 'wlan1'],
      undefined,
    ]);
  });

  it('the outputs that hosts have opened; not those of a route that learns, whose streams have their own', () => {
    for (const name of ['eth1', 'eth2', 'wlan1']) ground.joined.add(`${name} ${STREAM.group}`);
    deepEqual(resolved({ oifs: 'members' })[0], ['eth2', 'wlan1']);
    deepEqual(resolved({ oifs: 'members', members: { among: 'eth3,eth2' } })[0], ['eth2']);
    deepEqual(resolved({ group: '239.1.0.0/16', oifs: 'members' })[0], []);
  });

  it('asks who has joined the stream itself, with the time that the route gives hosts', () => {
    const asked: unknown[] = [];
    const world = {
      isMember(...question: unknown[]) {
        asked.push(question);
        return true;
      },
    };
    const { installed } = resolve(routeOf({ oifs: 'members', members: { among: 'eth2', timeout: 5 } }), ground);
    deepEqual(installed && openOutputs(installed, { ...STREAM, iif: 'eth1' }, world), [{ name: 'eth2', threshold: 1 }]);
    deepEqual(asked, [[4, 'eth2', { ...STREAM, timeout: 5 }]]);
  });

  it('names the interfaces that have to be there', () => {
    deepEqual(namedInterfaces(routeOf({})), ['eth1', 'eth2', 'eth3']);
    deepEqual(namedInterfaces(routeOf({ iif: 'eth+' })), ['eth2', 'eth3']);
    deepEqual(namedInterfaces(routeOf({ oifs: 'members' })), ['eth1']);
    deepEqual(namedInterfaces(routeOf({ oifs: 'members', members: { among: 'eth8,eth9' } })), ['eth1', 'eth8', 'eth9']);
  });
});
