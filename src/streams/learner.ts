/**
 * Makes an entry for each new stream that a route takes which learns: within the turn in which the kernel tells of it.
 *
 * The kernel keeps the first packets of a stream meanwhile, 3 or 4 of them, and sends them on when the entry comes. So everything else
 * waits: who wants to know of it hears of the table's change.
 */
import type { IpVersion } from '../abi/address';
import type { MfcCounters } from '../abi/family';
import { MfcError } from '../errors';
import type { MrouteSocket, Upcall } from '../kernel/kernel';
import { learn, type Stream, Templates, templateOf } from '../routing/learning';
import { type Route, routeKey } from '../routing/route';
import type { Change, Entry, RouteTable, Vifs } from '../routing/table';
import { entryOf } from '../routing/vif-plan';
import type { World } from '../routing/world';
import { Unanswered } from './unanswered';

/** So many streams may be learnt: some 50 MB here and in the kernel. */
const MAX_LEARNT = 65_536;

export interface LearnerListener {
  /** A stream comes in that no route takes. */
  unrouted(version: IpVersion, stream: Stream): void;
  /** A stream comes in elsewhere than its entry says, and stays where it was. */
  wrongInterface(version: IpVersion, stream: Stream, route: Route): void;
  warn(warning: MfcError): void;
}

export class Learner {
  private templates_: Templates | undefined;
  private readonly unanswered = new Unanswered();
  /** Packets on the right interface when the entry's stream was last seen on another one. */
  private readonly strays = new Map<string, number>();
  private vifs: Vifs;
  /** Before the last plan. */
  private formerVifs: Vifs;
  private isStale = false;
  private isFailing = false;

  constructor(
    private readonly table: RouteTable,
    private readonly socketOf: (version: IpVersion) => MrouteSocket | undefined,
    private readonly world: Pick<World, 'isMember'>,
    private readonly listener: LearnerListener,
  ) {
    this.vifs = table.vifs;
    this.formerVifs = table.vifs;
    table.follow((change) => this.follow(change));
  }

  /** What the kernel tells of a family. */
  hear(version: IpVersion, upcall: Upcall): void {
    const iif = this.nameOf(version, upcall.vifi);
    if (iif === undefined) return;
    const { source, group, sourceBytes, groupBytes } = upcall;
    const stream = { source, group, iif, sourceBytes, groupBytes };
    const entry = this.table.get(routeKey(source, group));
    if (upcall.kind === 'wrongvif') this.stray(version, stream, entry);
    else if (!this.answer(version, stream, entry)) {
      this.unanswered.add(version, stream);
      if (entry === undefined) this.listener.unrouted(version, stream);
    }
  }

  /** Makes the entries of streams that waited, as far as routes take them now. Call when a plan is done. */
  reconsider(): void {
    if (this.vifs !== this.table.vifs) {
      this.formerVifs = this.vifs;
      this.vifs = this.table.vifs;
    }
    if (!this.isStale) return;
    this.isStale = false;
    for (const { version, stream } of this.unanswered.list()) {
      const entry = this.table.get(routeKey(stream.source, stream.group));
      if (entry?.learnt !== undefined || this.answer(version, stream, entry)) this.unanswered.delete(stream);
    }
  }

  /** Takes an entry that is in the kernel from before. Answers whether a route takes it. */
  claim(version: IpVersion, stream: Stream): boolean {
    return this.answer(version, stream, undefined);
  }

  /**
   * What the kernel tells may be older than the last plan, which freed the VIF. Such a stream must be known when its interface has a VIF
   * again: the kernel keeps it and does not tell of it once more.
   */
  private nameOf(version: IpVersion, vifi: number): string | undefined {
    return (this.table.vifs[version].byNumber(vifi) ?? this.formerVifs[version].byNumber(vifi))?.name;
  }

  /** Answers whether there is an entry now. */
  private answer(version: IpVersion, stream: Stream, entry: Entry | undefined): boolean {
    // A route of this very stream is about to come or to go, or waits for its interfaces.
    if (entry !== undefined && entry.learnt === undefined) return false;
    const template = this.templates.find(stream);
    const route = template && learn(template, stream, this.world);
    if (template === undefined || route === undefined || this.table.learntSize >= MAX_LEARNT) return false;
    return this.install(version, route, template.key);
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
    if (entry.learnt !== undefined && this.isIdle(version, stream)) {
      const template = this.templates.find(stream);
      const route = template && learn(template, stream, this.world);
      if (template !== undefined && route !== undefined && this.install(version, route, template.key)) return;
    }
    this.listener.wrongInterface(version, stream, entry.route);
  }

  /** Whether nothing has come in on the right interface since this was last asked. */
  private isIdle(version: IpVersion, { source, group }: Stream): boolean {
    const key = routeKey(source, group);
    const counters = this.socketOf(version)?.mfcCounters(source, group);
    const last = this.strays.get(key);
    const now = counters && rightPackets(counters);
    if (now !== undefined) this.strays.set(key, now);
    return last === undefined || last === now;
  }

  private get templates(): Templates {
    this.templates_ ??= new Templates(
      Array.from(this.table.learning).flatMap((key) => {
        const installed = this.table.get(key)?.installed;
        const template = installed && templateOf(key, installed);
        return template === undefined ? [] : [template];
      }),
    );
    return this.templates_;
  }

  private follow({ key, before, now }: Change): void {
    if (before?.route.learning !== undefined || now?.route.learning !== undefined) {
      this.templates_ = undefined;
      this.isStale = true;
    }
    if (before !== undefined && now === undefined) {
      this.strays.delete(key);
      if (before.learnt === undefined) this.isStale = true; // another route may take its stream now
    }
  }
}

/** Packets that came in where the entry says. */
export function rightPackets({ packets, wrong_if }: MfcCounters): number {
  return packets - wrong_if;
}
