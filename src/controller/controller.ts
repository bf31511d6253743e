/**
 * Owns the multicast routing of one table: the sockets, the routes and VIFs, and the file that they are saved in.
 *
 * Messages come in as unknown payloads and are done one after the other: request → plan → operations → kernel → file → answer.
 * It does not know Node-RED. IPv4 is opened at once, IPv6 with the first IPv6 route, so that neither needs the other.
 */
import { EventEmitter } from 'node:events';
import type { IpVersion } from '../abi/address';
import { MfcError } from '../errors';
import type { Kernel, MrouteSocket } from '../kernel/kernel';
import { linux } from '../kernel/linux';
import type { Operation } from '../routing/operation';
import { Plan } from '../routing/plan';
import {
  type DelRequest,
  type Fields,
  messagesIn,
  parseAdd,
  parseDel,
  parseFilter,
  wantsDryRun,
} from '../routing/request';
import type { Route } from '../routing/route';
import { type NextState, RouteTable } from '../routing/table';
import { type ChangeAnswer, changeAnswer, type Decision, type StateAnswer, type Status } from './answers';
import { Journal } from './journal';
import { loadRoutes } from './load';
import { Pace } from './pace';
import { Queue } from './queue';
import { run, undo } from './runner';
import { readState } from './state';
import { StateFile } from './state-file';
import { type Sockets, Survey } from './survey';
import { parseTableId } from './table-id';
import { warningsFor } from './warnings';

export interface ControllerOptions {
  /** Number of the routing table; blank is the kernel's default one. */
  table?: string | number | undefined;
  /** Path of the file with the saved routes. */
  stateFile: string;
  /** Another kernel than the one that this process runs on. */
  kernel?: Kernel;
}

interface Events {
  /** What a node's status shows has changed. */
  status: [Status];
  /** Something went wrong that no message can be told. */
  warning: [MfcError];
}

interface Change {
  readonly operations: readonly Operation[];
  readonly back: NextState;
}

/** Why a saved route is pending before its table is open. */
const NOT_YET = 'The routing table is not open yet.';

export class Controller extends EventEmitter<Events> {
  private readonly kernel: Kernel;
  private readonly file: StateFile;
  private readonly table = new RouteTable();
  private readonly sockets: Sockets = new Map();
  private readonly queue = new Queue();
  private readonly journal = new Journal<Change>(
    () => this.file.save(Array.from(this.table.list())),
    (unsaved) => this.queue.run(() => this.takeBack(unsaved())),
  );
  private loaded = false;
  private closing = false;
  private failure: MfcError | undefined;

  constructor(private readonly options: ControllerOptions) {
    super();
    this.kernel = options.kernel ?? linux;
    this.file = new StateFile(options.stateFile);
  }

  get status(): Status {
    const { size: routes, pending } = this.table;
    if (this.sockets.size > 0) return { state: 'open', routes, pending };
    if (this.failure !== undefined) return { state: 'closed', routes, pending, error: this.failure };
    return { state: this.closing ? 'closed' : 'opening', routes, pending };
  }

  /** Opens the IPv4 table, and the IPv6 one if a saved route needs it. Throws why it cannot; the next message tries again. */
  open(): Promise<void> {
    return this.queue.run(async () => {
      await this.load();
      const versions = new Set<IpVersion>([4]);
      for (const { version } of this.table.list()) versions.add(version);
      for (const version of versions) await this.openTable(version);
    });
  }

  /** Messages that wait fail with ERR_MFC_NOT_OPEN; the one that is being done ends well. Routes leave the kernel. */
  async close(): Promise<void> {
    this.closing = true;
    await this.queue.idle();
    await this.journal.settled.catch(() => undefined); // whom it concerns was told
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  /** Adds routes, or replaces those with the same source and group. All or nothing. */
  add(payload: unknown, fields: Fields = {}): Promise<ChangeAnswer> {
    return this.change(payload, fields, parseAdd, (plan, route, at) => ({ outcome: plan.add(route, at), route }));
  }

  /** Deletes routes, or some of their outputs. All or nothing. */
  del(payload: unknown, fields: Fields = {}): Promise<ChangeAnswer> {
    return this.change(payload, fields, parseDel, (plan, request, at) => plan.del(request, at));
  }

  /** The routes that the payload and the node's fields ask for, with counters, and all VIFs. */
  state(payload: unknown, fields: Fields = {}): Promise<StateAnswer> {
    return this.queue.run(async () => {
      const filter = parseFilter(payload, fields);
      if (this.sockets.size === 0) await this.openTable(4);
      return readState(this.table, this.sockets, this.survey(), filter);
    });
  }

  private async change<R extends Route | DelRequest>(
    payload: unknown,
    fields: Fields,
    parse: (message: unknown, fields: Fields, at?: number) => R,
    decide: (plan: Plan, request: R, at?: number) => Decision,
  ): Promise<ChangeAnswer> {
    const { answer, saved } = await this.queue.run(async () => {
      const pace = new Pace();
      const messages = messagesIn(payload);
      const at = messages === payload ? (i: number) => i : () => undefined;
      const requests = await pace.map(messages, (message, i) => parse(message, fields, at(i)));
      const dryRun = wantsDryRun(messages, fields);
      for (const version of new Set(requests.map((request) => request.version))) await this.openTable(version);
      const survey = this.survey();
      const plan = new Plan(this.table, survey);
      const decisions = await pace.map(requests, (request, i) => decide(plan, request, at(i)));
      const warnings = warningsFor(decisions, survey, this.kernel, parseTableId(this.options.table));
      if (!dryRun) await run(plan.operations, this.socketOf, this.onStuck);
      return { answer: changeAnswer(decisions, plan, warnings, dryRun), saved: this.record(plan, dryRun) };
    });
    await saved;
    return answer;
  }

  /** Takes a plan's result over. Resolves when it is on the disk. */
  private record(plan: Plan, dryRun: boolean): Promise<void> {
    // Even where nothing changed, what the answer says of the kernel may still be on its way to the disk.
    if (dryRun || plan.next.changes.size === 0) return this.journal.settled;
    const back = this.table.commit(plan.next);
    this.emit('status', this.status);
    return this.journal.record({ operations: plan.operations, back });
  }

  /** Undoes changes that could not be saved; the newest comes first. */
  private async takeBack(changes: readonly Change[]): Promise<void> {
    for (const { operations, back } of changes) {
      await undo(operations, this.socketOf, this.onStuck);
      this.table.commit(back);
    }
    this.emit('status', this.status);
  }

  private survey(): Survey {
    return new Survey(this.kernel, this.sockets, this.table);
  }

  /** Does nothing if it is open. Saved routes that wait for the table go into the kernel. */
  private async openTable(version: IpVersion): Promise<void> {
    if (this.closing) throw closed();
    if (this.sockets.has(version)) return;
    await this.load();
    try {
      this.sockets.set(version, this.kernel.openMroute(version, parseTableId(this.options.table)));
      this.failure = undefined;
    } catch (error) {
      this.fail(error);
    }
    await this.restore(version);
    this.emit('status', this.status);
  }

  private async load(): Promise<void> {
    if (this.loaded) return;
    try {
      const { routes, warnings } = await loadRoutes(this.file);
      const plan = new Plan(this.table, this.survey());
      for (const route of routes) plan.keep(route, NOT_YET);
      this.table.commit(plan.next);
      this.loaded = true;
      for (const warning of warnings) this.emit('warning', warning);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Puts the pending routes of a family into the kernel. One that cannot be is kept, with the reason. */
  private async restore(version: IpVersion): Promise<void> {
    const survey = this.survey();
    const pace = new Pace();
    for (const { pending, ...route } of Array.from(this.table.list())) {
      if (pending === undefined || route.version !== version) continue;
      this.table.commit(await this.tryRoute(route, survey));
      if (pace.isDue()) await pace.rest();
    }
  }

  private async tryRoute(route: Route, survey: Survey): Promise<NextState> {
    const plan = new Plan(this.table, survey);
    try {
      plan.add(route);
      await run(plan.operations, this.socketOf, this.onStuck);
      return plan.next;
    } catch (error) {
      const kept = new Plan(this.table, survey);
      kept.keep(route, error instanceof Error ? error.message : String(error));
      return kept.next;
    }
  }

  private fail(error: unknown): never {
    if (error instanceof MfcError) this.failure = error;
    this.emit('status', this.status);
    throw error;
  }

  private readonly socketOf = (version: IpVersion): MrouteSocket => {
    const socket = this.sockets.get(version);
    if (socket === undefined) throw closed();
    return socket;
  };

  private readonly onStuck = (error: unknown): void => {
    const cause = error instanceof MfcError ? error.cause : {};
    const what = error instanceof Error ? error.message : String(error);
    const hint = 'The kernel may differ from what mfc state shows. Deploy the controller again to make it anew.';
    this.emit(
      'warning',
      new MfcError('ERR_MFC_SYSCALL', `A step could not be taken back. ${what}`, { ...cause, hint }),
    );
  };
}

/** What a message is told that came too late. */
export function closed(): MfcError {
  return new MfcError('ERR_MFC_NOT_OPEN', 'The controller was closed before this message was done.', {
    hint: 'Nothing was changed. Send it again when the flow runs.',
  });
}
