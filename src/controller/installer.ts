/**
 * Brings plans into the kernel, and their result into the table: both, or none.
 */
import type { IpVersion } from '../abi/address';
import type { MfcEntry } from '../abi/family';
import { isErrno, MfcError, messageOf } from '../errors';
import type { Kernel, KernelEntry, MrouteSocket, Watch, WatchListener } from '../kernel/kernel';
import { Plan } from '../routing/plan';
import type { Route } from '../routing/route';
import { RouteTable, type TableState, type Vifs } from '../routing/table';
import type { VifRegistry } from '../routing/vifs';
import type { MemberStream } from '../routing/world';
import { Flows } from '../streams/learning/flows';
import { Learner, type LearnerListener } from '../streams/learning/learner';
import { run } from './runner';
import { type MemberView, Survey } from './survey';

export type InstallerListener = LearnerListener;

export type Sockets = Map<IpVersion, MrouteSocket>;

/** From so many changes on, a look at all entries costs less than hearing of each. */
export const MANY = 256;

export class Installer {
  readonly table = new RouteTable();
  readonly sockets: Sockets = new Map();
  /** The entries that other programs have made, by key. */
  readonly foreign = new Map<string, KernelEntry>();
  /** Who has joined; nobody, as long as nobody asks. */
  members: MemberView = { wants: () => false, presume: () => undefined };
  /** Interfaces have other names, and learnt entries have not followed yet: their patterns may mean others now. */
  hasToRelearn = false;
  /** When the streams of entries last flowed. */
  readonly flows: Flows;
  /** Makes entries for streams that no message named. */
  readonly learner: Learner;
  private watched: Watch | undefined;

  /**
   * @param tableId number of the routing table, undefined for the kernel's default one; throws if there is no such table
   * @param listener hears of what could not even be undone, and of streams
   */
  constructor(
    readonly kernel: Kernel,
    readonly tableId: () => number | undefined,
    private readonly listener: InstallerListener,
  ) {
    const socketOf = (version: IpVersion): MrouteSocket | undefined => this.sockets.get(version);
    this.flows = new Flows(this.table, socketOf);
    this.learner = new Learner(this.table, socketOf, this.flows, this, this.listener);
  }

  isMember(version: IpVersion, name: string, stream: MemberStream): boolean {
    const link = this.kernel.findLink(name);
    return link !== undefined && this.members.wants(version, link.ifindex, stream);
  }

  /** Becomes the owner of the table of a family. */
  openSocket(version: IpVersion): MrouteSocket {
    return this.kernel.openMroute(version, this.tableId());
  }

  /** All entries that the kernel has of a family. */
  list(version: IpVersion): Iterable<KernelEntry[]> {
    return this.kernel.listEntries(version, this.tableId());
  }

  watch(listener: WatchListener): Watch {
    this.watched = this.kernel.watch(this.tableId(), listener);
    return this.watched;
  }

  /** Does what changes so many entries that it is better looked at as a whole afterwards than told one by one. */
  async quietly<T>(task: () => Promise<T>): Promise<T> {
    this.watched?.mute();
    try {
      return await task();
    } finally {
      this.unmute();
    }
  }

  /** What was done is done, whatever comes of this. */
  private unmute(): void {
    try {
      this.watched?.unmute();
    } catch (error) {
      this.listener.warn(error instanceof MfcError ? error : new MfcError('ERR_MFC_SYSCALL', String(error)));
    }
  }

  survey(has?: (entry: MfcEntry) => boolean): Survey {
    return new Survey(this.kernel, this.foreign, this.members, this.flows, has);
  }

  /** Answers what there was before. Throws what the kernel threw; nothing is changed then. */
  async apply(plan: Plan): Promise<TableState> {
    const perform = (): Promise<void> => run(plan.operations, this.socketOf, this.tellStuck);
    const { changes } = plan.next;
    if (plan.isLearning) this.learner.pause();
    this.learner.leaveTo(changes);
    try {
      await this.flows.noteRewrites(changes);
      await (plan.operations.length > MANY ? this.quietly(perform) : perform());
      return this.table.commit(plan.next);
    } finally {
      this.learner.reconsider();
      if (plan.isLearning) this.learner.listen();
    }
  }

  /** Applies a plan that may be refused. Answers false if it was; nothing is changed then. */
  async attempt(plan: Plan): Promise<boolean> {
    try {
      await this.apply(plan);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Puts of a route into the kernel what its interfaces allow. Answers false if the kernel refuses; the route is as it was then, and
   * has the reason. Also if there are too few VIF numbers for all of it.
   *
   * @param wished VIF numbers to take where they are free
   */
  async place(route: Route, survey: Survey, wished?: Vifs): Promise<boolean> {
    let isShort = false;
    try {
      await this.knowing(async () => {
        const plan = new Plan(this.table, survey, wished);
        plan.place(route);
        if (plan.next.changes.size > 0) await this.apply(plan);
        isShort = plan.isShort;
      });
      return !isShort;
    } catch (error) {
      const kept = new Plan(this.table, survey);
      kept.keep(route, messageOf(error));
      this.table.commit(kept.next);
      return false;
    }
  }

  /** Does what makes a plan and applies it. If another program has taken a VIF number meanwhile, it is done again, knowing that. */
  async knowing<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (!isErrno(error, 'EADDRINUSE')) throw error;
      for (const [version, socket] of this.sockets) this.table.adopt(version, this.withStrangers(version, socket));
      return task();
    }
  }

  private withStrangers(version: IpVersion, socket: MrouteSocket): VifRegistry {
    const vifs = this.table.vifs[version].copy();
    for (const [vifi, ifindex] of socket.vifIndices()) {
      const name = this.kernel.findLinkName(ifindex);
      if (name !== undefined && vifs.byNumber(vifi) === undefined) vifs.adopt({ vifi, name, ifindex, foreign: true });
    }
    return vifs;
  }

  /** Deletes the VIFs that no route uses. Answers whether the kernel did. */
  async freeUnused(): Promise<boolean> {
    const plan = new Plan(this.table, this.survey());
    for (const version of this.sockets.keys()) plan.freeUnused(version);
    return this.attempt(plan);
  }

  /** The table of a family is not open: its routes wait, and that is why. */
  lose(version: IpVersion, error: unknown): void {
    this.sockets.delete(version);
    const plan = new Plan(this.table, this.survey());
    plan.lose(version, messageOf(error));
    this.table.commit(plan.next);
  }

  private readonly socketOf = (version: IpVersion): MrouteSocket => {
    const socket = this.sockets.get(version);
    if (socket === undefined) throw closed();
    return socket;
  };

  /** Something could not even be undone. */
  readonly tellStuck = (error: unknown): void => {
    const cause = error instanceof MfcError ? error.cause : {};
    const what = messageOf(error);
    const hint = 'The kernel may differ from what mfc state shows. Restart Node-RED to make it anew.';
    this.listener.warn(new MfcError('ERR_MFC_SYSCALL', `A step could not be taken back. ${what}`, { ...cause, hint }));
  };
}

/** What a message is told that came too late. */
export function closed(): MfcError {
  return new MfcError('ERR_MFC_NOT_OPEN', 'The controller was closed before this message was done.', {
    hint: 'Nothing was changed. Send it again when the flow runs.',
  });
}
