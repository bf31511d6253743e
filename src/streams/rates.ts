/**
 * The event `rates`: what flows at the moment, for charts.
 */
import { Pace } from '../pace';
import type { RouteTable } from '../routing/table';
import type { Events } from './events';
import type { VifRates } from './gauge';
import { addVifRates, type Measures, type RouteMeasures } from './measures';
import type { Meter } from './meter';

interface StreamRates extends RouteMeasures {
  source: string;
  group: string;
  iif: string;
}

/** Tells the rates if anybody wants them. */
export async function tellRates(events: Events, table: RouteTable, meter: Meter, measures: Measures): Promise<void> {
  if (!events.wants('rates')) return;
  const routes: StreamRates[] = [];
  const pace = new Pace();
  for (const [key, { route, installed }] of table.keyed()) {
    if (installed === undefined || route.learning !== undefined) continue;
    const { source, group, iif } = route;
    const rates: StreamRates = { source, group, iif };
    measures.addToRoute(rates, key, route);
    routes.push(rates);
    if (pace.isDue()) await pace.rest();
  }
  events.emit('rates', { routes, interfaces: interfaceRates(table, meter) });
}

/** By name; the IPv4 and the IPv6 packets of an interface together. */
function interfaceRates({ vifs }: RouteTable, meter: Meter): Record<string, Partial<VifRates>> {
  const rates = new Map<string, Partial<VifRates>>();
  for (const version of [4, 6] as const) {
    for (const vif of vifs[version].list()) {
      const own = meter.ofVif(version, vif)?.rates;
      if (own === undefined) continue;
      const sum = rates.get(vif.name) ?? {};
      addVifRates(sum, own);
      rates.set(vif.name, sum);
    }
  }
  return Object.fromEntries(rates);
}
