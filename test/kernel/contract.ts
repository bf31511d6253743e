// What every kernel does, the real one and the fake: src/kernel/kernel.ts with all its errors, for both families.

import type { IpVersion } from '../../src/abi/address';
import { describeAdoption } from './contract-adoption';
import { describeEntries } from './contract-entries';
import { describeFamily } from './contract-family';
import { describeLinks } from './contract-links';
import { describeMemberships } from './contract-memberships';
import { describeReports } from './contract-reports';
import { describeUpcalls } from './contract-upcalls';
import { describeWatch } from './contract-watch';
import { describeLinkWatch } from './contract-watch-links';
import type { Ground } from './ground';

export function describeKernel(name: string, open: () => Promise<Ground>, versions: readonly IpVersion[]): void {
  describe(`kernel: ${name}`, () => {
    let ground: Ground;
    before(async () => {
      ground = await open();
      await ground.addLink('eth1');
      await ground.addLink('eth2');
    });
    after(() => ground.close());

    describeLinks(() => ground, versions);
    describeLinkWatch(() => ground);
    for (const version of versions) {
      describeFamily(version, () => ground);
      describeEntries(version, () => ground);
      describeUpcalls(version, () => ground);
      describeWatch(version, () => ground);
      describeAdoption(version, () => ground);
      describeMemberships(version, () => ground);
      describeReports(version, () => ground);
    }
  });
}
