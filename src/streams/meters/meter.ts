/**
 * Reads the counters of all entries and VIFs at an interval, as long as somebody asks for what comes of it: rates, and when the last
 * packet of each stream came in. When nobody asks, there is no timer and nothing is remembered.
 *
 * A reading of ten thousand entries takes milliseconds, and others have their turns meanwhile. So each entry has its own time of reading.
 */
import type { IpVersion } from '../../abi/address';
import { type MfcCounters, rightPackets, type VifCounters } from '../../abi/family';
import { MfcError } from '../../errors';
import { Pace } from '../../pace';
import type { Route } from '../../routing/route';
import type { Change, Entry, RouteTable } from '../../routing/table';
import type { Vif } from '../../routing/vifs';
import type { Clock } from '../clock';
import { RouteGauge, VifGauge } from './gauge';

/** What the kernel has; undefined if it has no such entry or VIF. */
export interface Counters {
  ofRoute(route: Route): MfcCounters | undefined;
  ofVif(version: IpVersion, vifi: number): VifCounters | undefined;
}

export interface MeterListener {
  /** Whether anybody asks for something, beside those who look at the gauges. */
  isWanted(): boolean;
  /** Packets of an entry came in on the right interface; for the first time since it is there. Must not throw. */
  flows(key: string, route: Route, isFirst: boolean): void;
  /** All was read once more, and there are rates. */
  measured(): Promise<void>;
  warn(warning: MfcError): void;
}

/** So long after somebody has looked, the gauges are kept up for the next look. */
const LOOKED_AT_MS = 60_000;

const NO_COUNTERS: MfcCounters = { packets: 0, bytes: 0, wrong_if: 0 };

/** One time of going on, from when somebody asks until nobody does. */
interface Run {
  /** When the next reading is to begin. */
  due: number;
  readings: number;
  /** It may take longer than the interval. */
  isReading: boolean;
  cancel: () => void;
}

export class Meter {
  private readonly routes = new Map<string, RouteGauge>();
  private vifs = new Map<string, VifGauge>();
  /** Undefined before the start and after the end. */
  private interval: number | undefined;
  private run: Run | undefined;
  private lookedAt = -Infinity;
  private isFailing = false;
  private isStopped = false;

  constructor(
    private readonly table: RouteTable,
    private readonly counters: Counters,
    private readonly clock: Clock,
    private readonly listener: MeterListener,
  ) {
    table.follow((change) => this.follow(change));
  }

  /** From now on it reads when that is wanted. */
  start(interval: number): void {
    if (this.isStopped) return;
    this.interval ??= interval;
    this.consider();
  }

  /** Nothing is read any more, also if it was about to start. */
  stop(): void {
    this.isStopped = true;
    this.interval = undefined;
    this.end();
  }

  /** Whether it is wanted may have changed. */
  consider(): void {
    if (this.run === undefined && this.interval !== undefined && this.isWanted()) this.begin();
  }

  /** Somebody looks at the gauges. */
  look(): void {
    this.lookedAt = this.clock.now();
    this.consider();
  }

  /** Undefined if nothing is read, or was read of this entry yet. */
  ofRoute(key: string): RouteGauge | undefined {
    return this.routes.get(key);
  }

  ofVif(version: IpVersion, vif: Vif): VifGauge | undefined {
    return this.vifs.get(vifKey(version, vif));
  }

  /** Reads one entry out of turn, without making a rate of it. */
  check(key: string): void {
    const entry = this.table.get(key);
    const gauge = this.routes.get(key);
    if (entry === undefined || gauge === undefined) return;
    if (gauge.look(this.read(entry), this.clock.now())) this.tell(key, entry, gauge);
  }

  private isWanted(): boolean {
    return this.clock.now() - this.lookedAt < LOOKED_AT_MS || this.listener.isWanted();
  }

  private begin(): void {
    const run: Run = { due: this.clock.now(), readings: 0, isReading: false, cancel: () => undefined };
    run.cancel = this.clock.wake(run.due, () => this.tick(run));
    this.run = run;
  }

  private end(): void {
    this.run?.cancel();
    this.run = undefined;
    this.routes.clear();
    this.vifs.clear();
  }

  /** Late or not, the next one is due a whole number of intervals after the first. */
  private tick(run: Run): void {
    const { interval } = this;
    if (interval === undefined || !this.isWanted()) {
      this.end();
      return;
    }
    run.due += interval * Math.max(1, Math.ceil((this.clock.now() - run.due) / interval));
    run.cancel = this.clock.wake(run.due, () => this.tick(run));
    if (!run.isReading) this.readAll(run).then(() => (this.isFailing = false), this.fail);
  }

  private readonly fail = (error: unknown): void => {
    if (!this.isFailing && error instanceof MfcError) this.listener.warn(error);
    this.isFailing = true;
  };

  private async readAll(run: Run): Promise<void> {
    run.isReading = true;
    try {
      const pace = new Pace();
      for (const [key, entry] of this.table.keyed()) {
        if (isStream(entry)) this.readRoute(key, entry);
        if (!pace.isDue()) continue;
        await pace.rest();
        if (this.run !== run) return;
      }
      this.vifs = new Map([...this.readVifs(4), ...this.readVifs(6)]);
    } finally {
      run.isReading = false;
    }
    if (++run.readings > 1) await this.listener.measured();
  }

  private readRoute(key: string, entry: Entry): void {
    const counters = this.read(entry);
    let gauge = this.routes.get(key);
    if (gauge === undefined) {
      gauge = new RouteGauge(counters, hasPackets(counters));
      this.routes.set(key, gauge);
    }
    if (gauge.read(counters, this.clock.now())) this.tell(key, entry, gauge);
  }

  private *readVifs(version: IpVersion): Generator<[key: string, gauge: VifGauge], void> {
    const now = this.clock.now();
    for (const vif of this.table.vifs[version].list()) {
      const key = vifKey(version, vif);
      const counters = this.counters.ofVif(version, vif.vifi);
      if (counters === undefined) continue;
      const gauge = this.vifs.get(key) ?? new VifGauge();
      gauge.read(counters, now);
      yield [key, gauge];
    }
  }

  private tell(key: string, { route }: Entry, gauge: RouteGauge): void {
    const isFirst = !gauge.hasStarted;
    gauge.hasStarted = true;
    this.listener.flows(key, route, isFirst);
  }

  /** What is not in the kernel has counted nothing. */
  private read({ installed }: Entry): MfcCounters {
    return (installed && this.counters.ofRoute(installed)) ?? NO_COUNTERS;
  }

  private follow({ key, before, now }: Change): void {
    if (now === undefined || !isStream(now)) {
      this.routes.delete(key);
      return;
    }
    // An alarm is a reason to begin, and its first packet is not to be missed.
    if (this.run === undefined && (this.interval === undefined || now.route.alarm === undefined)) return;
    const gauge = this.routes.get(key);
    if (gauge === undefined) this.routes.set(key, this.newGauge(before, now));
    else if (before?.installed === undefined && now.installed !== undefined) gauge.rebase(this.read(now));
  }

  /**
   * A new entry has counted nothing. Packets that it has counted by now are to be noticed: a learnt one is there because one came. But if
   * another route left it, they are no news.
   */
  private newGauge(before: Entry | undefined, now: Entry): RouteGauge {
    if (before === undefined || (before.learnt !== undefined && now.learnt !== undefined))
      return new RouteGauge(NO_COUNTERS, false);
    const counters = this.read(now);
    return new RouteGauge(counters, isStream(before) && hasPackets(counters));
  }
}

function hasPackets(counters: MfcCounters): boolean {
  return rightPackets(counters) > 0;
}

/** A route that learns has no entry of its own in the kernel. */
function isStream({ route }: Entry): boolean {
  return route.learning === undefined;
}

function vifKey(version: IpVersion, { vifi, ifindex }: Vif): string {
  return `${version} ${vifi} ${ifindex}`;
}
