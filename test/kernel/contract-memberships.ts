// What every kernel does with joins of a family; a part of contract.ts.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { Memberships } from '../../src/kernel/kernel';
import { type Ground, refuses } from './ground';

export function describeMemberships(version: IpVersion, groundOf: () => Ground): void {
  const [group, other] = version === 4 ? ['239.10.20.30', '239.10.20.31'] : ['ff3e::10:20:30', 'ff3e::10:20:31'];
  const [source, neighbour] = version === 4 ? ['10.9.9.9', '10.9.9.10'] : ['fd00:9::9', 'fd00:9::a'];
  let ground: Ground;
  let memberships: Memberships;

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const joined = (): string[] => ground.joined(version).sort();

  describe(`IPv${version} memberships`, () => {
    beforeEach(() => {
      ground = groundOf();
      memberships = ground.kernel.openMemberships();
    });
    afterEach(() => memberships.close());

    it('are of any source or of one, on the interface that is named', () => {
      memberships.join(version, index('eth1'), group, undefined);
      memberships.join(version, index('eth2'), other, source);
      memberships.join(version, index('eth2'), other, neighbour);
      deepEqual(joined(), [`eth1 (*, ${group})`, `eth2 (${neighbour}, ${other})`, `eth2 (${source}, ${other})`].sort());
    });

    it('end when they are left, others stay', () => {
      for (const from of [source, neighbour]) memberships.join(version, index('eth1'), group, from);
      memberships.join(version, index('eth1'), other, undefined);
      memberships.join(version, index('eth2'), other, undefined);
      memberships.leave(version, index('eth1'), group, source);
      memberships.leave(version, index('eth1'), other, undefined);
      deepEqual(joined(), [`eth1 (${neighbour}, ${group})`, `eth2 (*, ${other})`]);
    });

    it('that were joined twice are to be left twice', () => {
      for (const from of [source, undefined]) {
        const expected = [`eth1 (${from ?? '*'}, ${group})`];
        memberships.join(version, index('eth1'), group, from);
        memberships.join(version, index('eth1'), group, from);
        memberships.leave(version, index('eth1'), group, from);
        deepEqual(joined(), expected);
        memberships.leave(version, index('eth1'), group, from);
        deepEqual(joined(), []);
      }
    });

    it('may be left though they were never joined', () => {
      memberships.join(version, index('eth1'), group, source);
      for (const from of [neighbour, undefined]) memberships.leave(version, index('eth1'), group, from);
      memberships.leave(version, 54_321, group, undefined);
      deepEqual(joined(), [`eth1 (${source}, ${group})`]);
    });

    it('of several owners do not touch each other', async () => {
      const others = ground.kernel.openMemberships();
      for (const one of [memberships, others]) one.join(version, index('eth1'), group, undefined);
      memberships.leave(version, index('eth1'), group, undefined);
      deepEqual(joined(), [`eth1 (*, ${group})`]);
      await others.close();
      deepEqual(joined(), []);
    });

    it('are refused on an interface that is not there', () => {
      for (const [from, syscall] of [
        [undefined, 'MCAST_JOIN_GROUP'],
        [source, 'MCAST_JOIN_SOURCE_GROUP'],
      ] as const) {
        refuses(() => memberships.join(version, 54_321, group, from), 'ERR_MFC_NO_INTERFACE', 'ENODEV', syscall);
      }
      deepEqual(memberships.fds(), []);
    });

    it('outlast all that happens to an interface but its end', async () => {
      await ground.addLink('usb1');
      memberships.join(version, index('usb1'), group, undefined);
      await ground.setLink('usb1', 'down');
      await ground.renameLink('usb1', 'modem');
      memberships.join(version, index('modem'), other, source);
      await ground.setLink('modem', 'up');
      deepEqual(joined(), [`modem (${source}, ${other})`, `modem (*, ${group})`].sort());
      deepEqual(memberships.lost(version), new Set());
      await ground.delLink('modem');
    });

    it('are lost with a deleted interface, and can be joined on the next', async () => {
      await ground.addLink('usb1');
      const before = index('usb1');
      memberships.join(version, index('eth1'), group, undefined);
      memberships.join(version, before, group, undefined);
      memberships.join(version, before, other, source);
      await ground.delLink('usb1');
      deepEqual(memberships.lost(version), new Set([before]));
      await ground.addLink('usb1');
      deepEqual(joined(), [`eth1 (*, ${group})`]);
      memberships.leave(version, before, group, undefined);
      memberships.leave(version, before, other, source);
      deepEqual(memberships.lost(version), new Set());
      memberships.join(version, index('usb1'), other, source);
      deepEqual(joined(), [`eth1 (*, ${group})`, `usb1 (${source}, ${other})`]);
      await ground.delLink('usb1');
    });

    it('are lost with an interface that comes back with its index, and can be joined anew once they are left', async () => {
      await ground.addLink('usb1');
      const ifindex = index('usb1');
      const all = [undefined, source, neighbour].map((from) => [from === undefined ? group : other, from] as const);
      for (const [to, from] of all) memberships.join(version, ifindex, to, from);
      const before = joined();
      await ground.moveLink('usb1');
      equal(index('usb1'), ifindex);
      deepEqual([joined(), memberships.lost(version)], [[], new Set([ifindex])]);
      for (const [to, from] of all) memberships.leave(version, ifindex, to, from);
      for (const [to, from] of all) memberships.join(version, ifindex, to, from);
      deepEqual([joined(), memberships.lost(version)], [before, new Set()]);
      await ground.delLink('usb1');
    });

    it('end with close, which may be called twice', async () => {
      memberships.join(version, index('eth1'), group, source);
      await memberships.close();
      await memberships.close();
      deepEqual([joined(), memberships.fds()], [[], []]);
    });
  });
}
