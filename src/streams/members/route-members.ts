/**
 * Knows who has joined where routes or flows ask for it, and says when routes have to follow.
 */
import type { IpVersion } from '../../abi/address';
import type { MfcError } from '../../errors';
import type { Kernel } from '../../kernel/kernel';
import type { Route } from '../../routing/route';
import type { Change, Entry, RouteTable } from '../../routing/table';
import type { MemberStream } from '../../routing/world';
import { systemClock, Timer } from '../clock';
import type { Events } from '../events/events';
import { type HeardLink, Hearing } from './hearing';
import { type MemberChange, Members } from './members';
import { Presumed } from './presumed';

/** What the kernel refused is tried again after that. */
const AGAIN_MS = 1_000;

export interface RouteMembersListener {
  /** Outputs may have to open or close: `takeDue` has those of which routes. Not told again until that was called. */
  due(): void;
  warn(warning: MfcError): void;
}

export interface DueRoutes {
  /** The routes to place. */
  readonly routes: readonly Route[];
  /** Keys of the learnt entries that follow. */
  readonly learnt: readonly string[];
}

export class RouteMembers {
  private readonly members: Members;
  private readonly presumed = new Presumed();
  private readonly hearing: Hearing;
  /** Keys of the entries whose outputs hosts open, by group. */
  private readonly keys = new Map<string, Set<string>>();
  private readonly timer = new Timer(systemClock, () => this.timedOut());
  /** Groups whose outputs may have to open or close. */
  private due = new Set<string>();
  private isSyncDue = false;
  private isStopped = false;
  private isClosed = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly table: RouteTable,
    private readonly events: Events,
    private readonly listener: RouteMembersListener,
  ) {
    this.members = new Members({
      member: (change) => this.tell(change),
      wishes: (version, ifindex, group) => this.look(version, ifindex, group),
    });
    this.hearing = new Hearing(kernel, {
      heard: (heard) => {
        this.timer.wakeBy(this.presumed.heard(heard) + 1);
        this.members.heard(heard);
      },
      forget: (version, ifindex) => {
        this.presumed.forget(version, ifindex);
        this.members.forget(version, ifindex);
      },
      warn: listener.warn,
    });
    table.follow((change) => this.follow(change));
    events.onWanted(() => this.syncSoon());
  }

  /** Whether a host behind an interface wants a stream. */
  wants(version: IpVersion, ifindex: number, { group, source, timeout = Infinity }: MemberStream): boolean {
    const until =
      this.members.wantedUntil(version, ifindex, group, source, 1000 * timeout) ??
      this.presumed.until(version, ifindex, group, source, 1000 * timeout);
    if (until !== undefined) this.timer.wakeBy(until + 1);
    return until !== undefined;
  }

  /** An output was open when the table was taken over. */
  presume(version: IpVersion, ifindex: number, group: string, source: string): void {
    this.presumed.add(version, ifindex, group, source);
  }

  /** What `due` told of. */
  takeDue(): DueRoutes {
    const groups = this.due;
    this.due = new Set();
    const routes: Route[] = [];
    const learnt: string[] = [];
    for (const group of groups) {
      for (const key of this.keys.get(group) ?? []) {
        const entry = this.table.get(key);
        if (entry?.learnt !== undefined) learnt.push(key);
        else if (entry !== undefined) routes.push(entry.route);
      }
    }
    return { routes, learnt };
  }

  /** The kernel refused what was due. */
  tryAgain(): void {
    this.timer.wakeBy(systemClock.now() + AGAIN_MS);
  }

  /** Nothing is due any more. */
  stop(): void {
    this.isStopped = true;
  }

  /** Interfaces have changed: those that are needed are heard. */
  sync(): void {
    this.isSyncDue = false;
    if (!this.isClosed) this.hearing.set([...this.wanted(4), ...this.wanted(6)]);
  }

  close(): void {
    this.isClosed = true;
    this.timer.close();
    this.hearing.close();
    this.members.close();
  }

  /** Once for all that changes in a turn. */
  private syncSoon(): void {
    if (this.isSyncDue) return;
    this.isSyncDue = true;
    setImmediate(() => this.sync());
  }

  /** All that have VIFs if flows want to know, else those where hosts open outputs. */
  private wanted(version: IpVersion): HeardLink[] {
    const vifs = this.table.vifs[version].list();
    if (this.events.wants('member_joined', 'member_left')) return vifs.map(({ ifindex }) => ({ version, ifindex }));
    const names = new Set<string>();
    for (const { installed } of this.table.listOpenEnded()) {
      if (installed?.members !== undefined && installed.version === version) {
        for (const name of installed.reserved ?? []) names.add(name);
      }
    }
    return vifs.filter(({ name }) => names.has(name)).map(({ ifindex }) => ({ version, ifindex }));
  }

  private follow({ key, before, now }: Change): void {
    if (hasMembers(before) || hasMembers(now)) {
      if (before !== undefined) this.forget(key, before.route.group);
      if (now !== undefined && hasMembers(now)) this.note(key, now.route.group);
      this.syncSoon();
    } else if (this.events.wants('member_joined', 'member_left')) {
      this.syncSoon(); // interfaces may have got VIFs, or lost them
    }
  }

  private note(key: string, group: string): void {
    const keys = this.keys.get(group);
    if (keys === undefined) this.keys.set(group, new Set([key]));
    else keys.add(key);
  }

  private forget(key: string, group: string): void {
    const keys = this.keys.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.keys.delete(group);
  }

  /** Hosts report again and again: only what differs from the entries that are there is due. */
  private look(version: IpVersion, ifindex: number, group: string): void {
    const name = this.table.vifs[version].list().find((vif) => vif.ifindex === ifindex)?.name;
    if (name === undefined) return;
    for (const key of this.keys.get(group) ?? []) {
      const installed = this.table.get(key)?.installed;
      if (installed?.members === undefined || installed.version !== version || installed.iif === name) continue;
      if (installed.members.among?.includes(name) === false) continue;
      const isOpen = installed.outputs.some((output) => output.name === name);
      const stream = { source: installed.source, group, timeout: installed.members.timeout };
      if (this.wants(version, ifindex, stream) === isOpen) continue;
      this.makeDue(group);
      return;
    }
  }

  private timedOut(): number {
    for (const group of this.keys.keys()) this.makeDue(group);
    return Infinity; // placing the routes asks for the next time
  }

  /** Told once for all that hosts say until it is looked at. */
  private makeDue(group: string): void {
    if (this.isStopped) return;
    const isFirst = this.due.size === 0;
    this.due.add(group);
    if (isFirst) this.listener.due();
  }

  private tell({ event, ifindex, group, source, host, members }: MemberChange): void {
    if (!this.events.wants(event)) return;
    const name = this.kernel.findLinkName(ifindex);
    this.events.emit(event, {
      group,
      ...(source === undefined ? {} : { source }),
      ...(name === undefined ? {} : { interface: name }),
      host,
      hosts: members,
    });
  }
}

function hasMembers(entry: Entry | undefined): boolean {
  return entry?.route.members !== undefined;
}
