// How every kernel lists the entries of a table; a part of contract.ts.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import type { KernelEntry, MrouteSocket } from '../../src/kernel/kernel';
import type { Ground } from './ground';

export function describeEntries(version: IpVersion, groundOf: () => Ground): void {
  const source = version === 4 ? '10.0.0.200' : 'fd00::a:0:0:c8';
  const group = version === 4 ? '239.10.20.30' : 'ff3e::10:20:30';
  /** IPv6 has no thresholds. */
  const threshold = version === 4 ? 254 : 1;
  let ground: Ground;
  let socket: MrouteSocket;

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const list = (table?: number): KernelEntry[] => Array.from(ground.kernel.listEntries(version, table)).flat();
  const entry = (parent: number, ...vifis: number[]): MfcEntry => {
    return { version, source, group, parent, outputs: vifis.map((vifi) => ({ vifi, threshold })) };
  };
  const listed = (iif: string, ...outputs: string[]): KernelEntry => ({
    version,
    source,
    group,
    iif: index(iif),
    outputs: outputs.map((name) => ({ ifindex: index(name), threshold })),
    foreign: false,
  });

  describe(`IPv${version} entries`, () => {
    beforeEach(() => {
      ground = groundOf();
      socket = ground.kernel.openMroute(version, undefined);
      for (const [vifi, link] of ['camera', 'eth1', 'eth2'].entries()) socket.addVif(vifi, index(link));
    });
    afterEach(() => socket.close());

    it('are listed with interfaces and thresholds', () => {
      deepEqual(list(), []);
      socket.addMfc(entry(0, 2, 1));
      deepEqual(list(), [listed('camera', 'eth1', 'eth2')]);
      socket.addMfc(entry(2));
      deepEqual(list(), [listed('eth2')]);
      socket.delMfc(entry(2));
      deepEqual(list(), []);
    });

    it('are listed for any source, with the incoming interface among the outputs', () => {
      socket.addMfc({ ...entry(0, 0, 1), source: '*' });
      deepEqual(list(), [{ ...listed('camera', 'camera', 'eth1'), source: '*' }]);
    });

    it('are listed without the interfaces whose VIFs are gone', () => {
      socket.addMfc(entry(0, 1, 2));
      socket.delVif(1);
      deepEqual(list(), [listed('camera', 'eth2')]);
      socket.delVif(0);
      deepEqual(list(), [{ ...listed('camera', 'eth2'), iif: 0 }]);
    });

    it('are listed without the streams that wait for a route', async () => {
      await ground.send(group, 3);
      deepEqual(list(), []);
      socket.addMfc(entry(1, 2));
      deepEqual(list(), [listed('eth1', 'eth2')]);
    });

    it('are listed by table', () => {
      const other = ground.kernel.openMroute(version, 70_000);
      try {
        other.addVif(5, index('eth1'));
        other.addMfc(entry(5));
        socket.addMfc(entry(0, 1));
        deepEqual(list(70_000), [listed('eth1')]);
        deepEqual(list(), [listed('camera', 'eth1')]);
      } finally {
        other.close();
      }
      deepEqual(list(70_000), []);
    });

    it('are none in a table that is not there', () => {
      deepEqual(list(71_234), []);
    });

    it('are listed in pieces where they are many', () => {
      const text = (n: number): string => (version === 4 ? `10.7.${n >> 8}.${n & 255}` : `fd00:7::${n.toString(16)}`);
      const sources = Array.from({ length: 3_000 }, (_, n) => text(n + 1));
      for (const one of sources) socket.addMfc({ ...entry(0, 1), source: one });
      const pieces = Array.from(ground.kernel.listEntries(version, undefined));
      deepEqual(
        pieces
          .flat()
          .map((one) => one.source)
          .sort(),
        sources.toSorted(),
      );
      equal(pieces.filter((piece) => piece.length > 1_000).length, 0);
    });

    it('may be listed half', () => {
      socket.addMfc(entry(0, 1));
      for (const piece of ground.kernel.listEntries(version, undefined)) {
        equal(piece.length, 1);
        break;
      }
      equal(list().length, 1);
    });

    it('of another program are foreign, until the owner deletes them', async () => {
      await ground.intrude({ verb: 'add', entries: [entry(0, 1)] });
      deepEqual(list(), [{ ...listed('camera', 'eth1'), foreign: true }]);
      socket.addMfc(entry(0, 2));
      deepEqual(list(), [{ ...listed('camera', 'eth2'), foreign: true }]);
      socket.delMfc(entry(0));
      socket.addMfc(entry(0, 2));
      deepEqual(list(), [listed('camera', 'eth2')]);
      await ground.intrude({ verb: 'add', entries: [entry(0, 1)] });
      deepEqual(list(), [{ ...listed('camera', 'eth1'), foreign: true }]);
      await ground.intrude({ verb: 'del', entries: [entry(0, 1)] });
      deepEqual(list(), []);
    });

    it('of another program outlive the owner, without interfaces', async () => {
      await ground.intrude({ verb: 'add', entries: [entry(0, 1)] });
      socket.close();
      deepEqual(list(), [{ ...listed('camera'), iif: 0, foreign: true }]);
      await ground.intrude({ verb: 'del', entries: [entry(0, 1)] });
      deepEqual(list(), []);
    });
  });
}
