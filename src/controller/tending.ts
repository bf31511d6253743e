/**
 * Keeps the kernel as the table says, while interfaces come and go and other programs have their hands in.
 *
 * The kernel tells what happens; nothing is polled. What is told is only noted, and worked off between messages.
 */
import type { IpVersion } from '../abi/address';
import type { MfcEntry } from '../abi/family';
import { MfcError } from '../errors';
import type { LinkState, Watch, WatchListener } from '../kernel/kernel';
import { Pace } from '../pace';
import { formatRoute } from '../routing/route';
import { Drift, type Repair } from './drift';
import { heal } from './healer';
import type { Installer } from './installer';
import { Retry } from './retry';

export interface TendingListener {
  /** There is something to do: call `tend` when nothing else is under way. */
  noted(): void;
  /** The kernel tells of an interface, in the order in which it happens. */
  link(name: string, ifindex: number, state: LinkState): void;
  /** The kernel may have told of interfaces, and nobody heard it. */
  missed(): void;
  /** The entries that another program has deleted or changed and that are not put back yet: all of them. */
  drifted(entries: readonly MfcEntry[]): void;
  /** The table of a family may be free. */
  ownerChanged(version: IpVersion): void;
  /** Routes have other names now, which is to be saved. */
  renamed(): void;
  /** Routes have followed what happened to interfaces. */
  healed(): Promise<void>;
  warn(warning: MfcError): void;
}

export class Tending {
  readonly drift: Drift;
  private watch: Watch | undefined;
  private isHealDue = false;
  /** The kernel took all that the interfaces allow. */
  private isWhole = true;
  private isDraining = false;
  private readonly again = new Retry(() => this.note());

  constructor(
    private readonly installer: Installer,
    private readonly listener: TendingListener,
  ) {
    this.drift = new Drift(installer);
  }

  /** Does nothing if it has started. */
  start(): void {
    this.watch ??= this.installer.watch(this.heard);
  }

  /** What has happened until now is noted. */
  async stop(): Promise<void> {
    try {
      await this.drainAll();
    } finally {
      this.watch?.close();
      this.watch = undefined;
      this.again.stop();
    }
  }

  /** Something was missed, or a table is new. */
  lookAtAll(): void {
    this.drift.noteAll();
    this.note();
  }

  /** Whether anything has happened until now that `tend` is for. */
  isDue(): boolean {
    return this.drain() || this.isHealDue || this.drift.isNoted;
  }

  /** Call while no other change is under way. Throws if the kernel refuses what has to be done before a change; it is tried again. */
  async tend(): Promise<void> {
    try {
      await this.drainAll();
      if (this.isHealDue) await this.heal();
      await this.drainAll(); // what healing has changed is told as well
      const isSettled = (await this.settle(await this.drift.inspect())) && (await this.installer.freeUnused());
      if (this.isWhole && isSettled) this.again.stop();
      else this.again.schedule();
    } catch (error) {
      this.again.schedule();
      throw error;
    }
    if (this.isHealDue) this.listener.noted(); // more has happened meanwhile, and messages have their turn first
  }

  /** Puts entries back, but not faster and faster against a program that does the opposite. Answers whether all are back. */
  private async settle(repairs: readonly Repair[]): Promise<boolean> {
    this.listener.drifted(writtenBy(repairs));
    if (repairs.length === 0) return true;
    if (this.drift.pause > 0) {
      this.again.scheduleIn(this.drift.pause);
      return false;
    }
    const done = await this.drift.repair(repairs);
    const written = writtenBy(done);
    if (written.length > 0) this.listener.warn(putBack(written));
    this.listener.drifted(writtenBy(repairs.filter((repair) => !done.includes(repair))));
    return done.length === repairs.length;
  }

  private async drainAll(): Promise<void> {
    const pace = new Pace();
    while (this.drain()) await pace.rest();
  }

  /** Whether there may be more. */
  private drain(): boolean {
    this.isDraining = true;
    try {
      return this.watch?.drain() ?? false;
    } finally {
      this.isDraining = false;
    }
  }

  private async heal(): Promise<void> {
    this.isHealDue = false;
    try {
      this.isWhole = (await heal(this.installer, this.listener.renamed)) === 0;
      await this.listener.healed();
    } catch (error) {
      this.isHealDue = true;
      throw error;
    }
  }

  private note(): void {
    this.isHealDue = true;
    if (!this.isDraining) this.listener.noted();
  }

  private readonly heard: WatchListener = {
    link: (name, ifindex, state) => {
      this.listener.link(name, ifindex, state);
      this.note();
    },
    entry: (entry, gone) => {
      this.drift.note(entry, gone);
      if (!this.isDraining) this.listener.noted();
    },
    ownerChanged: (version) => this.listener.ownerChanged(version),
    overflow: () => {
      this.listener.missed();
      this.lookAtAll();
    },
  };
}

/** The entries that are to be put back. */
function writtenBy(repairs: readonly Repair[]): MfcEntry[] {
  return repairs.filter(({ op }) => op === 'add').map(({ entry }) => entry);
}

function putBack(drifted: readonly { source: string; group: string }[]): MfcError {
  const [first] = drifted;
  const which = first === undefined ? '' : formatRoute(first);
  const what =
    drifted.length === 1 ? `the MFC entry for ${which}` : `${drifted.length} MFC entries, such as that for ${which}`;
  return new MfcError('ERR_MFC_SYSCALL', `Another program deleted or changed ${what}. It was put back.`, {
    hint: 'Find out which program writes to this table, and stop it or give it a table of its own.',
  });
}
