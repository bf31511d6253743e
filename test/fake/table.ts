// One multicast routing table of the fake kernel: net/ipv4/ipmr.c, where it differs from what one would expect.

import { type IpVersion, parseIpv4 } from '../../src/abi/address';
import { ANY_SOURCE, MAXVIFS, type MfcCounters, type MfcEntry, type VifCounters } from '../../src/abi/family';
import { fault } from '../../src/kernel/faults';
import type { KernelEntry } from '../../src/kernel/kernel';
import { formatRoute } from '../../src/routing/route';
import type { Report } from './upcalls';

const PACKET_BYTES = 100;
/** What the kernel keeps of a stream that waits for a route. */
const WAITING_PACKETS = 4;
const WAITING_MS = 10_000;
/** Between two upcalls about packets of an entry on wrong interfaces: MFC_ASSERT_THRESH. */
const ASSERT_MS = 3_000;

interface FakeVif extends VifCounters {
  ifindex: number;
}

interface FakeEntry extends MfcCounters {
  source: string;
  group: string;
  parent: number;
  foreign: boolean;
  /** Threshold by VIF number. */
  outputs: Map<number, number>;
  lastAssert: number;
  lastUse: number;
}

/** A stream without an entry. */
interface FakeWaiting {
  ifindex: number;
  packets: number;
  since: number;
}

export interface TableSnapshot {
  /** Interface index by VIF number. */
  vifs: Record<number, number>;
  /** By `(source, group)`. Outputs whose VIF is gone are still there: they come to life with the next VIF of that number. */
  entries: Record<string, { parent: number; outputs: Record<number, number> }>;
}

/** A snapshot without the outputs that have no VIF, as /proc shows it. */
export function visible({ vifs, entries }: TableSnapshot): TableSnapshot {
  const shown = Object.entries(entries).map(([key, { parent, outputs }]) => [
    key,
    { parent, outputs: Object.fromEntries(Object.entries(outputs).filter(([vifi]) => vifi in vifs)) },
  ]);
  return { vifs, entries: Object.fromEntries(shown) };
}

export class FakeTable {
  private readonly vifs = new Map<number, FakeVif>();
  private readonly entries = new Map<string, FakeEntry>();
  private readonly waiting = new Map<string, FakeWaiting>();

  /** `onChange` hears what netlink tells, `onUpcall` what the owner is told; it answers whether there was room and interest. */
  constructor(
    readonly version: IpVersion,
    private readonly onChange: (entry: KernelEntry, gone: boolean) => void,
    private readonly onUpcall: (upcall: Report) => boolean,
  ) {}

  get isEmpty(): boolean {
    return this.vifs.size === 0 && this.entries.size === 0;
  }

  addVif(vifi: number, ifindex: number, exists: boolean): void {
    if (vifi >= MAXVIFS) throw fault('MRT_ADD_VIF', 'ENFILE');
    if (this.vifs.has(vifi)) throw fault('MRT_ADD_VIF', 'EADDRINUSE');
    if (!exists) throw fault('MRT_ADD_VIF', 'EADDRNOTAVAIL');
    this.vifs.set(vifi, { ifindex, packets_in: 0, bytes_in: 0, packets_out: 0, bytes_out: 0 });
  }

  delVif(vifi: number): void {
    this.vifs.delete(vifi);
  }

  /** The interface was deleted. */
  forget(ifindex: number): void {
    for (const [vifi, vif] of this.vifs) if (vif.ifindex === ifindex) this.vifs.delete(vifi);
  }

  /** An output without a VIF is left out for good: ipmr_update_thresholds. Once foreign, an entry stays so until it is deleted. */
  addMfc({ source, group, parent, outputs }: MfcEntry, byOwner: boolean): void {
    if (parent >= MAXVIFS) throw fault('MRT_ADD_MFC', 'ENFILE');
    if (!this.isGroup(group)) throw fault('MRT_ADD_MFC', 'EINVAL');
    const key = formatRoute({ source, group });
    const before = this.entries.get(key) ?? {
      packets: 0,
      bytes: 0,
      wrong_if: 0,
      foreign: false,
      lastAssert: -Infinity,
    };
    const kept = outputs.filter(({ vifi }) => this.vifs.has(vifi)).sort((a, b) => a.vifi - b.vifi);
    const entry: FakeEntry = {
      ...before,
      source,
      group,
      parent,
      lastUse: performance.now(), // ipmr_update_thresholds
      foreign: before.foreign || !byOwner,
      outputs: new Map(kept.map((o) => [o.vifi, this.version === 4 ? o.threshold : 1])),
    };
    this.entries.set(key, entry);
    this.onChange(this.listed(entry), false);
    const waiting = this.waiting.get(key);
    this.waiting.delete(key);
    if (waiting !== undefined) this.receive(waiting.ifindex, source, group, waiting.packets);
  }

  delMfc({ source, group }: Pick<MfcEntry, 'source' | 'group'>): void {
    const key = formatRoute({ source, group });
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.onChange(this.listed(entry), true);
  }

  /** The owner is gone, with all that it made. What others made stays, but for the VIFs. */
  disown(): void {
    this.vifs.clear();
    this.waiting.clear();
    for (const entry of Array.from(this.entries.values())) if (!entry.foreign) this.delMfc(entry);
  }

  vifIndices(): Map<number, number> {
    return new Map(
      Array.from(this.vifs, ([vifi, { ifindex }]): [number, number] => [vifi, ifindex]).sort(([a], [b]) => a - b),
    );
  }

  list(): KernelEntry[] {
    return Array.from(this.entries.values(), (entry) => this.listed(entry));
  }

  private listed({ source, group, parent, outputs, foreign }: FakeEntry): KernelEntry {
    const index = (vifi: number): number => this.vifs.get(vifi)?.ifindex ?? 0;
    const shown = Array.from(outputs, ([vifi, threshold]) => ({ ifindex: index(vifi), threshold }));
    return {
      version: this.version,
      source,
      group,
      iif: index(parent),
      outputs: shown.filter(({ ifindex }) => ifindex !== 0),
      foreign,
    };
  }

  mfcCounters(source: string, group: string): MfcCounters | undefined {
    const entry = this.entries.get(formatRoute({ source, group }));
    return entry && { packets: entry.packets, bytes: entry.bytes, wrong_if: entry.wrong_if };
  }

  idleTime(source: string, group: string): number | undefined {
    const entry = this.entries.get(formatRoute({ source, group }));
    return entry && performance.now() - entry.lastUse;
  }

  vifCounters(vifi: number): VifCounters | undefined {
    const vif = this.vifs.get(vifi);
    if (vif === undefined) return undefined;
    const { ifindex: _, ...counters } = vif;
    return counters;
  }

  /** VIF number of an interface. */
  vifiOf(ifindex: number): number | undefined {
    return Array.from(this.vifs).find(([, vif]) => vif.ifindex === ifindex)?.[0];
  }

  receive(ifindex: number, source: string, group: string, count: number): void {
    const vifi = this.vifiOf(ifindex);
    if (vifi === undefined) return;
    const own = this.entries.get(formatRoute({ source, group }));
    const any = this.entries.get(formatRoute({ source: ANY_SOURCE, group }));
    if (own !== undefined) this.forward(own, vifi, own.parent, source, count);
    else if (any?.outputs.has(vifi)) this.forward(any, vifi, vifi, source, count);
    else this.keep({ kind: 'nocache', vifi, source, group }, ifindex, count);
  }

  private forward(entry: FakeEntry, vifi: number, parent: number, source: string, count: number): void {
    entry.packets += count;
    entry.bytes += count * PACKET_BYTES;
    entry.lastUse = performance.now();
    if (vifi !== parent) {
      entry.wrong_if += count;
      if (performance.now() - entry.lastAssert < ASSERT_MS) return;
      entry.lastAssert = performance.now();
      this.onUpcall({ kind: 'wrongvif', vifi, source, group: entry.group });
      return;
    }
    for (const [number, vif] of this.vifs) {
      if (number === vifi) {
        vif.packets_in += count;
        vif.bytes_in += count * PACKET_BYTES;
      } else if (entry.outputs.has(number)) {
        vif.packets_out += count;
        vif.bytes_out += count * PACKET_BYTES;
      }
    }
  }

  /** One upcall for each stream that waits. None waits that nobody is told of. */
  private keep(upcall: Report, ifindex: number, count: number): void {
    const key = formatRoute(upcall);
    const before = this.waiting.get(key);
    const now = performance.now();
    if (before !== undefined && now - before.since < WAITING_MS) {
      before.packets = Math.min(before.packets + count, WAITING_PACKETS);
      return;
    }
    if (!this.onUpcall(upcall)) this.waiting.delete(key);
    else this.waiting.set(key, { ifindex, packets: Math.min(count, WAITING_PACKETS), since: now });
  }

  snapshot(): TableSnapshot {
    return {
      vifs: Object.fromEntries(Array.from(this.vifs, ([vifi, vif]) => [vifi, vif.ifindex])),
      entries: Object.fromEntries(
        Array.from(this.entries, ([key, { parent, outputs }]) => [
          key,
          { parent, outputs: Object.fromEntries(outputs) },
        ]),
      ),
    };
  }

  /** The kernel also takes the zero group, which nobody here sends. */
  private isGroup(group: string): boolean {
    return this.version === 4 ? parseIpv4(group) >>> 28 === 0xe : group.toLowerCase().startsWith('ff');
  }
}
