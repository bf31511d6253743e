/**
 * What the controller does about streams while its routes are there, beside what messages ask for.
 */
import { MfcError } from '../errors';
import { Plan } from '../routing/plan';
import { Events } from '../streams/events';
import { Idle } from '../streams/idle';
import { LinkEvents } from '../streams/link-events';
import { RouteEvents } from '../streams/route-events';
import { RouteJoins } from '../streams/route-joins';
import { StrangerEvents } from '../streams/stranger-events';
import { Subscriptions } from '../streams/subscriptions';
import { TableEvents } from '../streams/table-events';
import type { Installer } from './installer';

export interface StreamsListener {
  /** Runs a task when nothing else is under way. */
  run(task: () => Promise<void>): Promise<void>;
  /** Routes have changed that no message named. */
  changed(): void;
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
  private readonly idle: Idle;

  constructor(
    private readonly installer: Installer,
    private readonly listener: StreamsListener,
  ) {
    const { kernel, table, sockets } = installer;
    this.routes = new RouteEvents(table, this.events);
    this.links = new LinkEvents(kernel, table, this.events);
    this.joins = new RouteJoins(kernel, table);
    this.idle = new Idle(
      table,
      ({ version, source, group }) => sockets.get(version)?.mfcCounters(source, group),
      (keys) => this.do(() => this.forget(keys)),
    );
  }

  /** Interfaces have changed, and routes have followed. */
  linksChanged(): Promise<void> {
    return this.joins.joins.refresh();
  }

  /** Nothing is done any more. What was joined stays joined. */
  stop(): void {
    this.idle.stop();
    this.strangers.stop();
  }

  close(): void {
    this.tables.closed();
    this.subscriptions.close();
    this.joins.joins.close();
  }

  /** What fails is told. */
  private do(task: () => Promise<void>): void {
    this.listener.run(task).catch((error: unknown) => {
      this.listener.warn(error instanceof MfcError ? error : new MfcError('ERR_MFC_SYSCALL', String(error)));
    });
  }

  /** Takes learnt entries out whose streams have stopped. */
  private async forget(keys: readonly string[]): Promise<void> {
    const { table } = this.installer;
    const plan = new Plan(table, this.installer.survey());
    plan.cause = 'expired';
    for (const key of keys) {
      const entry = table.get(key);
      if (entry?.learnt !== undefined) plan.drop(entry.route);
    }
    await this.installer.apply(plan);
    this.listener.changed();
  }
}
