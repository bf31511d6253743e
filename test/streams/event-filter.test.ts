// Which events pass which filter, and which filters are none.

import { deepEqual, equal, throws } from 'node:assert/strict';
import { MfcError } from '../../src/errors';
import { EVENT_KINDS, type MfcEvent } from '../../src/streams/events/event';
import { type EventRequest, parseEventFilter } from '../../src/streams/events/event-filter';

const time = '2026-01-01T00:00:00.000Z';
const ROUTE: MfcEvent = {
  event: 'route_added',
  time,
  source: '10.1.1.5',
  group: '239.10.20.30',
  iif: 'eth1',
  oifs: ['eth2', { name: 'eth3', threshold: 16 }],
};
const IPV6: MfcEvent = { event: 'unrouted', time, source: '2001:db8::5', group: 'ff3e::1', interface: 'eth1' };
const LINK: MfcEvent = { event: 'interface_down', time, interface: 'eth2' };
const OPEN: MfcEvent = { event: 'controller_open', time, family: 'ipv4' };
const RATES: MfcEvent = {
  event: 'rates',
  time,
  routes: [
    { source: '10.1.1.5', group: '239.10.20.30', iif: 'eth1' },
    { source: '10.1.1.6', group: '239.10.20.31', iif: 'eth2' },
  ],
  interfaces: { eth1: { packets_in_per_second: 1 }, eth2: { packets_in_per_second: 2 } },
};

const passes = (request: EventRequest, event: MfcEvent): boolean => parseEventFilter(request).pass(event) === event;

describe('events: filter', () => {
  it('nothing chosen means all but rates', () => {
    const all = EVENT_KINDS.filter((kind) => kind !== 'rates');
    for (const events of [undefined, null, '', []]) deepEqual([...parseEventFilter({ events }).kinds], all);
    equal(passes({}, RATES), false);
    equal(passes({}, ROUTE), true);
  });

  it('a kind that is not chosen does not pass', () => {
    equal(passes({ events: ['route_added'] }, ROUTE), true);
    equal(passes({ events: ['route_removed', 'rates'] }, ROUTE), false);
  });

  const accepted: [string, EventRequest, MfcEvent][] = [
    ['a group', { group: '239.10.20.30' }, ROUTE],
    ['a prefix of groups', { group: ' 239.10.0.0/16 ' }, ROUTE],
    ['a source', { source: '10.1.1.5' }, ROUTE],
    ['a prefix of sources', { source: '10.0.0.0/8' }, ROUTE],
    ['a prefix with a longer one', { group: '239.0.0.0/8' }, { ...ROUTE, group: '239.10.0.0/16' }],
    ['any source', { source: '*' }, { ...ROUTE, source: '*' }],
    ['IPv6 in another spelling', { group: 'FF3E:0::1', source: '2001:DB8::/32' }, IPV6],
    ['the input', { interface: 'eth1' }, ROUTE],
    ['an output', { interface: 'eth2' }, ROUTE],
    ['an output with a threshold', { interface: 'eth3' }, ROUTE],
    ['the interface', { interface: 'eth2' }, LINK],
    ['a pattern', { interface: 'eth+' }, LINK],
    ['a pattern that a route has', { interface: 'vlan+' }, { ...ROUTE, iif: 'vlan+' }],
    ['all of them', { source: '10.1.1.5', group: '239.10.20.30', interface: 'eth3' }, ROUTE],
  ];
  for (const [what, request, event] of accepted) it(`lets pass: ${what}`, () => equal(passes(request, event), true));

  const refused: [string, EventRequest, MfcEvent][] = [
    ['another group', { group: '239.10.20.31' }, ROUTE],
    ['another prefix', { group: '239.11.0.0/16' }, ROUTE],
    ['a longer prefix than that of the route', { group: '239.10.20.0/24' }, { ...ROUTE, group: '239.10.0.0/16' }],
    ['any-source routes only', { source: '*' }, ROUTE],
    ['a source, with a route of any', { source: '10.0.0.0/8' }, { ...ROUTE, source: '*' }],
    ['IPv4, with IPv6', { group: '239.0.0.0/8' }, IPV6],
    ['another interface', { interface: 'eth4' }, ROUTE],
    ['a group, with what has none', { group: '239.10.20.30' }, LINK],
    ['one of two', { source: '10.1.1.5', interface: 'eth4' }, ROUTE],
  ];
  for (const [what, request, event] of refused) it(`holds back: ${what}`, () => equal(passes(request, event), false));

  it('what concerns the controller concerns every route', () => {
    equal(passes({ group: '239.1.1.1', source: '10.0.0.1', interface: 'eth9' }, OPEN), true);
  });

  it('rates are those of what is asked for', () => {
    const rates = (request: EventRequest) => parseEventFilter({ ...request, events: ['rates'] }).pass(RATES);
    const [first, second] = RATES.routes as object[];
    deepEqual(rates({}), RATES);
    deepEqual(rates({ group: '239.10.20.31' }), { ...RATES, routes: [second] });
    deepEqual(rates({ interface: 'eth1' }), {
      ...RATES,
      routes: [first],
      interfaces: { eth1: { packets_in_per_second: 1 } },
    });
  });

  it('how many were left out is told, whichever stream it is told with', () => {
    const pass = (event: MfcEvent) => parseEventFilter({ group: '239.1.1.1' }).pass(event);
    equal(pass(IPV6), undefined);
    deepEqual(pass({ ...IPV6, suppressed: 7 }), { event: 'unrouted', time, suppressed: 7 });
    deepEqual(pass({ event: 'unrouted', time, suppressed: 7 }), { event: 'unrouted', time, suppressed: 7 });
  });

  const bad: [EventRequest, string][] = [
    [{ events: ['route_added', 'route_lost'] }, 'events[1]'],
    [{ events: 'route_added' }, 'events'],
    [{ events: {} }, 'events'],
    [{ group: '10.1.1.5' }, 'group'],
    [{ group: '224.0.0.5' }, 'group'],
    [{ group: '239.1.0.1/16' }, 'group'],
    [{ group: 5 }, 'group'],
    [{ source: '239.1.1.1' }, 'source'],
    [{ source: '10.0.0.1/33' }, 'source'],
    [{ source: '2001:db8::1', group: '239.1.0.0/16' }, 'source'],
    [{ interface: 'eth 1' }, 'interface'],
    [{ interface: 'eth1,eth2' }, 'interface'],
    [{ interface: 'a-name-of-16-byt' }, 'interface'],
    [{ interface: '日本語日本語' }, 'interface'],
  ];
  for (const [request, field] of bad) {
    it(`refuses ${JSON.stringify(request)}`, () => {
      throws(
        () => parseEventFilter(request),
        (error) => {
          if (!(error instanceof MfcError)) return false;
          deepEqual([error.code, error.cause.field], ['ERR_MFC_INVALID', field]);
          return true;
        },
      );
    });
  }

  it('takes blank fields for none', () => {
    for (const blank of ['', '  ', undefined, null]) {
      equal(passes({ source: blank, group: blank, interface: blank }, ROUTE), true);
    }
  });
});
