/**
 * What the controller does about streams while its routes are there, beside what messages ask for.
 */
import { MfcError } from '../errors';
import { Pace } from '../pace';
import { Plan } from '../routing/plan';
import { type Route, toRule } from '../routing/route';
import type { Entry } from '../routing/table';
import { Alarms } from '../streams/alarms';
import { systemClock } from '../streams/clock';
import { Events } from '../streams/events';
import { Idle } from '../streams/idle';
import { Leases } from '../streams/leases';
import { Measures } from '../streams/measures';
import { Meter } from '../streams/meter';
import { tellRates } from '../streams/rates';
import type { Installer } from './installer';

export interface StreamsListener {
  /** Runs a task when nothing else is under way. */
  run(task: () => Promise<void>): Promise<void>;
  /** Routes have changed that no message named. */
  changed(): void;
  /** So have routes that are saved. */
  save(): void;
  warn(warning: MfcError): void;
}

const STREAM_EVENTS = ['stream_started', 'stream_lost', 'stream_restored'] as const;

export class Streams {
  readonly events = new Events();
  /** What answers say of streams. */
  readonly measures: Measures;
  private readonly idle: Idle;
  private readonly meter: Meter;
  private readonly alarms: Alarms;
  private readonly leases: Leases;

  constructor(
    private readonly installer: Installer,
    private readonly listener: StreamsListener,
  ) {
    const { table, sockets } = installer;
    this.idle = new Idle(
      table,
      ({ version, source, group }) => sockets.get(version)?.mfcCounters(source, group),
      (keys) => this.do(() => this.forget(keys)),
    );
    this.meter = new Meter(
      table,
      {
        ofRoute: ({ version, source, group }) => sockets.get(version)?.mfcCounters(source, group),
        ofVif: (version, vifi) => sockets.get(version)?.vifCounters(vifi),
      },
      systemClock,
      {
        isWanted: () => this.alarms.size > 0 || this.events.wants('rates', ...STREAM_EVENTS),
        flows: (key, route, isFirst) => this.alarms.flows(key, route, isFirst),
        measured: () => tellRates(this.events, table, this.meter, this.measures),
        warn: listener.warn,
      },
    );
    this.alarms = new Alarms(table, this.events, (key) => this.meter.check(key), systemClock);
    this.leases = new Leases(table, (keys) => this.do(() => this.expire(keys)), systemClock);
    this.measures = new Measures(table, this.meter, this.alarms, this.leases, systemClock);
    this.events.onWanted(() => this.meter.consider());
    table.follow(({ now }) => {
      if (now?.route.alarm !== undefined) this.meter.consider();
    });
  }

  /** @param meterInterval milliseconds */
  start(meterInterval: number): void {
    this.meter.start(meterInterval);
  }

  stop(): void {
    this.idle.stop();
    this.meter.stop();
    this.alarms.stop();
    this.leases.stop();
  }

  /** Saved routes that ended while nobody had them. */
  ended(routes: readonly Route[]): void {
    if (!this.events.wants('route_removed')) return;
    for (const route of routes) this.events.emit('route_removed', { ...toRule(route), reason: 'expired' });
  }

  /** What fails is told. */
  private do(task: () => Promise<void>): void {
    this.listener.run(task).catch((error: unknown) => {
      this.listener.warn(error instanceof MfcError ? error : new MfcError('ERR_MFC_SYSCALL', String(error)));
    });
  }

  /** Takes learnt entries out whose streams have stopped. */
  private async forget(keys: readonly string[]): Promise<void> {
    await this.remove(keys, (_, { learnt }) => learnt !== undefined);
  }

  /** Takes routes out whose time is over. If the file cannot be written, they end all the same: it says when. */
  private async expire(keys: readonly string[]): Promise<void> {
    if (await this.remove(keys, (key) => this.leases.left(key) === 0)) this.listener.save();
  }

  /**
   * Answers whether any of them were there.
   *
   * @param isOver whether it still is to go: it may have changed since
   */
  private async remove(keys: readonly string[], isOver: (key: string, entry: Entry) => boolean): Promise<boolean> {
    const { table } = this.installer;
    const plan = new Plan(table, this.installer.survey());
    plan.cause = 'expired';
    const pace = new Pace();
    for (const key of keys) {
      const entry = table.get(key);
      if (entry !== undefined && isOver(key, entry)) plan.drop(entry.route);
      if (pace.isDue()) await pace.rest();
    }
    if (plan.next.changes.size === 0) return false;
    await this.installer.apply(plan);
    this.listener.changed();
    return true;
  }
}
