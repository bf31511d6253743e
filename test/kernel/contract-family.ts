// What every kernel does with the table of a family; a part of contract.ts.
//
// Each test has the owner socket of the default table, a sender behind the interface `camera`, and the interfaces eth1 and eth2.

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import { ipv4 } from '../../src/abi/ipv4';
import { ipv6 } from '../../src/abi/ipv6';
import type { MrouteSocket } from '../../src/kernel/kernel';
import type { TableSnapshot } from '../fake/table';
import { until } from '../lab/until';
import { type Ground, refuses } from './ground';

/** The kernel's clock ticks each 10 ms at the least, and netlink tells of whole hundredths of a second. */
const CLOCK_MS = 20;

export function describeFamily(version: IpVersion, groundOf: () => Ground): void {
  const group = version === 4 ? '239.10.20.30' : 'ff3e::10:20:30';
  const unicast = version === 4 ? '10.9.9.9' : 'fd00:9::9';
  let ground: Ground;
  let socket: MrouteSocket;
  let source: string;

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const entry = (parent: number, ...vifis: number[]): MfcEntry => {
    return { version, source, group, parent, outputs: vifis.map((vifi) => ({ vifi, threshold: 1 })) };
  };
  const read = (): TableSnapshot => ground.read(version);
  const outputs = (...vifis: number[]): Record<number, number> => Object.fromEntries(vifis.map((vifi) => [vifi, 1]));
  /** VIF 0 is the sender's, 1 and 2 are eth1 and eth2. */
  const addVifs = (): void => {
    for (const [vifi, link] of ['camera', 'eth1', 'eth2'].entries()) socket.addVif(vifi, index(link));
  };

  describe(`IPv${version} table`, () => {
    beforeEach(() => {
      ground = groundOf();
      source = ground.source(version);
      socket = ground.kernel.openMroute(version, undefined);
    });
    afterEach(() => socket.close());

    it('adds and deletes VIFs', () => {
      addVifs();
      socket.addVif(31, index('eth1')); // one interface may have two
      deepEqual(read().vifs, { 0: index('camera'), 1: index('eth1'), 2: index('eth2'), 31: index('eth1') });
      socket.delVif(1);
      deepEqual(read().vifs, { 0: index('camera'), 2: index('eth2'), 31: index('eth1') });
    });

    it('refuses a VIF number that is taken, before it looks for the interface', () => {
      socket.addVif(0, index('eth1'));
      for (const ifindex of [index('eth2'), 54_321]) {
        refuses(() => socket.addVif(0, ifindex), 'ERR_MFC_SYSCALL', 'EADDRINUSE', 'MRT_ADD_VIF');
      }
      deepEqual(read().vifs, { 0: index('eth1') });
    });

    it('refuses a VIF of an interface that is not there', () => {
      refuses(() => socket.addVif(0, 54_321), 'ERR_MFC_NO_INTERFACE', 'EADDRNOTAVAIL', 'MRT_ADD_VIF');
      deepEqual(read().vifs, {});
    });

    it('has 32 VIFs', () => {
      for (let vifi = 0; vifi < 32; vifi++) socket.addVif(vifi, index('eth1'));
      refuses(() => socket.addVif(32, index('eth1')), 'ERR_MFC_SYSCALL', 'ENFILE', 'MRT_ADD_VIF');
      equal(Object.keys(read().vifs).length, 32);
    });

    it('deletes what is gone already without an error', () => {
      addVifs();
      socket.delVif(7);
      socket.delVif(2);
      socket.delVif(2);
      socket.delMfc(entry(0, 1));
      socket.addMfc(entry(0, 1));
      socket.delMfc(entry(0, 1));
      socket.delMfc(entry(0, 1));
      deepEqual(read().entries, {});
    });

    it('adds entries and deletes them by source and group alone', () => {
      addVifs();
      socket.addMfc(entry(0, 1, 2));
      deepEqual(read().entries, { [`(${source}, ${group})`]: { parent: 0, outputs: outputs(1, 2) } });
      socket.delMfc(entry(2));
      deepEqual(read().entries, {});
    });

    it('adds and deletes entries for any source, and knows them from those of a source', () => {
      addVifs();
      const any = { ...entry(0, 0, 1), source: '*' };
      socket.addMfc(any);
      socket.addMfc(entry(0, 2));
      deepEqual(read().entries, {
        [`(*, ${group})`]: { parent: 0, outputs: outputs(0, 1) },
        [`(${source}, ${group})`]: { parent: 0, outputs: outputs(2) },
      });
      socket.delMfc(any);
      equal(socket.mfcCounters('*', group), undefined);
      deepEqual(Object.keys(read().entries), [`(${source}, ${group})`]);
    });

    it('replaces an entry in place, with its counters', async () => {
      addVifs();
      socket.addMfc(entry(0, 1));
      await ground.send(group, 5);
      const before = await until(() => atLeast(5), 'five packets should be counted');
      socket.addMfc(entry(2, 1, 0));
      deepEqual(read().entries, { [`(${source}, ${group})`]: { parent: 2, outputs: outputs(0, 1) } });
      deepEqual(socket.mfcCounters(source, group), before);
    });

    it('refuses a group that is not multicast and an incoming VIF that cannot be', () => {
      addVifs();
      const add = (wrong: Partial<MfcEntry>) => () => socket.addMfc({ ...entry(0, 1), ...wrong });
      refuses(add({ group: unicast }), 'ERR_MFC_SYSCALL', 'EINVAL', 'MRT_ADD_MFC');
      refuses(add({ parent: 32 }), 'ERR_MFC_SYSCALL', 'ENFILE', 'MRT_ADD_MFC');
      deepEqual(read().entries, {});
    });

    it('keeps the entries of a VIF that is deleted, for the next one with that number', () => {
      addVifs();
      socket.addMfc(entry(0, 1, 2));
      socket.delVif(1);
      deepEqual(read().entries, { [`(${source}, ${group})`]: { parent: 0, outputs: outputs(2) } });
      socket.addVif(1, index('eth2'));
      deepEqual(read().entries, { [`(${source}, ${group})`]: { parent: 0, outputs: outputs(1, 2) } });
    });

    it('drops outputs without a VIF from an entry for good', () => {
      addVifs();
      socket.delVif(1);
      socket.addMfc(entry(0, 1, 2));
      socket.addVif(1, index('eth1'));
      deepEqual(read().entries, { [`(${source}, ${group})`]: { parent: 0, outputs: outputs(2) } });
    });

    it('loses the VIF of an interface that is deleted, not its entries', async () => {
      await ground.addLink('usb1');
      const ifindex = index('usb1');
      addVifs();
      socket.addVif(3, ifindex);
      socket.addMfc(entry(0, 1, 3));
      socket.addMfc({ ...entry(3, 1), source: '*' });
      await ground.delLink('usb1');
      equal(socket.vifCounters(3), undefined);
      deepEqual(Object.keys(read().vifs), ['0', '1', '2']);
      deepEqual(read().entries, {
        [`(${source}, ${group})`]: { parent: 0, outputs: outputs(1) },
        [`(*, ${group})`]: { parent: 3, outputs: outputs(1) },
      });
      socket.delVif(3);
      refuses(() => socket.addVif(3, ifindex), 'ERR_MFC_NO_INTERFACE', 'EADDRNOTAVAIL', 'MRT_ADD_VIF');
      await ground.addLink('usb1');
      socket.addVif(3, index('usb1'));
      deepEqual(read().entries[`(${source}, ${group})`], { parent: 0, outputs: outputs(1, 3) });
      await ground.delLink('usb1');
    });

    it('keeps the VIF of an interface that goes down or is renamed', async () => {
      await ground.addLink('usb1');
      socket.addVif(0, index('usb1'));
      await ground.setLink('usb1', 'down');
      await ground.renameLink('usb1', 'usb2');
      deepEqual(read().vifs, { 0: index('usb2') });
      ok(socket.vifCounters(0));
      await ground.delLink('usb2');
    });

    it('counts the packets of routes and VIFs', async () => {
      addVifs();
      socket.addMfc(entry(0, 1));
      const none = { packets_in: 0, bytes_in: 0, packets_out: 0, bytes_out: 0 };
      deepEqual(socket.mfcCounters(source, group), { packets: 0, bytes: 0, wrong_if: 0 });
      deepEqual(socket.vifCounters(0), none);
      await ground.send(group, 10);
      const { packets, bytes, wrong_if } = await until(() => atLeast(10), 'ten packets should be counted');
      deepEqual({ packets, wrong_if }, { packets: 10, wrong_if: 0 });
      ok(bytes >= 10 * 20, `${bytes} bytes`);
      deepEqual(socket.vifCounters(0), { ...none, packets_in: 10, bytes_in: bytes });
      deepEqual(socket.vifCounters(1), { ...none, packets_out: 10, bytes_out: bytes });
      deepEqual(socket.vifCounters(2), none);
    });

    it('counts packets that come in on another VIF', async () => {
      addVifs();
      socket.addMfc(entry(2, 1));
      await ground.send(group, 10);
      await until(() => atLeast(10), 'ten packets should be counted');
      equal(socket.mfcCounters(source, group)?.wrong_if, 10);
      equal(socket.vifCounters(1)?.packets_out, 0);
    });

    it('tells how long ago a packet of an entry came in, on whatever interface, or the entry was written', async () => {
      addVifs();
      for (const [use, packets] of [
        [() => socket.addMfc(entry(0, 1)), 0],
        [() => ground.send(group, 1), 1],
        [() => socket.addMfc(entry(2, 1)), 1],
        [() => ground.send(group, 1), 2],
      ] as const) {
        const start = performance.now();
        await use();
        await until(() => atLeast(packets), 'the packet should be counted');
        const end = performance.now();
        await until(() => idle() > 50, 'the time should go on');
        const before = performance.now();
        const time = idle();
        const now = performance.now();
        ok(time >= before - end - CLOCK_MS && time <= now - start + CLOCK_MS, `${time} ms`);
      }
      socket.delMfc(entry(0));
      equal(socket.idleTime(source, group), undefined);
    });

    it('has no counters of what is not there', () => {
      addVifs();
      socket.addMfc(entry(0, 1));
      equal(socket.mfcCounters('*', group), undefined);
      equal(socket.idleTime('*', group), undefined);
      equal(socket.mfcCounters(unicast, group), undefined);
      socket.delVif(1);
      for (const vifi of [1, 3, 31, 32, 40_000]) equal(socket.vifCounters(vifi), undefined, `VIF ${vifi}`);
    });

    it('belongs to one owner', () => {
      const byNumber = version === 4 ? ipv4.defaultTable : ipv6.defaultTable;
      for (const table of [undefined, byNumber]) {
        refuses(() => ground.kernel.openMroute(version, table), 'ERR_MFC_TABLE_IN_USE', 'EADDRINUSE', 'MRT_INIT');
      }
    });

    it('is apart from other tables', () => {
      const other = ground.kernel.openMroute(version, 700);
      try {
        refuses(() => ground.kernel.openMroute(version, 700), 'ERR_MFC_TABLE_IN_USE', 'EADDRINUSE', 'MRT_INIT');
        other.addVif(0, index('eth1'));
        other.addVif(1, index('eth2'));
        other.addMfc(entry(0, 1));
        ok(other.mfcCounters(source, group));
        equal(socket.mfcCounters(source, group), undefined);
        deepEqual(read(), { vifs: {}, entries: {} });
      } finally {
        other.close();
      }
      ground.kernel.openMroute(version, 700).close();
      // The number of the other family's default table is just another one here.
      ground.kernel.openMroute(version, version === 4 ? ipv6.defaultTable : ipv4.defaultTable).close();
    });

    it('is empty and free after close, which may be called twice', () => {
      addVifs();
      socket.addMfc(entry(0, 1));
      socket.close();
      socket.close();
      deepEqual(read(), { vifs: {}, entries: {} });
      const next = ground.kernel.openMroute(version, undefined);
      socket.close(); // nor does it close the next one
      next.addVif(0, index('eth1'));
      deepEqual(read().vifs, { 0: index('eth1') });
      next.close();
    });

    it('takes no calls after close', () => {
      addVifs();
      socket.close();
      const next = ground.kernel.openMroute(version, undefined); // has the number of the closed file now
      try {
        refuses(() => socket.addVif(5, index('eth1')), 'ERR_MFC_SYSCALL', 'EBADF', 'MRT_ADD_VIF');
        refuses(() => socket.delVif(0), 'ERR_MFC_SYSCALL', 'EBADF', 'MRT_DEL_VIF');
        refuses(() => socket.addMfc(entry(0)), 'ERR_MFC_SYSCALL', 'EBADF', 'MRT_ADD_MFC');
        refuses(() => socket.delMfc(entry(0)), 'ERR_MFC_SYSCALL', 'EBADF', 'MRT_DEL_MFC');
        refuses(() => socket.mfcCounters(source, group), 'ERR_MFC_SYSCALL', 'EBADF', 'SIOCGETSGCNT');
        refuses(() => socket.vifCounters(0), 'ERR_MFC_SYSCALL', 'EBADF', 'SIOCGETVIFCNT');
        deepEqual(read(), { vifs: {}, entries: {} });
      } finally {
        next.close();
      }
    });

    const idle = (): number => socket.idleTime(source, group) ?? Number.NaN;

    function atLeast(packets: number): ReturnType<MrouteSocket['mfcCounters']> {
      const counters = socket.mfcCounters(source, group);
      return counters !== undefined && counters.packets >= packets ? counters : undefined;
    }
  });
}
