/**
 * Makes an entry for each new stream that a route takes which learns: within the turn in which the kernel tells of it.
 *
 * The kernel keeps the first packets of a stream meanwhile, 3 or 4 of them, and sends them on when the entry comes. So everything else
 * waits: who wants to know of it hears of the table's change.
 */
import type { IpVersion } from '../../abi/address';
import { ANY_SOURCE } from '../../abi/family';
import { MfcError } from '../../errors';
import type { MrouteSocket, Upcall } from '../../kernel/kernel';
import { Pace } from '../../pace';
import { isNative, learn, type Stream, streamOf, Templates, templateOf } from '../../routing/learning';
import { entryOf } from '../../routing/mfc-plan';
import { type Route, routeKey } from '../../routing/route';
import type { Change, Changes, Entry, RouteTable, Vifs } from '../../routing/table';
import type { World } from '../../routing/world';
import { Admission } from './admission';
import type { Flows } from './flows';
import { Unanswered } from './unanswered';

const VERSIONS: readonly IpVersion[] = [4, 6];
/** So many streams may be learnt: some 50 MB here and in the kernel. */
const MAX_LEARNT = 65_536;
/** When it was full, streams are learnt again when so many are left. */
const ROOM_AGAIN = 60_000;

export interface LearnerListener {
  /** A stream comes in that no route takes. */
  unrouted(version: IpVersion, stream: Stream): void;
  /** A stream comes in elsewhere than its entry says, and stays where it was. */
  wrongInterface(version: IpVersion, stream: Stream, route: Route): void;
  warn(warning: MfcError): void;
}

/** A stream, and the interface that it comes in by. */
type StreamName = Pick<Route, 'source' | 'group' | 'iif'>;

export class Learner {
  private templates_: Templates | undefined;
  private readonly unanswered = new Unanswered();
  private readonly admission: Admission;
  private vifs: Vifs;
  /** Before the last plan. */
  private formerVifs: Vifs;
  /** What a plan is about to change. */
  private underway: Changes | undefined;
  private isStale = true;
  private isFailing = false;
  private isFull = false;

  constructor(
    private readonly table: RouteTable,
    private readonly socketOf: (version: IpVersion) => MrouteSocket | undefined,
    private readonly flows: Pick<Flows, 'note'>,
    private readonly world: Pick<World, 'isMember'>,
    private readonly listener: LearnerListener,
  ) {
    this.vifs = table.vifs;
    this.formerVifs = table.vifs;
    this.admission = new Admission(socketOf, () => (this.isFull ? [] : this.templates.sorted));
    table.follow((change) => this.follow(change));
  }

  /** Hears of new streams from now on, and of those that waited. */
  listen(): void {
    this.admission.update();
    for (const version of VERSIONS) this.socketOf(version)?.listen((upcall) => this.hear(version, upcall));
  }

  /** What the kernel has to tell waits. */
  pause(): void {
    for (const version of VERSIONS) this.socketOf(version)?.listen(undefined);
  }

  stop(): void {
    this.pause();
    this.admission.stop();
  }

  /** What the kernel tells of a family. */
  private hear(version: IpVersion, upcall: Upcall): void {
    const iif = this.nameOf(version, upcall.vifi);
    if (iif === undefined) return;
    const { source, group, sourceBytes, groupBytes } = upcall;
    const stream = { source, group, iif, sourceBytes, groupBytes };
    const entry = this.table.get(routeKey(source, group));
    if (upcall.kind === 'wrongvif') this.stray(version, stream, entry);
    else if (!this.accept(version, stream, entry)) this.leave(version, stream, entry);
  }

  /** Nobody takes the stream. The kernel keeps it a while, if there are not too many. */
  private leave(version: IpVersion, stream: Stream, entry: Entry | undefined): void {
    if (!this.unanswered.add(version, stream)) {
      if (!this.admission.isFlooded) void this.clear();
      this.admission.flood();
      this.shed(version, stream);
    }
    if (entry !== undefined) return;
    const route = this.anySourceRoute(stream);
    // The kernel looks for a route of any source among those of the interface only.
    if (route !== undefined) this.listener.wrongInterface(version, stream, route);
    else this.listener.unrouted(version, stream);
  }

  /** As long as streams wait, each packet of another one costs the kernel more. */
  private async clear(): Promise<void> {
    const pace = new Pace();
    for (const { version, stream } of this.unanswered.take()) {
      this.shed(version, stream);
      if (pace.isDue()) await pace.rest();
    }
  }

  /** The kernel forgets that a stream waits when there is an entry, and keeps nothing when that goes. */
  private shed(version: IpVersion, { source, group }: Stream): void {
    const socket = this.socketOf(version);
    if (this.table.get(routeKey(source, group)) !== undefined) return;
    const entry = { version, source, group, parent: 0, outputs: [] };
    try {
      if (socket?.mfcCounters(source, group) !== undefined) return; // a change that is under way, or another program
      socket?.addMfc(entry);
      socket?.delMfc(entry);
    } catch {
      // It is forgotten by itself in 10 seconds.
    }
  }

  /** The entries that a plan is about to make or to delete are left to it, until `reconsider`. */
  leaveTo(changes: Changes): void {
    this.underway = changes;
  }

  /** Makes the entries of streams that waited, as far as routes take them now. Call when a plan is done. */
  reconsider(): void {
    this.underway = undefined;
    if (this.vifs !== this.table.vifs) {
      this.formerVifs = this.vifs;
      this.vifs = this.table.vifs;
    }
    if (!this.isStale) return;
    this.isStale = false;
    this.admission.update();
    for (const { version, stream } of this.unanswered.list()) {
      const entry = this.table.get(routeKey(stream.source, stream.group));
      if (entry?.learnt !== undefined || this.accept(version, stream, entry)) this.unanswered.delete(stream);
    }
  }

  /** Whether there is a route for this very stream, or one for any source of its group that the kernel looks at itself. */
  hasRoute(stream: StreamName): boolean {
    return (
      this.table.get(routeKey(stream.source, stream.group)) !== undefined || this.anySourceRoute(stream) !== undefined
    );
  }

  /** Whether a route would learn the stream with its next packet. */
  isLearnable(name: StreamName): boolean {
    const stream = streamOf(name);
    const template = stream && this.templates.find(stream);
    return template !== undefined && learn(template, name, this.world) !== undefined;
  }

  /** Takes an entry that is in the kernel from before. Answers whether a route takes it. */
  claim(version: IpVersion, stream: Stream): boolean {
    return this.answer(version, stream, this.table.get(routeKey(stream.source, stream.group)));
  }

  /**
   * What the kernel tells may be older than the last plan, which freed the VIF. Such a stream must be known when its interface has a VIF
   * again: the kernel keeps it and does not tell of it once more.
   */
  private nameOf(version: IpVersion, vifi: number): string | undefined {
    return (this.table.vifs[version].byNumber(vifi) ?? this.formerVifs[version].byNumber(vifi))?.name;
  }

  /**
   * Answers whether there is an entry now. It may be for another interface, where a route waits for the stream: without it the kernel would
   * keep what comes in there as well, for 10 seconds, and not tell of it (net/ipv4/ipmr.c ipmr_cache_unresolved). With it, what comes in
   * elsewhere costs nothing.
   */
  private accept(version: IpVersion, stream: Stream, entry: Entry | undefined): boolean {
    if (this.answer(version, stream, entry)) return true;
    const iif = this.templates.inputOf(stream);
    return iif !== undefined && iif !== stream.iif && this.answer(version, { ...stream, iif }, entry);
  }

  /** Answers whether there is an entry now. */
  private answer(version: IpVersion, stream: Stream, entry: Entry | undefined): boolean {
    // A route of this very stream is about to come or to go, or waits for its interfaces.
    if (entry !== undefined && entry.learnt === undefined) return false;
    if (this.isUnderway(stream)) return false;
    if (isNative(this.table.get(routeKey(ANY_SOURCE, stream.group)), stream.iif)) return false;
    const template = this.templates.find(stream);
    const route = template && learn(template, stream, this.world);
    if (template === undefined || route === undefined || !this.hasRoom()) return false;
    return this.install(version, route, template.key);
  }

  private isUnderway({ source, group }: Stream): boolean {
    if (this.underway?.has(routeKey(source, group)) !== true) return false;
    this.isStale = true; // another look when the plan is done
    return true;
  }

  private hasRoom(): boolean {
    if (!this.isFull && this.table.learntSize >= MAX_LEARNT) {
      this.isFull = true;
      this.listener.warn(full());
    }
    return !this.isFull;
  }

  private install(version: IpVersion, route: Route, by: string): boolean {
    try {
      this.socketOf(version)?.addMfc(entryOf(route, this.table.vifs[version]));
    } catch (error) {
      if (!this.isFailing && error instanceof MfcError) this.listener.warn(error);
      this.isFailing = true;
      return false;
    }
    this.isFailing = false;
    this.table.learn(routeKey(route.source, route.group), route, by);
    return true;
  }

  /**
   * A learnt stream that comes in elsewhere is moved there, if a route takes it there. But where it comes in twice it stays: it would go
   * to and fro every 3 seconds, as often as the kernel tells (net/ipv4/ipmr.c MFC_ASSERT_THRESH).
   */
  private stray(version: IpVersion, stream: Stream, entry: Entry | undefined): void {
    if (entry?.installed === undefined || entry.route.iif === stream.iif) return;
    if (this.isUnderway(stream)) return;
    const isIdle = this.flows.note(entry.route);
    if (entry.learnt !== undefined && isIdle) {
      const template = this.templates.find(stream);
      const route = template && learn(template, stream, this.world);
      if (template !== undefined && route !== undefined && this.install(version, route, template.key)) return;
    }
    this.listener.wrongInterface(version, stream, entry.route);
  }

  /** The route of any source that is in the kernel as such. */
  private anySourceRoute({ group }: StreamName): Route | undefined {
    const route = this.table.get(routeKey(ANY_SOURCE, group))?.installed;
    return route?.learning === undefined ? route : undefined;
  }

  /** The routes that learn, in a new object whenever they change. */
  get templates(): Templates {
    this.templates_ ??= new Templates(
      Array.from(this.table.learning).flatMap((key) => {
        const installed = this.table.get(key)?.installed;
        const template = installed && templateOf(key, installed);
        return template === undefined ? [] : [template];
      }),
    );
    return this.templates_;
  }

  private follow({ before, now }: Change): void {
    if (before?.route.learning !== undefined || now?.route.learning !== undefined) {
      this.templates_ = undefined;
      this.isStale = true;
    }
    if (before !== undefined && now === undefined) {
      if (this.isFull && this.table.learntSize < ROOM_AGAIN) {
        this.isFull = false;
        this.isStale = true;
      }
      if (before.learnt === undefined) this.isStale = true; // another route may take its stream now
    }
  }
}

function full(): MfcError {
  return new MfcError('ERR_MFC_SYSCALL', `${MAX_LEARNT} streams are learnt. No more are taken.`, {
    hint: 'Give the routes that learn shorter idle timeouts, or longer prefixes.',
  });
}
