// How every kernel hands the owner socket of a process that was killed to the next one; a part of contract.ts.

import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { familyOf } from '../../src/abi/families';
import type { MfcEntry } from '../../src/abi/family';
import { MfcError } from '../../src/errors';
import { until } from '../lab/until';
import type { Ground } from './ground';

export function describeAdoption(version: IpVersion, groundOf: () => Ground): void {
  const group = version === 4 ? '239.10.20.30' : 'ff3e::10:20:30';
  const other: IpVersion = version === 4 ? 6 : 4;
  let ground: Ground;

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const entry = (): MfcEntry => ({
    version,
    source: ground.source(version),
    group,
    parent: 0,
    outputs: [{ vifi: 1, threshold: 1 }],
  });
  const inherit = (table?: number): Promise<number> => {
    const vifs = [index('camera'), index('eth1'), index('eth2')];
    return ground.inherit({ version, vifs, entries: [entry()], ...(table === undefined ? {} : { table }) });
  };
  const refuses = (by: IpVersion, table: number | undefined, fd: number): void => {
    throws(
      () => ground.kernel.adoptMroute(by, table, fd),
      (error) => {
        ok(error instanceof MfcError);
        equal(error.code, 'ERR_MFC_SYSCALL');
        match(error.message, new RegExp(`^The socket that was kept does not own the IPv${by} table `));
        return true;
      },
    );
  };

  describe(`adoption: IPv${version}`, () => {
    beforeEach(() => {
      ground = groundOf();
    });

    it('finds VIFs and entries as they were, and routes on', async () => {
      const fd = await inherit();
      const before = ground.read(version);
      deepEqual(before.vifs, { 0: index('camera'), 1: index('eth1'), 2: index('eth2') });
      const socket = ground.kernel.adoptMroute(version, undefined, fd);
      equal(socket.fd, fd);
      deepEqual(Object.fromEntries(socket.vifIndices()), before.vifs);
      deepEqual(ground.read(version), before);
      await ground.send(group, 5);
      const count = (): number => socket.vifCounters(1)?.packets_out ?? 0;
      await until(() => count() === 5, 'five packets should leave');
      socket.addMfc({ ...entry(), outputs: [{ vifi: 2, threshold: 1 }] });
      socket.delVif(1);
      socket.addVif(7, index('eth1'));
      deepEqual(Object.fromEntries(socket.vifIndices()), { 0: index('camera'), 2: index('eth2'), 7: index('eth1') });
      equal(ground.read(version).entries[`(${entry().source}, ${group})`]?.outputs[2], 1);
      socket.close();
      equal(socket.fd, -1);
      deepEqual(ground.read(version), { vifs: {}, entries: {} });
    });

    it('takes any table', async () => {
      const socket = ground.kernel.adoptMroute(version, 70_000, await inherit(70_000));
      deepEqual(socket.vifIndices().get(2), index('eth2'));
      ok(socket.mfcCounters(entry().source, group));
      socket.close();
    });

    it('takes the default table by its number', async () => {
      const fd = await inherit();
      ground.kernel.adoptMroute(version, familyOf(version).defaultTable, fd).close();
    });

    it('takes a table in which nothing is', async () => {
      const socket = ground.kernel.adoptMroute(
        version,
        undefined,
        await ground.inherit({ version, vifs: [], entries: [] }),
      );
      deepEqual(socket.vifIndices(), new Map());
      socket.close();
    });

    it('misses the VIFs of interfaces that went meanwhile', async () => {
      await ground.addLink('usb1');
      const ifindex = index('usb1');
      const fd = await ground.inherit({ version, vifs: [index('eth1'), ifindex], entries: [] });
      await ground.delLink('usb1');
      await until(() => ground.kernel.findLinkName(ifindex) === undefined, 'the interface should be gone');
      const socket = ground.kernel.adoptMroute(version, undefined, fd);
      deepEqual(socket.vifIndices(), new Map([[0, index('eth1')]]));
      socket.close();
    });

    it('refuses the socket of another table or family and closes it', async () => {
      refuses(version, 700, await inherit());
      ground.kernel.openMroute(version, undefined).close(); // the table is free
      refuses(version, undefined, await inherit(700));
      ground.kernel.openMroute(version, 700).close();
      refuses(other, undefined, await inherit());
      ground.kernel.openMroute(version, undefined).close();
      deepEqual(ground.read(version), { vifs: {}, entries: {} });
    });

    it('refuses the socket of another table also where that one has an owner, whose table stays as it is', async () => {
      const fd = await inherit();
      const owner = ground.kernel.openMroute(version, 700);
      owner.addMfc(entry());
      const before = Array.from(ground.kernel.listEntries(version, 700));
      throws(() => ground.kernel.adoptMroute(version, 700, fd), { code: 'ERR_MFC_TABLE_IN_USE' });
      deepEqual(Array.from(ground.kernel.listEntries(version, 700)), before);
      owner.close();
      ground.kernel.openMroute(version, undefined).close();
    });

    it('refuses what is no open file', () => {
      for (const fd of [-1, 12_345]) refuses(version, undefined, fd);
    });

    it('makes this process the owner', async () => {
      const socket = ground.kernel.adoptMroute(version, undefined, await inherit());
      throws(() => ground.kernel.openMroute(version, undefined), { code: 'ERR_MFC_TABLE_IN_USE' });
      socket.close();
      socket.close();
      ground.kernel.openMroute(version, undefined).close();
    });
  });
}
