// One multicast routing table of the fake kernel: net/ipv4/ipmr.c, where it differs from what one would expect.

import { type IpVersion, parseIpv4 } from '../../src/abi/address';
import { ANY_SOURCE, MAXVIFS, type MfcCounters, type MfcEntry, type VifCounters } from '../../src/abi/family';
import { fault } from '../../src/kernel/faults';
import type { KernelEntry } from '../../src/kernel/kernel';
import { formatRoute } from '../../src/routing/route';

const PACKET_BYTES = 100;

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

  /** `onChange` hears what netlink tells. */
  constructor(
    private readonly version: IpVersion,
    private readonly onChange: (entry: KernelEntry, gone: boolean) => void,
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
    const before = this.entries.get(key) ?? { packets: 0, bytes: 0, wrong_if: 0, foreign: false };
    const kept = outputs.filter(({ vifi }) => this.vifs.has(vifi)).sort((a, b) => a.vifi - b.vifi);
    const entry: FakeEntry = {
      ...before,
      source,
      group,
      parent,
      foreign: before.foreign || !byOwner,
      outputs: new Map(kept.map((o) => [o.vifi, this.version === 4 ? o.threshold : 1])),
    };
    this.entries.set(key, entry);
    this.onChange(this.listed(entry), false);
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

  vifCounters(vifi: number): VifCounters | undefined {
    const vif = this.vifs.get(vifi);
    if (vif === undefined) return undefined;
    const { ifindex: _, ...counters } = vif;
    return counters;
  }

  receive(ifindex: number, source: string, group: string, count: number): void {
    const incoming = Array.from(this.vifs).find(([, vif]) => vif.ifindex === ifindex);
    const own = this.entries.get(formatRoute({ source, group }));
    const entry = own ?? this.entries.get(formatRoute({ source: ANY_SOURCE, group }));
    if (incoming === undefined || entry === undefined) return;
    const [vifi, vif] = incoming;
    if (own === undefined && !entry.outputs.has(vifi)) return;
    entry.packets += count;
    entry.bytes += count * PACKET_BYTES;
    if (own !== undefined && vifi !== entry.parent) {
      entry.wrong_if += count;
      return;
    }
    vif.packets_in += count;
    vif.bytes_in += count * PACKET_BYTES;
    for (const output of entry.outputs.keys()) {
      const out = this.vifs.get(output);
      if (out === undefined || output === vifi) continue;
      out.packets_out += count;
      out.bytes_out += count * PACKET_BYTES;
    }
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
