/**
 * Keeps the kernel as the table says, while interfaces come and go and other programs have their hands in.
 *
 * The kernel tells what happens; nothing is polled. What is told is only noted, and worked off between messages.
 */
import type { IpVersion } from '../abi/address';
import type { MfcEntry } from '../abi/family';
import { MfcError } from '../errors';
import type { Watch, WatchListener } from '../kernel/kernel';
import { formatRoute } from '../routing/route';
import { Drift } from './drift';
import { heal } from './healer';
import type { Installer } from './installer';
import { Pace } from './pace';
import { Retry } from './retry';

export interface TendingListener {
  /** There is something to do: call `tend` when nothing else is under way. */
  noted(): void;
  /** The table of a family may be free. */
  ownerChanged(version: IpVersion): void;
  warn(warning: MfcError): void;
}

export class Tending {
  readonly drift: Drift;
  private watch: Watch | undefined;
  private isHealDue = false;
  /** How many routes the kernel refused when it was last asked. */
  private failures = 0;
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

  stop(): void {
    this.watch?.close();
    this.watch = undefined;
    this.again.stop();
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

  /**
   * Call while no other change is under way. Answers whether routes have other names now, which is to be saved. Throws what the
   * kernel threw; it is tried again then.
   */
  async tend(): Promise<boolean> {
    try {
      await this.drainAll();
      const isRenamed = this.isHealDue && (await this.heal());
      await this.drainAll(); // what healing has changed is told as well
      await this.settle(await this.drift.inspect());
      if (this.isHealDue) this.listener.noted(); // more has happened meanwhile, and messages have their turn first
      return isRenamed;
    } catch (error) {
      this.again.schedule();
      throw error;
    }
  }

  /** Puts entries back, but not faster and faster against a program that does the opposite. */
  private async settle(drifted: readonly MfcEntry[]): Promise<void> {
    if (drifted.length === 0) {
      if (!this.isHealDue && this.failures === 0) this.again.stop();
    } else if (this.drift.pause > 0) {
      this.again.schedule();
    } else {
      await this.drift.repair(drifted);
      this.listener.warn(putBack(drifted));
    }
  }

  private async drainAll(): Promise<void> {
    const pace = new Pace();
    while (this.drain()) await pace.rest();
  }

  /** Whether there may be more. */
  private drain(): boolean {
    this.isDraining = true;
    const isMore = this.watch?.drain() ?? false;
    this.isDraining = false;
    return isMore;
  }

  private async heal(): Promise<boolean> {
    this.isHealDue = false;
    try {
      const { isRenamed, failures } = await heal(this.installer);
      this.failures = failures;
      if (failures > 0) this.again.schedule();
      return isRenamed;
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
    link: () => this.note(),
    entry: (entry, gone) => {
      this.drift.note(entry, gone);
      if (!this.isDraining) this.listener.noted();
    },
    ownerChanged: (version) => this.listener.ownerChanged(version),
    overflow: () => this.lookAtAll(),
  };
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
