// What every kernel tells of hosts that join and leave; a part of contract.ts.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { CHANGE_TO_EXCLUDE, CHANGE_TO_INCLUDE } from '../../src/abi/membership';
import type { HeardMembership, Reports } from '../../src/kernel/kernel';
import { until } from '../lab/until';
import { type Ground, refuses } from './ground';

/** The types of the records about a group. */
function saysOf({ message }: HeardMembership, group: string): number[] {
  return message.kind === 'query' ? [] : message.records.filter((one) => one.group === group).map(({ type }) => type);
}

export function describeReports(version: IpVersion, groundOf: () => Ground): void {
  const group = version === 4 ? '239.10.20.30' : 'ff3e::10:20:30';
  let ground: Ground;
  let reports: Reports;
  const heard: HeardMembership[] = [];

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const hears = (type: number): Promise<true> =>
    until(
      () => heard.some((one) => saysOf(one, group).includes(type)),
      () => `a record of type ${type} should be heard: ${heard.map((one) => saysOf(one, group))}`,
    );
  /** Resolves when another listener has heard what is done. */
  const witnessed = async (act: () => Promise<void>): Promise<void> => {
    let isHeard = false;
    const witness = ground.kernel.openReports((one) => {
      isHeard ||= saysOf(one, group).includes(CHANGE_TO_EXCLUDE);
    });
    witness.hear(version, index('camera'));
    await act();
    await until(() => isHeard, 'another should hear it');
    witness.close();
  };

  describe(`reports: IPv${version}`, () => {
    beforeEach(() => {
      ground = groundOf();
      heard.length = 0;
      reports = ground.kernel.openReports((one) => void heard.push(one));
    });
    afterEach(() => reports.close());

    it('are told of a host that joins and leaves', async () => {
      reports.hear(version, index('camera'));
      await ground.join(group);
      await hears(CHANGE_TO_EXCLUDE);
      await ground.leave(group);
      await hears(CHANGE_TO_INCLUDE);
      for (const one of heard) deepEqual([one.version, one.ifindex], [version, index('camera')]);
    });

    it('are told of an interface as long as it is heard', async () => {
      reports.hear(version, index('eth1'));
      await witnessed(() => ground.join(group));
      equal(heard.length, 0);
      reports.hear(version, index('camera'));
      await ground.leave(group);
      await hears(CHANGE_TO_INCLUDE);
      reports.unhear(version, index('camera'));
      reports.unhear(version, index('camera'));
      heard.length = 0;
      await witnessed(() => ground.join(group));
      await ground.leave(group);
      equal(heard.length, 0);
    });

    it('refuse an interface that is not there', () => {
      refuses(() => reports.hear(version, 999_999), 'ERR_MFC_NO_INTERFACE', 'ENODEV', 'MCAST_JOIN_GROUP');
    });

    it('are not told after close, which may be called twice', async () => {
      reports.hear(version, index('camera'));
      reports.close();
      reports.close();
      await witnessed(() => ground.join(group));
      await ground.leave(group);
      equal(heard.length, 0);
    });
  });
}
