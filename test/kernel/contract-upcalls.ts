// What every kernel tells the owner of a table about packets that it cannot route; a part of contract.ts.
//
// Each test has the owner socket of the default table, a sender behind the interface `camera`, VIF 0, and eth1 and eth2, VIFs 1 and 2.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import type { MrouteSocket, StreamPrefix, Upcall } from '../../src/kernel/kernel';
import { addressBytes } from '../lab/frame';
import { until } from '../lab/until';
import type { Ground } from './ground';

const GROUPS = {
  4: { one: '239.10.20.30', other: '239.10.21.30', another: '239.10.22.30', marker: '239.255.0.1' },
  6: { one: 'ff3e:1:2:3:4:5:6:7', other: 'ff3e:1:2:4:4:5:6:7', another: 'ff3e::5:6:7', marker: 'ff3e::ffff' },
} as const;

export function describeUpcalls(version: IpVersion, groundOf: () => Ground): void {
  const { one, other, another, marker } = GROUPS[version];
  let ground: Ground;
  let socket: MrouteSocket;
  let source: string;
  let heard: string[];

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const entry = (group: string, parent: number, ...vifis: number[]): MfcEntry => {
    return { version, source, group, parent, outputs: vifis.map((vifi) => ({ vifi, threshold: 1 })) };
  };
  const nocache = (group: string, vifi = 0): string => `nocache ${vifi} (${source}, ${group})`;
  const write = ({ kind, vifi, source: from, group }: Upcall): void => {
    heard.push(`${kind} ${vifi} (${from}, ${group})`);
  };
  const hears = (...lines: string[]): Promise<true> =>
    until(
      () => heard.length >= lines.length,
      () => `"${lines}" should be heard: ${heard}`,
    ).then(() => {
      deepEqual(heard, lines);
      return true;
    });
  /** Resolves when all that was sent before has come to the kernel: a packet behind it has. */
  const arrived = async (by = socket): Promise<void> => {
    by.addMfc(entry(marker, 0));
    const before = by.mfcCounters(source, marker)?.packets ?? 0;
    await ground.send(marker, 1);
    await until(() => (by.mfcCounters(source, marker)?.packets ?? 0) > before, 'the marker should arrive');
  };
  const addVifs = (to: MrouteSocket): void => {
    for (const [vifi, link] of ['camera', 'eth1', 'eth2'].entries()) to.addVif(vifi, index(link));
  };

  describe(`upcalls: IPv${version}`, () => {
    beforeEach(() => {
      ground = groundOf();
      source = ground.source(version);
      heard = [];
      socket = ground.kernel.openMroute(version, undefined);
      addVifs(socket);
    });
    afterEach(() => socket.close());

    it('tell of each new stream once', async () => {
      socket.listen(write);
      await ground.send(one, 3);
      await hears(nocache(one));
      await ground.send(one, 3);
      await ground.send(other, 3);
      await hears(nocache(one), nocache(other));
    });

    it('have addresses as bytes', async () => {
      let bytes: Uint8Array[] = [];
      socket.listen(({ sourceBytes, groupBytes }) => {
        bytes = [sourceBytes.slice(), groupBytes.slice()];
      });
      await ground.send(one, 1);
      await until(() => bytes.length > 0, 'an upcall should be told');
      deepEqual(bytes, [addressBytes(version, source), addressBytes(version, one)]);
    });

    it('may be answered with an entry, which takes the packets that waited', async () => {
      socket.listen((upcall) => {
        write(upcall);
        socket.addMfc(entry(upcall.group, upcall.vifi, 1));
      });
      await ground.send(one, 4);
      await until(() => socket.vifCounters(1)?.packets_out === 4, 'all packets should leave');
      deepEqual(heard, [nocache(one)]);
      socket.delMfc(entry(one, 0));
      await ground.send(one, 1);
      await hears(nocache(one), nocache(one));
    });

    it('tell of packets that come in on another interface than their entry says, once', async () => {
      socket.listen(write);
      socket.addMfc(entry(one, 2, 1));
      await ground.send(one, 3);
      await hears(`wrongvif 0 (${source}, ${one})`);
      await ground.send(one, 3);
      await arrived();
      equal(socket.mfcCounters(source, one)?.wrong_if, 6);
      socket.addMfc(entry(other, 1));
      await ground.send(other, 1);
      await hears(`wrongvif 0 (${source}, ${one})`, `wrongvif 0 (${source}, ${other})`);
    });

    it('tell of packets for any-source entries that do not list their interface as of new streams', async () => {
      socket.listen(write);
      socket.addMfc({ ...entry(one, 1, 1, 2), source: '*' });
      await ground.send(one, 3);
      await hears(nocache(one));
    });

    it('tell nothing of what is routed, nor of interfaces without a VIF', async () => {
      socket.listen(write);
      socket.addMfc(entry(one, 0, 1));
      await ground.send(one, 3);
      await arrived();
      socket.delVif(0);
      await ground.send(other, 3);
      socket.addVif(0, index('camera'));
      await arrived();
      deepEqual(heard, []);
    });

    it('wait while nobody listens, and are told then, the newest first', async () => {
      socket.listen(write);
      socket.listen(undefined);
      await ground.send(one, 1);
      await ground.send(other, 1);
      await arrived();
      equal(socket.drain(), false);
      deepEqual(heard, []);
      socket.listen(write);
      deepEqual(heard, []);
      await hears(nocache(other), nocache(one));
    });

    it('are told at once when they are drained', async () => {
      await ground.send(one, 1);
      await ground.send(other, 1);
      await arrived();
      socket.listen(write);
      while (socket.drain());
      deepEqual(heard, [nocache(other), nocache(one)]);
    });

    it('go to the listener that was given last', async () => {
      socket.listen(() => heard.push('first'));
      socket.listen(write);
      await ground.send(one, 1);
      await hears(nocache(one));
    });

    it('may be drained and put off by who is being told', async () => {
      await ground.send(one, 1);
      await ground.send(other, 1);
      await arrived();
      socket.listen((upcall) => {
        write(upcall);
        equal(socket.drain(), true);
        socket.listen(undefined);
      });
      await hears(nocache(other));
      await arrived();
      deepEqual(heard, [nocache(other)]);
      socket.listen(write);
      await hears(nocache(other), nocache(one));
    });

    it('end when who is being told closes the socket', async () => {
      await ground.send(one, 1);
      await ground.send(other, 1);
      await arrived();
      socket.listen((upcall) => {
        write(upcall);
        socket.close();
      });
      await hears(nocache(other));
      const next = ground.kernel.openMroute(version, undefined); // has the number of the closed file now
      addVifs(next);
      await ground.send(one, 1);
      await arrived(next);
      socket.listen(write);
      socket.admit([]);
      equal(socket.drain(), false);
      deepEqual(heard, [nocache(other)]);
      next.listen(write);
      await hears(nocache(other), nocache(one));
      next.close();
    });

    it('wait though nobody has listened yet', async () => {
      await ground.send(one, 3);
      await arrived();
      socket.listen(write);
      await hears(nocache(one));
    });

    it('come of wrong interfaces whatever new streams are to come', async () => {
      socket.admit([]);
      socket.listen(write);
      socket.addMfc(entry(one, 1));
      await ground.send(other, 1);
      await ground.send(one, 1);
      await hears(`wrongvif 0 (${source}, ${one})`);
    });

    it('wait for the next process, which is told of all from then on', async () => {
      socket.close();
      const vifs = [index('camera'), index('eth1'), index('eth2')];
      const fd = await ground.inherit({ version, vifs, entries: [entry(marker, 0)] });
      await ground.send(one, 1);
      await ground.send(other, 1);
      socket = ground.kernel.adoptMroute(version, undefined, fd);
      await arrived();
      socket.listen(write);
      await hears(nocache(other), nocache(one));
      await ground.send(another, 1);
      await hears(nocache(other), nocache(one), nocache(another));
    });

    describe('of streams that were asked for', () => {
      const prefix = (address: string, length: number): { address: string; length: number } => ({ address, length });
      const whole = version === 4 ? 32 : 128;
      const common = version === 4 ? 23 : 61; // bits of both groups
      const cases: [string, () => StreamPrefix[] | 'all', string[]][] = [
        ['all', () => 'all', [one, other]],
        ['any', () => [{}], [one, other]],
        ['none', () => [], []],
        ['one group', () => [{ group: prefix(one, whole) }], [one]],
        ['another group', () => [{ group: prefix(other, whole) }], [other]],
        ['groups with common bits', () => [{ group: prefix(one, common) }], [one, other]],
        ['groups with one more common bit', () => [{ group: prefix(one, common + 1) }], [one]],
        ['all groups', () => [{ group: prefix(marker, 0) }], [one, other]],
        ['groups with a few bits', () => [{ group: prefix(one, 4) }], [one, other]],
        ['a source', () => [{ source: prefix(source, whole) }], [one, other]],
        ['a source nearby', () => [{ source: prefix(source, whole - 1), group: prefix(one, whole) }], [one]],
        ['another source', () => [{ source: prefix(version === 4 ? '10.9.9.9' : 'fd00:9::9', whole) }], []],
        ['an interface', () => [{ vifi: 0 }], [one, other]],
        ['another interface', () => [{ vifi: 1 }], []],
        ['either of two', () => [{ vifi: 1 }, { vifi: 0, group: prefix(other, whole) }, { vifi: 2 }], [other]],
      ];
      for (const [name, streams, groups] of cases) {
        it(`come: ${name}`, async () => {
          socket.admit(streams());
          socket.listen(write);
          await ground.send(one, 2);
          await ground.send(other, 2);
          await arrived();
          while (socket.drain());
          deepEqual(heard.sort(), groups.map((group) => nocache(group)).sort());
        });
      }

      it('may be others, one set after the other', async () => {
        socket.listen(write);
        for (const [streams, group] of [
          [[{ group: prefix(other, whole) }], other],
          ['all', one],
        ] as const) {
          socket.admit(streams);
          await ground.send(one, 1);
          await ground.send(other, 1);
          await until(() => heard.at(-1) === nocache(group), `${group} should be heard`);
        }
        deepEqual(heard, [nocache(other), nocache(one)]);
      });

      it('may be very many', async () => {
        const groups = Array.from({ length: 5_000 }, (_, n) => ({
          group: prefix(version === 4 ? `239.${n >> 8}.${n & 255}.0` : `ff3e:1:${n.toString(16)}::`, whole - 8),
        }));
        socket.admit([...groups, { group: prefix(one, whole) }]);
        socket.listen(write);
        await ground.send(one, 1);
        await hears(nocache(one));
      });
    });
  });
}
