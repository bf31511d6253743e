// A meter with its alarms over a table of routes on the fake kernel, and a clock that goes when it is told to.

import { routeKey } from '../../src/routing/route';
import type { EventKind, MfcEvent } from '../../src/streams/events/event';
import { Events } from '../../src/streams/events/events';
import { Leases } from '../../src/streams/leases';
import type { Alarms } from '../../src/streams/meters/alarms';
import type { RouteGauge } from '../../src/streams/meters/gauge';
import type { Counters, Meter } from '../../src/streams/meters/meter';
import { Metering } from '../../src/streams/meters/metering';
import { Ground } from '../routing/world';
import { FakeClock } from './fake-clock';

export const SOURCE = '10.0.0.1';

export class MeterGround {
  readonly ground = new Ground('in1', 'in2', 'out1', 'out2');
  readonly clock = new FakeClock();
  readonly events = new Events();
  readonly told: MfcEvent[] = [];
  readonly meter: Meter;
  readonly alarms: Alarms;
  readonly metering: Metering;
  /** How often counters of routes were read. */
  reads = 0;

  constructor(interval = 1_000) {
    const { table, sockets } = this.ground;
    const counters: Counters = {
      ofRoute: ({ version, source, group }) => {
        this.reads++;
        return sockets[version].mfcCounters(source, group);
      },
      ofVif: (version, vifi) => sockets[version].vifCounters(vifi),
    };
    const leases = new Leases(table, () => undefined, this.clock);
    this.metering = new Metering(table, counters, this.events, leases, this.clock, (warning) => {
      throw warning;
    });
    this.meter = this.metering.meter;
    this.alarms = this.metering.alarms;
    this.metering.start(interval);
  }

  add(group: string, options: object = {}): void {
    this.ground.run(this.ground.planAdd({ source: SOURCE, group, iif: 'in1', oifs: ['out1'], ...options }));
  }

  del(group: string): void {
    this.ground.run(this.ground.planDel({ source: SOURCE, group }));
  }

  packets(group: string, count: number, name = 'in1'): void {
    this.ground.kernel.receive(name, 4, SOURCE, group, count);
  }

  subscribe(...kinds: EventKind[]): () => void {
    return this.events.subscribe(kinds, (event) => this.told.push(event));
  }

  /** What was told since the last time: `stream_lost 239.1.1.1`. */
  heard(): string[] {
    return this.told.splice(0).map(({ event, group }) => `${event} ${group}`);
  }

  gauge(group: string): RouteGauge | undefined {
    return this.meter.ofRoute(routeKey(SOURCE, group));
  }

  state(group: string): string | undefined {
    return this.alarms.stateOf(routeKey(SOURCE, group));
  }
}
