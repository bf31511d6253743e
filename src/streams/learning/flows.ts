/**
 * When packets of an entry last came in where it says.
 *
 * The kernel tells when an entry was last used. But it counts as use that the entry was written, or that a packet came in elsewhere. So
 * when that happens it is noted what there was until then.
 */
import type { IpVersion } from '../../abi/address';
import { rightPackets } from '../../abi/family';
import type { MrouteSocket } from '../../kernel/kernel';
import { Pace } from '../../pace';
import { routeKey, sameEntry } from '../../routing/route';
import type { Change, Changes, Entry, RouteTable } from '../../routing/table';

/** An entry, by what tells it from others. */
export interface EntryName {
  readonly version: IpVersion;
  readonly source: string;
  readonly group: string;
}

interface Noted {
  /** Those that have come in where the entry says. */
  readonly packets: number;
  /** When the last of them came or somewhat later, by performance.now(); undefined if none has come, or nobody knows. */
  readonly lastAt: number | undefined;
}

export class Flows {
  private readonly noted = new Map<string, Noted>();

  constructor(
    private readonly table: RouteTable,
    private readonly socketOf: (version: IpVersion) => MrouteSocket | undefined,
  ) {
    table.follow((change) => this.follow(change));
  }

  /** Milliseconds since the last packet; undefined if none has come, or nobody knows. */
  idleTime(name: EntryName): number | undefined {
    const lastAt = this.look(name)?.lastAt;
    return lastAt === undefined ? undefined : performance.now() - lastAt;
  }

  /** A packet came in elsewhere, or the entry is about to be written. Answers whether none came where it says since that was noted last. */
  note(name: EntryName): boolean {
    const key = routeKey(name.source, name.group);
    const before = this.noted.get(key);
    const now = this.look(name);
    if (now !== undefined) this.noted.set(key, now);
    return before === undefined || before.packets === now?.packets;
  }

  /** Call before changes are made. Where no route learns, nobody asks. */
  async noteRewrites(changes: Changes): Promise<void> {
    if (this.table.learning.size === 0) return;
    const pace = new Pace();
    for (const [key, now] of changes) {
      const before = writtenOf(this.table.get(key));
      const after = now?.learnt === undefined ? writtenOf(now) : undefined;
      if (before !== undefined && after !== undefined && !sameEntry(before, after)) this.note(before);
      if (pace.isDue()) await pace.rest();
    }
  }

  /** Undefined if the kernel has no such entry. */
  private look({ version, source, group }: EntryName): Noted | undefined {
    const socket = this.socketOf(version);
    const counters = socket?.mfcCounters(source, group);
    if (counters === undefined) return undefined;
    const packets = rightPackets(counters);
    const noted = this.noted.get(routeKey(source, group));
    if (packets === (noted?.packets ?? 0)) return noted ?? { packets, lastAt: undefined };
    const idle = socket?.idleTime(source, group);
    return { packets, lastAt: idle === undefined ? undefined : performance.now() - idle };
  }

  /** What goes and comes again counts from 0, and what was learnt now is known to flow. */
  private follow({ key, before, now }: Change): void {
    if (now?.installed === undefined || (before?.learnt === undefined && now.learnt !== undefined))
      this.noted.delete(key);
  }
}

/** What the kernel has of it. */
function writtenOf(entry: Entry | undefined): Entry['installed'] {
  return entry?.installed?.learning === undefined ? entry?.installed : undefined;
}
