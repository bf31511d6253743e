/**
 * What the controller does about streams while its routes are there, beside what messages ask for.
 */
import { MfcError } from '../errors';
import { Pace } from '../pace';
import { Plan } from '../routing/plan';
import { type Route, toRule } from '../routing/route';
import type { Entry } from '../routing/table';
import { systemClock } from '../streams/clock';
import { Events } from '../streams/events/events';
import { LinkEvents } from '../streams/events/link-events';
import { RouteEvents } from '../streams/events/route-events';
import { type Stranger, StrangerEvents } from '../streams/events/stranger-events';
import { Subscriptions } from '../streams/events/subscriptions';
import { TableEvents } from '../streams/events/table-events';
import { RouteJoins } from '../streams/joins/route-joins';
import { Idle } from '../streams/learning/idle';
import { Leases } from '../streams/leases';
import { RouteMembers } from '../streams/members/route-members';
import type { Measures } from '../streams/meters/measures';
import type { Counters } from '../streams/meters/meter';
import { Metering } from '../streams/meters/metering';
import { type UnroutedStream, UnroutedStreams } from '../streams/unrouted-streams';
import type { Installer } from './installer';

/** So many learnt entries follow the hosts at a time, in well under a slice of work. */
const AT_ONCE = 64;

export interface StreamsListener {
  /** Runs a task when nothing else is under way. */
  run(task: () => Promise<void>): Promise<void>;
  /** Routes have changed that no message named. */
  changed(): void;
  /** So have routes that are saved. */
  save(): void;
  warn(warning: MfcError): void;
}

export class Streams {
  readonly events = new Events();
  readonly subscriptions = new Subscriptions(this.events);
  readonly tables = new TableEvents(this.events);
  readonly strangers = new StrangerEvents(this.events);
  readonly routes: RouteEvents;
  readonly links: LinkEvents;
  readonly joins: RouteJoins;
  private readonly members: RouteMembers;
  private readonly idle: Idle;
  private readonly leases: Leases;
  private readonly metering: Metering;
  private readonly unroutedStreams = new UnroutedStreams();
  private joinsSeen = 0;

  constructor(
    private readonly installer: Installer,
    private readonly listener: StreamsListener,
  ) {
    const { kernel, table, sockets } = installer;
    this.routes = new RouteEvents(table, this.events);
    this.links = new LinkEvents(kernel, table, this.events);
    this.joins = new RouteJoins(kernel, table);
    this.members = new RouteMembers(kernel, table, this.events, {
      due: () => this.do(() => this.placeMembers()),
      warn: (warning) => listener.warn(warning),
    });
    installer.members = this.members;
    this.idle = new Idle(
      table,
      ({ version, source, group }) => sockets.get(version)?.mfcCounters(source, group),
      (keys) => this.do(() => this.forget(keys)),
    );
    this.leases = new Leases(table, (keys) => this.do(() => this.expire(keys)), systemClock);
    const counters: Counters = {
      ofRoute: ({ version, source, group }) => sockets.get(version)?.mfcCounters(source, group),
      ofVif: (version, vifi) => sockets.get(version)?.vifCounters(vifi),
    };
    this.metering = new Metering(table, counters, this.events, this.leases, systemClock, listener.warn);
  }

  /** What answers say of what flows. */
  get measures(): Measures {
    return this.metering.measures;
  }

  /** A stream comes in that no route takes. */
  noteUnrouted(stream: Stranger): void {
    this.unroutedStreams.note(stream, performance.now());
    this.strangers.unrouted(stream);
  }

  /** Those that no route takes by now, the newest first. */
  listUnrouted(): UnroutedStream[] {
    return this.unroutedStreams.list(performance.now(), this.installer.learner);
  }

  /** @param meterInterval milliseconds */
  start(meterInterval: number): void {
    this.metering.start(meterInterval);
  }

  /** Interfaces have changed, and routes have followed. */
  linksChanged(): Promise<void> {
    this.members.sync();
    return this.joins.joins.refresh();
  }

  /** The sockets that hold what is joined. */
  get joined(): number[] {
    this.joinsSeen = this.joins.joins.opened;
    return this.joins.joins.fds();
  }

  /** Whether `joined` has more by now. */
  get hasNewJoins(): boolean {
    return this.joins.joins.opened > this.joinsSeen;
  }

  /** Nothing is done any more. What was joined stays joined. */
  stop(): void {
    this.idle.stop();
    this.members.stop();
    this.metering.stop();
    this.leases.stop();
    this.strangers.stop();
  }

  /** Saved routes that ended while nobody had them. */
  ended(routes: readonly Route[]): void {
    if (!this.events.wants('route_removed')) return;
    for (const route of routes) this.events.emit('route_removed', { ...toRule(route), reason: 'expired' });
  }

  async close(): Promise<void> {
    this.tables.closed();
    this.subscriptions.close();
    this.members.close();
    await this.joins.joins.close();
  }

  /** What fails is told. */
  private do(task: () => Promise<void>): void {
    this.listener.run(task).catch((error: unknown) => this.tell(error));
  }

  private tell(error: unknown): void {
    this.listener.warn(error instanceof MfcError ? error : new MfcError('ERR_MFC_SYSCALL', String(error)));
  }

  /** Opens and closes outputs as hosts have joined and left. */
  private async placeMembers(): Promise<void> {
    const { routes, learnt } = this.members.takeDue();
    const survey = this.installer.survey();
    const pace = new Pace();
    for (const route of routes) {
      await this.installer.place(route, survey);
      if (pace.isDue()) await pace.rest();
    }
    for (let i = 0; i < learnt.length; i += AT_ONCE) {
      const plan = new Plan(this.installer.table, survey);
      plan.reopen(learnt.slice(i, i + AT_ONCE));
      if (plan.next.changes.size > 0) await this.installer.apply(plan).catch((error: unknown) => this.refused(error));
      if (pace.isDue()) await pace.rest();
    }
    this.listener.changed();
  }

  private refused(error: unknown): void {
    this.members.tryAgain();
    this.tell(error);
  }

  /** Takes learnt entries out whose streams have stopped. */
  private async forget(keys: readonly string[]): Promise<void> {
    await this.remove(keys, (key, entry) => this.idle.isIdle(key, entry));
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
