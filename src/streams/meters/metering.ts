/**
 * The meter with who lives from it: alarms, the event `rates`, and what answers say of streams.
 */
import type { MfcError } from '../../errors';
import type { RouteTable } from '../../routing/table';
import type { Clock } from '../clock';
import type { Events } from '../events/events';
import type { Leases } from '../leases';
import { Alarms } from './alarms';
import { Measures } from './measures';
import { type Counters, Meter } from './meter';
import { tellRates } from './rates';

export class Metering {
  readonly measures: Measures;
  readonly meter: Meter;
  readonly alarms: Alarms;

  constructor(
    table: RouteTable,
    counters: Counters,
    events: Events,
    leases: Leases,
    clock: Clock,
    warn: (warning: MfcError) => void,
  ) {
    this.meter = new Meter(table, counters, clock, {
      isWanted: () => this.alarms.size > 0 || events.wants('rates', 'stream_started', 'stream_lost', 'stream_restored'),
      flows: (key, route, isFirst) => this.alarms.flows(key, route, isFirst),
      measured: () => tellRates(events, table, this.meter, clock),
      warn,
    });
    this.alarms = new Alarms(table, events, (key) => this.meter.check(key), clock);
    this.measures = new Measures(table, this.meter, this.alarms, leases, clock);
    events.onWanted(() => this.meter.consider());
    table.follow(({ now }) => {
      if (now?.route.alarm !== undefined) this.meter.consider();
    });
  }

  /** From now on counters are read while anybody asks. @param interval milliseconds */
  start(interval: number): void {
    this.meter.start(interval);
  }

  stop(): void {
    this.meter.stop();
    this.alarms.stop();
  }
}
