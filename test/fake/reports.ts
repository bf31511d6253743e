// What hosts report to the fake kernel, told at once to who hears the interface.

import type { IpVersion } from '../../src/abi/address';
import { fault } from '../../src/kernel/faults';
import type { HeardMembership, MembershipListener, Reports } from '../../src/kernel/kernel';

export class FakeReports implements Reports {
  private readonly ears = new Set<string>();

  constructor(
    private readonly isLink: (ifindex: number) => boolean,
    private readonly listener: MembershipListener,
    private readonly onClose: (reports: FakeReports) => void,
  ) {}

  hear(version: IpVersion, ifindex: number): void {
    if (!this.isLink(ifindex)) throw fault('MCAST_JOIN_GROUP', 'ENODEV');
    this.ears.add(`${version} ${ifindex}`);
  }

  unhear(version: IpVersion, ifindex: number): void {
    this.ears.delete(`${version} ${ifindex}`);
  }

  close(): void {
    this.ears.clear();
    this.onClose(this);
  }

  tell(heard: HeardMembership): void {
    if (this.ears.has(`${heard.version} ${heard.ifindex}`)) this.listener(heard);
  }

  /** The interface is gone, or in another namespace. */
  forget(ifindex: number): void {
    this.unhear(4, ifindex);
    this.unhear(6, ifindex);
  }
}
