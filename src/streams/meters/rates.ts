/**
 * The event `rates`: what flows at the moment, for charts.
 */
import { Pace } from '../../pace';
import type { RouteTable } from '../../routing/table';
import type { Clock } from '../clock';
import type { Events } from '../events/events';
import type { RouteRates, VifRates } from './gauge';
import { addRouteRates, addVifRates, secondsBetween } from './measures';
import type { Meter } from './meter';

interface StreamRates extends Partial<RouteRates> {
  source: string;
  group: string;
  iif: string;
  /** Of the last packet, seconds. */
  age?: number;
}

/** Tells the rates if anybody wants them. */
export async function tellRates(events: Events, table: RouteTable, meter: Meter, clock: Clock): Promise<void> {
  if (!events.wants('rates')) return;
  const routes: StreamRates[] = [];
  const pace = new Pace();
  for (const [key, { route, installed }] of table.keyed()) {
    const gauge = meter.ofRoute(key);
    if (installed === undefined || gauge === undefined) continue;
    const { source, group, iif } = route;
    const rates: StreamRates = { source, group, iif };
    if (gauge.rates !== undefined) addRouteRates(rates, gauge.rates);
    if (gauge.lastAt !== undefined) rates.age = secondsBetween(gauge.lastAt, clock.now());
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
