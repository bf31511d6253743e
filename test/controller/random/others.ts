// Other programs that write to the tables of the fake kernel at random: their own entries, and ours.

import { deepEqual } from 'node:assert/strict';
import type { IpVersion } from '../../../src/abi/address';
import type { MfcEntry } from '../../../src/abi/family';
import type { FakeKernel } from '../../fake/kernel';
import type { Random } from '../../lab/random';

type Stream = { source: string; group: string };

const STREAMS: (Stream & { version: IpVersion })[] = [
  { version: 4, source: '10.9.9.1', group: '239.9.9.1' },
  { version: 4, source: '*', group: '239.9.9.2' },
  { version: 6, source: 'fd00::9', group: 'ff3e::9' },
];

const keyOf = ({ source, group }: Stream): string => `(${source}, ${group})`;

export class Others {
  /** Their own entries, as they wrote them. */
  private readonly entries = new Map<string, MfcEntry>();

  constructor(
    private readonly kernel: FakeKernel,
    private readonly random: Random,
  ) {}

  /** Write an entry of their own, or delete it. */
  write(): void {
    const { version, source, group } = this.stream();
    if (this.kernel.ownerFd(version) === undefined) return; // it would be nobody's business
    const program = this.kernel.otherProgram(version);
    const key = keyOf({ source, group });
    const before = this.entries.get(key);
    const entry = before ?? this.entry(version, source, group);
    if (before === undefined) {
      this.entries.set(key, entry);
      program.addMfc(entry);
    } else {
      this.entries.delete(key);
      program.delMfc(entry);
    }
  }

  /** A stream that they may have an entry for. */
  stream(): Stream & { version: IpVersion } {
    return this.random.pick(STREAMS);
  }

  /** Their entry is ours now. */
  lose(stream: Stream): void {
    this.entries.delete(keyOf(stream));
  }

  /** Delete or change some of the entries that are ours. */
  meddle(ours: Iterable<Stream>): void {
    for (const { source, group } of ours) {
      if (!this.random.chance(50)) continue;
      const entry = this.entry(group.includes(':') ? 6 : 4, source, group);
      const program = this.kernel.otherProgram(entry.version);
      if (this.random.chance(50)) program.delMfc(entry);
      else if (this.kernel.table(entry.version)?.entries[keyOf(entry)] !== undefined) program.addMfc(entry);
    }
  }

  /** Any entry that the VIFs allow. */
  entry(version: IpVersion, source: string, group: string): MfcEntry {
    const numbers = Object.keys(this.kernel.table(version)?.vifs ?? {}).map(Number);
    const [parent = 0, ...outputs] = numbers.length > 0 ? this.random.some(numbers) : [];
    return { version, source, group, parent, outputs: outputs.map((vifi) => ({ vifi, threshold: 1 })) };
  }

  /** Theirs are all shown, and in the kernel as they were written. */
  check(shown: readonly Stream[]): void {
    deepEqual(shown.map(keyOf).sort(), Array.from(this.entries.keys()).sort());
    for (const [key, { version, parent, outputs }] of this.entries) {
      const numbers = outputs.map(({ vifi, threshold }) => [vifi, threshold]);
      deepEqual(this.kernel.table(version)?.entries[key], { parent, outputs: Object.fromEntries(numbers) });
    }
  }

  /** Nothing of theirs stays. */
  end(): void {
    for (const entry of this.entries.values()) this.kernel.otherProgram(entry.version).delMfc(entry);
  }
}
