// The state as text: columns for what is there, and none for what nothing is known of.

import { deepEqual } from 'node:assert/strict';
import type { StateAnswer } from '../../src/controller/answers';
import { formatState } from '../../src/controller/text';

const COUNTERS = { packets_in: 500, bytes_in: 50_000, packets_out: 0, bytes_out: 0 };
const VIF = { vifi: 0, ref_count: 1, ifindex: 3, ...COUNTERS };
const ROUTE = {
  source: '10.1.1.5',
  group: '239.1.1.1',
  iif: 'eth1',
  oifs: ['eth2', { name: 'eth3', threshold: 16 }],
  state: 'active',
  packets: 500,
  bytes: 50_000,
  wrong_if: 0,
} as const;

function lines(vif: object, ...routes: object[]): string[] {
  return linesOf({ vif_map: { eth1: { ...VIF, ...vif } }, mfc_rules: routes });
}

function linesOf(state: object): string[] {
  const empty = { status: 'success', vif_map: {}, vif6_map: {}, mfc_rules: [], unrouted: [] };
  return formatState({ ...empty, ...state } as unknown as StateAnswer)
    .split('\n')
    .filter((line) => !/^-*$/.test(line));
}

describe('controller: the state as text', () => {
  it('has the columns of pymfcd and the counters', () => {
    deepEqual(lines({}, { ...ROUTE, oifs: [...ROUTE.oifs] }), [
      'Virtual Interface Table (VIFs)',
      'VIF  Interface  Index  Ref Count  Packets In  Bytes In  Packets Out  Bytes Out',
      '0    eth1       3      1          500         50000     0            0',
      'Multicast Forwarding Cache (MFC)',
      'Source    Group      IIF   OIFs           State   Packets  Bytes  Wrong IF',
      '10.1.1.5  239.1.1.1  eth1  eth2, eth3>16  active  500      50000  0',
    ]);
  });

  it('has columns for rates, alarms, leases and reasons where there are any', () => {
    const rates = { packets_per_second: 99.5, bits_per_second: 796_000, wrong_if_per_second: 0 };
    const vif = {
      packets_in_per_second: 99.5,
      bits_in_per_second: 796_000,
      packets_out_per_second: 0,
      bits_out_per_second: 0,
    };
    const measured = { ...ROUTE, oifs: ['eth2'], ...rates, age: 0.26, alarm_state: 'ok' };
    const leased = { ...ROUTE, oifs: ['eth2'], state: 'pending', expires_in: 29.6, reason: 'No eth1.' };
    deepEqual(lines(vif, measured, leased), [
      'Virtual Interface Table (VIFs)',
      'VIF  Interface  Index  Ref Count  Packets In  Bytes In  Packets Out  Bytes Out  Packets/s In  Bits/s In  Packets/s Out  Bits/s Out',
      '0    eth1       3      1          500         50000     0            0          99.5          796000     0              0',
      'Multicast Forwarding Cache (MFC)',
      'Source    Group      IIF   OIFs  State    Packets  Bytes  Wrong IF  Packets/s  Bits/s  Wrong IF/s  Age    Alarm  Expires In  Reason',
      '10.1.1.5  239.1.1.1  eth1  eth2  active   500      50000  0         99.5       796000  0           0.3 s  ok',
      '10.1.1.5  239.1.1.1  eth1  eth2  pending  500      50000  0                                                      30 s        No eth1.',
    ]);
  });

  it('has the streams that no route takes, where there are any', () => {
    const time = '2026-01-31T12:00:00.000Z';
    const stream = { source: '10.1.1.5', group: '239.1.1.9', iif: 'eth1', first_seen: time, last_seen: time };
    deepEqual(linesOf({ unrouted: [stream] }).slice(-3), [
      'Streams Without a Route',
      'Source    Group      IIF   Last Seen',
      '10.1.1.5  239.1.1.9  eth1  2026-01-31T12:00:00.000Z',
    ]);
  });
});
