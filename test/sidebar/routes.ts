/**
 * Routes for the sidebar's tests, as the server answers them.
 */
import type { RouteState } from '../../nodes/sidebar/answers';
import { type RouteRow, routeRows } from '../../nodes/sidebar/view';

export const route = (some: Partial<RouteState> = {}): RouteState => ({
  source: '10.1.1.5',
  group: '239.1.1.1',
  iif: 'eth1',
  oifs: ['eth2'],
  state: 'active',
  ...some,
});

export const rows = (...routes: readonly RouteState[]): RouteRow[] =>
  routeRows({ vif_map: {}, vif6_map: {}, mfc_rules: routes, unrouted: [] });

export const row = (some: Partial<RouteState> = {}): RouteRow => {
  const [only] = rows(route(some));
  if (only === undefined) throw new Error('No row.');
  return only;
};

/** As many streams that flow, each to one output. */
export const streams = (count: number, some: (i: number) => Partial<RouteState> = () => ({})): RouteRow[] =>
  rows(
    ...Array.from({ length: count }, (_, i) =>
      route({ group: `239.1.${i >> 8}.${i % 256}`, packets_per_second: 100, bits_per_second: 1e6, ...some(i) }),
    ),
  );
