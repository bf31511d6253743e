// Packets and hosts behind the interfaces of the fake kernel, at random.

import type { IpVersion } from '../../../src/abi/address';
import type { FakeKernel } from '../../fake/kernel';
import type { Random } from '../../lab/random';
import { joins, leaves } from '../../streams/said';

const STREAMS = ['239.1.1.1', '239.1.1.2', '239.1.2.2', '239.1.3.3', 'ff3e::1', 'ff3e::2', 'ff3e:1::1'];
export const SENDERS = { 4: ['10.0.0.1', '10.0.1.1'], 6: ['fd00::1', 'fd00:1::1'] };

export const versionOf = (group: string): IpVersion => (group.includes(':') ? 6 : 4);

/** All streams that may come in by these interfaces. */
export function streamsOn(links: readonly string[]): { source: string; group: string; iif: string }[] {
  return STREAMS.flatMap((group) =>
    SENDERS[versionOf(group)].flatMap((source) => links.map((iif) => ({ source, group, iif }))),
  );
}

export class Traffic {
  /** @param links the interfaces that are there */
  constructor(
    private readonly kernel: FakeKernel,
    private readonly random: Random,
    private readonly links: () => readonly string[],
  ) {}

  /** A packet comes in. As the kernel does, it is told of if there is no entry for it. */
  receive(): void {
    const { kernel, random } = this;
    const group = random.pick(STREAMS);
    const version = versionOf(group);
    const source = random.pick(SENDERS[version]);
    const iif = random.pick(this.links());
    const { vifs = {}, entries = {} } = kernel.table(version) ?? {};
    if (!Object.values(vifs).includes(kernel.findLink(iif)?.ifindex ?? -1)) return;
    if (entries[`(${source}, ${group})`] === undefined && entries[`(*, ${group})`] === undefined) {
      kernel.upcall(version, { iif, kind: 'nocache', source, group });
    }
  }

  /** A host joins a group, or leaves it. */
  report(): void {
    const { random } = this;
    const group = random.pick(STREAMS);
    const host = versionOf(group) === 4 ? '10.9.0.1' : 'fe80::9';
    this.kernel.report(random.pick(this.links()), host, random.chance(60) ? joins(group) : leaves(group));
  }
}
