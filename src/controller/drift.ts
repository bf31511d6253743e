/**
 * Notices what other programs do to the table: entries of ours that they delete or change are put back, entries of theirs are known
 * and never touched.
 *
 * The kernel tells of every change of an entry, our own too, in order. So while no change of ours is under way, the last that was
 * told of an entry is what the kernel has.
 */
import type { MfcEntry } from '../abi/family';
import type { KernelEntry } from '../kernel/kernel';
import { Pace } from '../pace';
import { entryOf } from '../routing/mfc-plan';
import { routeKey } from '../routing/route';
import type { Installer } from './installer';

/** What brings an entry of ours back to what it should be. */
export interface Repair {
  readonly op: 'add' | 'del';
  readonly entry: MfcEntry;
}

/** Two programs that undo each other must not do it at full speed. */
const CALM_MS = 10_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;

/** Whether the kernel's entry is what was written. `indexOf` gives the interface index of a VIF number. */
export function isSameEntry(
  written: MfcEntry,
  seen: KernelEntry,
  indexOf: (vifi: number) => number | undefined,
): boolean {
  return (
    indexOf(written.parent) === seen.iif &&
    written.outputs.length === seen.outputs.length &&
    written.outputs.every(({ vifi, threshold }) => {
      const ifindex = indexOf(vifi);
      return seen.outputs.some((output) => output.ifindex === ifindex && output.threshold === threshold);
    })
  );
}

export class Drift {
  /** The last that was told of an entry since the last look; undefined if it is gone. */
  private readonly seen = new Map<string, KernelEntry | undefined>();
  /** Entries of ours that another program has had its hands on: the kernel would keep them when the table is closed. */
  private readonly marked = new Set<string>();
  private isAllNoted = true;
  private repairs = { last: -Infinity, pause: 0 };

  constructor(private readonly installer: Installer) {}

  get isNoted(): boolean {
    return this.isAllNoted || this.seen.size > 0;
  }

  note(entry: KernelEntry, gone: boolean): void {
    // Where this controller owns no table, every entry is another program's business.
    if (!this.installer.sockets.has(entry.version)) return;
    this.seen.set(routeKey(entry.source, entry.group), gone ? undefined : entry);
  }

  /** Something was missed, or nothing is known yet. */
  noteAll(): void {
    this.isAllNoted = true;
  }

  /** How long it is until entries may be put back again, milliseconds. */
  get pause(): number {
    return Math.max(0, this.repairs.last + this.repairs.pause - performance.now());
  }

  /** What is to be done about entries of ours that are not as they should be. They stay noted until it is done. */
  async inspect(): Promise<Repair[]> {
    if (this.isAllNoted) await this.list();
    const repairs: Repair[] = [];
    const pace = new Pace();
    for (const [key, entry] of this.seen) {
      const repair = this.judge(key, entry);
      if (repair === undefined) this.seen.delete(key);
      else repairs.push(repair);
      if (pace.isDue()) await pace.rest();
    }
    return repairs;
  }

  /** Answers what was done; the kernel may refuse the rest. */
  async repair(repairs: readonly Repair[]): Promise<Repair[]> {
    const now = performance.now();
    const isCalm = now - this.repairs.last > CALM_MS;
    this.repairs = {
      last: now,
      pause: isCalm ? 0 : Math.min(2 * this.repairs.pause || FIRST_PAUSE_MS, LONGEST_PAUSE_MS),
    };
    const done: Repair[] = [];
    const pace = new Pace();
    for (const repair of repairs) {
      if (this.perform(repair)) done.push(repair);
      if (pace.isDue()) await pace.rest();
    }
    return done;
  }

  /** Takes the entries out that the kernel would keep. */
  async unmark(): Promise<void> {
    await this.inspect();
    for (const key of this.marked) {
      const entry = this.expected(key);
      if (entry !== undefined) this.perform({ op: 'del', entry });
    }
  }

  private perform({ op, entry }: Repair): boolean {
    const socket = this.installer.sockets.get(entry.version);
    try {
      if (op === 'add') socket?.addMfc(entry);
      else socket?.delMfc(entry);
    } catch {
      return false;
    }
    this.seen.delete(routeKey(entry.source, entry.group));
    return true;
  }

  /** Undefined if the entry is as it should be, or another program's. */
  private judge(key: string, seen: KernelEntry | undefined): Repair | undefined {
    const expected = this.expected(key);
    if (expected !== undefined && seen?.foreign === true) this.marked.add(key);
    else this.marked.delete(key);
    if (expected === undefined && seen?.foreign === true) this.installer.foreign.set(key, seen);
    else this.installer.foreign.delete(key);
    if (expected === undefined) return seen === undefined || seen.foreign ? undefined : leftover(seen);
    // A list may miss entries while others are deleted.
    if (seen === undefined && this.isThere(expected)) return undefined;
    const vifs = this.installer.table.vifs[expected.version];
    return seen !== undefined && isSameEntry(expected, seen, (vifi) => vifs.byNumber(vifi)?.ifindex)
      ? undefined
      : { op: 'add', entry: expected };
  }

  private isThere({ version, source, group }: MfcEntry): boolean {
    return this.installer.sockets.get(version)?.mfcCounters(source, group) !== undefined;
  }

  private expected(key: string): MfcEntry | undefined {
    const { table, sockets } = this.installer;
    const installed = table.get(key)?.installed;
    if (installed === undefined || installed.learning !== undefined || !sockets.has(installed.version))
      return undefined;
    return entryOf(installed, table.vifs[installed.version]);
  }

  /** All that the kernel has, as if it had just been told. What is told meanwhile is newer than the list. */
  private async list(): Promise<void> {
    this.isAllNoted = false;
    this.seen.clear();
    try {
      const listed = await this.listEntries();
      const pace = new Pace();
      for (const [key, entry] of listed) {
        if (!this.seen.has(key)) this.seen.set(key, entry);
        if (pace.isDue()) await pace.rest();
      }
    } catch (error) {
      this.isAllNoted = true;
      throw error;
    }
  }

  /** By key, all that the kernel has, and undefined for what it had or should have. */
  private async listEntries(): Promise<Map<string, KernelEntry | undefined>> {
    const listed = new Map<string, KernelEntry | undefined>();
    for (const key of this.installer.foreign.keys()) listed.set(key, undefined);
    for (const [key, { installed }] of this.installer.table.keyed())
      if (installed !== undefined && installed.learning === undefined) listed.set(key, undefined);
    const pace = new Pace();
    for (const version of this.installer.sockets.keys()) {
      for (const entries of this.installer.list(version)) {
        for (const entry of entries) listed.set(routeKey(entry.source, entry.group), entry);
        await pace.rest();
      }
    }
    return listed;
  }
}

/** An entry of ours that no route stands for: the kernel refused to delete it when that was to be done. */
function leftover({ version, source, group }: KernelEntry): Repair {
  return { op: 'del', entry: { version, source, group, parent: 0, outputs: [] } };
}
