// What a process of the fake kernel has joined.

import type { IpVersion } from '../../src/abi/address';
import { fault } from '../../src/kernel/faults';
import type { Memberships } from '../../src/kernel/kernel';
import type { FakeKernel } from './kernel';

interface Joined {
  readonly version: IpVersion;
  readonly ifindex: number;
  readonly text: string;
  users: number;
  /** The interface was deleted. */
  lost: boolean;
}

export class FakeMemberships implements Memberships {
  opened = 0;
  private readonly joined = new Map<string, Joined>();

  constructor(
    private readonly kernel: FakeKernel,
    private readonly onClose: (memberships: FakeMemberships) => void,
  ) {}

  /** `eth1 (*, 239.1.1.1)` */
  list(): string[] {
    const there = Array.from(this.joined.values()).filter(({ lost }) => !lost);
    return there.map(({ ifindex, text }) => `${this.kernel.findLinkName(ifindex)} ${text}`);
  }

  join(version: IpVersion, ifindex: number, group: string, source = '*'): void {
    const text = `(${source}, ${group})`;
    const joined = this.joined.get(`${ifindex} ${text}`);
    if (joined !== undefined) {
      joined.users++;
      return;
    }
    const syscall = source === '*' ? 'MCAST_JOIN_GROUP' : 'MCAST_JOIN_SOURCE_GROUP';
    this.kernel.attempt(syscall, `${ifindex} ${text}`);
    if (this.kernel.findLinkName(ifindex) === undefined) throw fault(syscall, 'ENODEV');
    this.joined.set(`${ifindex} ${text}`, { version, ifindex, text, users: 1, lost: false });
    this.opened = 1;
  }

  leave(_version: IpVersion, ifindex: number, group: string, source = '*'): void {
    const key = `${ifindex} (${source}, ${group})`;
    const joined = this.joined.get(key);
    if (joined !== undefined && --joined.users === 0) this.joined.delete(key);
  }

  lost(version: IpVersion): Set<number> {
    const lost = Array.from(this.joined.values()).filter((one) => one.version === version && one.lost);
    return new Set(lost.map(({ ifindex }) => ifindex));
  }

  fds(): number[] {
    return [];
  }

  forget(ifindex: number): void {
    for (const one of this.joined.values()) if (one.ifindex === ifindex) one.lost = true;
  }

  async close(): Promise<void> {
    this.joined.clear();
    this.onClose(this);
  }
}
