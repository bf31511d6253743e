/**
 * Owns the multicast routing of one table: the sockets, the routes and VIFs, and the file that they are saved in.
 *
 * Messages come in as unknown payloads and are done one after the other: request → plan → operations → kernel → file → answer.
 * It does not know Node-RED. IPv4 is opened at once, IPv6 with the first IPv6 route, so that neither needs the other.
 */
import { EventEmitter } from 'node:events';
import type { IpVersion } from '../abi/address';
import type { MfcError } from '../errors';
import type { Kernel } from '../kernel/kernel';
import { linux } from '../kernel/linux';
import { Queue } from '../queue';
import { type Fields, parseFilter } from '../routing/request';
import { type EventRequest, parseEventFilter } from '../streams/events/event-filter';
import type { Subscription } from '../streams/events/subscription';
import type { ChangeAnswer, SetAnswer, StateAnswer, Status } from './answers';
import { Beginning, type BeginningOptions } from './beginning';
import { type Carried, Changes } from './changes';
import { Inbox } from './inbox';
import { Installer } from './installer';
import { type KeepOptions, Opening } from './opening';
import type { Page } from './page';
import { meterIntervalOf, parseTableId } from './settings';
import { readState } from './state';
import { StateFile } from './state-file';
import { Streams } from './streams';
import { type Estate, type Predecessor, Succession } from './succession';
import { Tables } from './tables';
import { Tending } from './tending';
import { joinLine, type Turn } from './turns';

export interface ControllerOptions extends KeepOptions, BeginningOptions {
  /** Number of the routing table; blank is the kernel's default one. */
  table?: string | number | undefined;
  /** Path of the file with the saved routes. */
  stateFile: string;
  /** Seconds between two readings of the counters, while anybody asks for rates or alarms; blank for the default. */
  meterInterval?: string | number | undefined;
  /** Controllers that this one comes after; they end, and it takes over what it can use. */
  predecessors?: readonly Predecessor[];
  /** Another kernel than the one that this process runs on. */
  kernel?: Kernel | undefined;
}

interface Events {
  /** What a node's status shows has changed. */
  status: [Status];
  /** Something went wrong that no message can be told. */
  warning: [MfcError];
  /** It has ended: nothing of it is open, and nothing is saved any more. */
  closed: [];
}

export class Controller extends EventEmitter<Events> {
  private readonly file: StateFile;
  private readonly installer: Installer;
  private readonly opening: Opening;
  private readonly tables: Tables;
  private readonly tending: Tending;
  readonly streams: Streams;
  private readonly queue = new Queue();
  private readonly inbox: Inbox;
  private readonly beginning: Beginning;
  private readonly changes: Changes;
  private readonly tableText: ControllerOptions['table'];
  private readonly succession: Succession;
  /** Its place in the line for its table: one, so that it never waits for who came later than it was made. */
  private turn: Turn | undefined;
  private isTendingSoon = false;

  constructor(options: ControllerOptions) {
    super();
    this.tableText = options.table;
    this.file = new StateFile(options.stateFile);
    this.installer = new Installer(options.kernel ?? linux, () => parseTableId(options.table), {
      unrouted: (_, stream) => this.streams.noteUnrouted(stream),
      wrongInterface: (_, stream, route) => this.streams.strangers.wrongInterface(stream, route),
      warn: this.warn,
    });
    this.opening = new Opening(this.installer, options, this.warn);
    this.tables = new Tables(this.installer, this.opening, {
      prepare: () => this.prepare(options),
      opened: (version) => {
        this.streams.tables.opened(version);
        this.tending.lookAtAll();
        this.keepJoins();
        this.changed();
      },
      failed: (error, version) => this.streams.tables.failed(error, version),
      changed: () => this.changed(),
      due: () => void this.queue.run(() => this.tables.openAll()).catch(() => undefined), // the status tells
      warn: this.warn,
    });
    this.streams = new Streams(this.installer, {
      run: (task) => this.queue.run(() => this.tend().catch(this.warn).then(task)),
      changed: () => this.changed(),
      save: () => this.changes.save(),
      warn: this.warn,
    });
    this.tending = new Tending(this.installer, {
      noted: () => this.tendSoon(),
      link: (name, ifindex, state) => this.streams.links.note(name, ifindex, state),
      missed: () => this.streams.links.lookAgain(),
      drifted: (entries) => this.streams.routes.drifted(entries),
      ownerChanged: (version) => this.tables.ownerChanged(version),
      renamed: () => this.changes.save(),
      healed: () => this.streams.linksChanged(),
      warn: this.warn,
    });
    this.inbox = new Inbox(this.queue, {
      isOpen: () => this.installer.sockets.size > 0,
      failure: () => this.tables.failure,
    });
    this.beginning = new Beginning(this.installer, this.file, options, {
      commit: (state) => this.streams.routes.silently(() => this.installer.table.commit(state)),
      ended: (routes) => this.streams.ended(routes),
      stale: () => this.changes.save(),
      warn: this.warn,
    });
    this.changes = new Changes(this.installer, this.file, this.streams.joins, () => this.beginning.guard, {
      run: (task) => this.queue.run(task),
      enter: (versions) => this.enter(versions),
      tend: () => this.tend().catch(this.warn),
      lookAtAll: () => this.tending.lookAtAll(),
      changed: () => this.changed(),
      warn: this.warn,
    });
    this.succession = new Succession(options.predecessors ?? [], {
      installer: this.installer,
      opening: this.opening,
      tables: this.tables,
      streams: this.streams,
      tending: this.tending,
      queue: this.queue,
      inbox: this.inbox,
      changes: this.changes,
      warn: this.warn,
      closed: () => this.emit('closed'),
    });
  }

  get status(): Status {
    const { size: routes, pending, degraded } = this.installer.table;
    if (this.installer.sockets.size > 0) return { state: 'open', routes, pending, degraded };
    const error = this.tables.failure;
    if (error !== undefined) return { state: 'closed', routes, pending, degraded, error };
    return { state: this.inbox.isClosed ? 'closed' : 'opening', routes, pending, degraded };
  }

  /** Opens the IPv4 table, and the IPv6 one if a saved route needs it. Throws why it cannot; if another owns it, it tries again. */
  open(): Promise<void> {
    this.tables.start();
    this.turn ??= joinLine(this.installer.kernel, this.tableText);
    const { turn } = this;
    return this.queue.run(() => turn(() => this.tables.openAll()));
  }

  /** Messages that wait for a table fail with ERR_MFC_NOT_OPEN, and so do later ones; the others are done. Routes leave the kernel. */
  close(): Promise<void> {
    return this.succession.close();
  }

  /** Ends it as `close` does, but for a successor, which gets what it can go on with. */
  handOver(table: number | undefined): Promise<Estate> {
    return this.succession.handOver(table);
  }

  /** Adds routes, or replaces those with the same source and group, or adds outputs to them. All or nothing. */
  add(payload: unknown, fields: Fields = {}): Promise<ChangeAnswer> {
    return this.change(() => this.changes.add(payload, fields));
  }

  /** Deletes routes, or some of their outputs. All or nothing. */
  del(payload: unknown, fields: Fields = {}): Promise<ChangeAnswer> {
    return this.change(() => this.changes.del(payload, fields));
  }

  /** Makes the routes, or those of one label, what the payload says, and changes only what differs. All or nothing. */
  set(payload: unknown, fields: Fields = {}): Promise<SetAnswer> {
    return this.change(() => this.changes.set(payload, fields));
  }

  /** The routes that the payload and the node's fields ask for, with counters, and all VIFs. Of many routes a page, if one is given. */
  state(payload: unknown, fields: Fields = {}, page?: Page): Promise<StateAnswer> {
    return this.inbox.take(async () => {
      const filter = parseFilter(payload, fields);
      await this.tables.enter();
      await this.tend();
      this.streams.measures.look();
      const { joins, measures } = this.streams;
      const unrouted = this.streams.listUnrouted();
      return readState(this.installer, { joins, measures, unrouted, guard: this.beginning.guard }, filter, page);
    });
  }

  /**
   * Notes the events that are asked for, until they are listened to. Throws ERR_MFC_INVALID.
   *
   * @param name who ends one and comes back with the same name within half a minute misses nothing
   */
  subscribe(request: EventRequest, name?: string): Subscription {
    return this.streams.subscriptions.open(parseEventFilter(request), name);
  }

  /** Resolves when what is answered is in the kernel and on the disk. */
  private async change<A>(task: () => Promise<Carried<A>>): Promise<A> {
    const { answer, saved } = await this.inbox.take(async () => {
      await this.streams.subscriptions.room();
      return task();
    });
    await saved;
    return answer;
  }

  /** The tables of these families are open, any of none, and what the kernel has told is worked off. */
  private async enter(versions: ReadonlySet<IpVersion>): Promise<void> {
    if (versions.size === 0) await this.tables.enter();
    for (const version of versions) await this.tables.enter(version);
    await this.tend();
  }

  /** Once for all that is told until then. What goes wrong is tried again. */
  private tendSoon(): void {
    if (this.isTendingSoon) return;
    this.isTendingSoon = true;
    const tend = (): Promise<void> => {
      this.isTendingSoon = false;
      return this.tend();
    };
    this.queue.run(tend).catch(this.warn);
  }

  /** Works off what the kernel has told. */
  private async tend(): Promise<void> {
    if (this.inbox.isClosed || !this.tending.isDue()) return;
    await this.tending.tend();
    this.changed();
  }

  private async prepare({ meterInterval }: ControllerOptions): Promise<void> {
    await this.succession.follow();
    this.installer.tableId();
    await this.beginning.load();
    this.streams.start(1000 * meterIntervalOf(meterInterval, this.warn));
    this.tending.start();
    this.streams.links.start();
  }

  private changed(): void {
    if (this.streams.hasNewJoins) this.keepJoins();
    this.emit('status', this.status);
  }

  /** What is joined outlives this process, if that is wanted; what earlier ones have joined is joined anew by now. */
  private keepJoins(): void {
    this.queue.run(() => this.opening.keepJoins(this.streams.joined)).catch(this.warn);
  }

  private readonly warn = (warning: MfcError): void => void this.emit('warning', warning);
}
