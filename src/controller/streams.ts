/**
 * What the controller does about streams while its routes are there, beside what messages ask for.
 */
import { MfcError } from '../errors';
import { Plan } from '../routing/plan';
import { Events } from '../streams/events';
import { Idle } from '../streams/idle';
import { RouteJoins } from '../streams/route-joins';
import { RouteMembers } from '../streams/route-members';
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
  readonly joins: RouteJoins;
  private readonly members: RouteMembers;
  private readonly idle: Idle;
  private joinsSeen = 0;

  constructor(
    private readonly installer: Installer,
    private readonly listener: StreamsListener,
  ) {
    const { kernel, table, sockets } = installer;
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
  }

  async close(): Promise<void> {
    this.members.close();
    await this.joins.joins.close();
  }

  /** What fails is told. */
  private do(task: () => Promise<void>): void {
    this.listener.run(task).catch((error: unknown) => {
      this.listener.warn(error instanceof MfcError ? error : new MfcError('ERR_MFC_SYSCALL', String(error)));
    });
  }

  /** Opens and closes outputs as hosts have joined and left. */
  private async placeMembers(): Promise<void> {
    const survey = this.installer.survey();
    for (const route of this.members.listRoutes()) await this.installer.place(route, survey);
    this.listener.changed();
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
