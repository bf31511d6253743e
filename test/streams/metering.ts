// A meter with its alarms over a table of routes on the fake kernel, and a clock that goes when it is told to.

import type { IpVersion } from '../../src/abi/address';
import { routeKey } from '../../src/routing/route';
import { Alarms } from '../../src/streams/alarms';
import type { EventKind, MfcEvent } from '../../src/streams/event';
import { Events } from '../../src/streams/events';
import type { RouteGauge } from '../../src/streams/gauge';
import { Meter } from '../../src/streams/meter';
import { Ground } from '../routing/world';
import { FakeClock } from './fake-clock';

export const SOURCE = '10.0.0.1';

export class Metering {
  readonly ground = new Ground('in1', 'in2', 'out1', 'out2');
  readonly clock = new FakeClock();
  readonly events = new Events();
  readonly told: MfcEvent[] = [];
  readonly meter: Meter;
  readonly alarms: Alarms;
  /** How often counters of routes were read. */
  reads = 0;
  /** How often all was read. */
  rounds = 0;

  constructor(interval = 1_000) {
    const { table, sockets } = this.ground;
    const listener = {
      isWanted: () => this.alarms.size > 0 || this.events.wants('rates', 'stream_started'),
      flows: (...args: Parameters<Alarms['flows']>) => this.alarms.flows(...args),
      measured: async () => void this.rounds++,
      warn: (warning: Error) => {
        throw warning;
      },
    };
    const counters = {
      ofRoute: ({ version, source, group }: { version: IpVersion; source: string; group: string }) => {
        this.reads++;
        return sockets[version].mfcCounters(source, group);
      },
      ofVif: (version: IpVersion, vifi: number) => sockets[version].vifCounters(vifi),
    };
    this.meter = new Meter(table, counters, this.clock, listener);
    this.alarms = new Alarms(table, this.events, (key) => this.meter.check(key), this.clock);
    this.events.onWanted(() => this.meter.consider());
    table.follow(() => this.meter.consider());
    this.meter.start(interval);
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
