// What every kernel tells of a table to who watches it; a part of contract.ts.

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import type { KernelEntry, MrouteSocket, Watch } from '../../src/kernel/kernel';
import { until } from '../lab/until';
import { Diary } from './diary';
import { drain } from './drain';
import type { Ground } from './ground';

/** More than any buffer holds. */
const FLOOD = 100_000;

export function describeWatch(version: IpVersion, groundOf: () => Ground): void {
  const source = version === 4 ? '10.0.0.200' : 'fd00::c8';
  const group = version === 4 ? '239.10.20.30' : 'ff3e::10:20:30';
  const name = `(${source}, ${group})`;
  let ground: Ground;
  let socket: MrouteSocket;
  let watch: Watch;
  const diary = new Diary();

  const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;
  const entry = (parent: number, ...vifis: number[]): MfcEntry => {
    return { version, source, group, parent, outputs: vifis.map((vifi) => ({ vifi, threshold: 1 })) };
  };
  const listed = (iif: string, ...outputs: string[]): KernelEntry => ({
    version,
    source,
    group,
    iif: index(iif),
    outputs: outputs.map((link) => ({ ifindex: index(link), threshold: 1 })),
    foreign: false,
  });
  const drained = (): string[] => {
    drain(watch);
    return diary.lines.splice(0);
  };
  const hears = (lines: string[]): Promise<true> =>
    until(
      () => diary.lines.length >= lines.length,
      () => `"${lines}" should be heard: ${diary.lines}`,
    );

  describe(`watch: IPv${version}`, () => {
    beforeEach(() => {
      ground = groundOf();
      socket = ground.kernel.openMroute(version, undefined);
      for (const [vifi, link] of ['camera', 'eth1', 'eth2'].entries()) socket.addVif(vifi, index(link));
      watch = ground.kernel.watch(undefined, diary);
      diary.clear();
    });
    afterEach(() => {
      watch.close();
      socket.close();
    });

    it('tells own changes when it is drained, in order', () => {
      socket.addMfc(entry(0, 1));
      socket.addMfc(entry(1, 2));
      socket.addMfc({ ...entry(0, 0, 2), source: '*' });
      socket.delMfc(entry(0));
      equal(diary.lines.length, 0);
      drain(watch);
      deepEqual(diary.entries, [
        { entry: listed('camera', 'eth1'), gone: false },
        { entry: listed('eth1', 'eth2'), gone: false },
        { entry: { ...listed('camera', 'camera', 'eth2'), source: '*' }, gone: false },
        { entry: listed('eth1', 'eth2'), gone: true },
      ]);
      diary.clear();
      deepEqual(drained(), []);
    });

    it('tells them without being asked, in a later turn', async () => {
      socket.addMfc(entry(0, 1));
      socket.delMfc(entry(0, 1));
      equal(diary.lines.length, 0);
      await hears([`made ${name}`, `gone ${name}`]);
      deepEqual(diary.lines, [`made ${name}`, `gone ${name}`]);
    });

    it('tells what another program makes, changes and deletes', async () => {
      await ground.intrude({ verb: 'add', entries: [entry(0, 1)] });
      await ground.intrude({ verb: 'add', entries: [entry(0, 2)] });
      await ground.intrude({ verb: 'del', entries: [entry(0)] });
      await hears(['made', 'made', 'gone']);
      deepEqual(diary.entries, [
        { entry: { ...listed('camera', 'eth1'), foreign: true }, gone: false },
        { entry: { ...listed('camera', 'eth2'), foreign: true }, gone: false },
        { entry: { ...listed('camera', 'eth2'), foreign: true }, gone: true },
      ]);
    });

    it('tells nothing of VIFs and of looking at them, nor of deleting what is not there', () => {
      socket.delVif(2);
      socket.addVif(2, index('eth2'));
      deepEqual(
        socket.vifIndices(),
        new Map([
          [0, index('camera')],
          [1, index('eth1')],
          [2, index('eth2')],
        ]),
      );
      socket.delMfc(entry(0));
      deepEqual(drained(), []);
      deepEqual(Array.from(ground.kernel.listEntries(version, undefined)).flat(), []);
    });

    it('tells nothing of an entry whose VIF goes', async () => {
      await ground.addLink('usb1');
      const ifindex = index('usb1');
      socket.addVif(3, ifindex);
      socket.addMfc(entry(3, 1));
      drained();
      await ground.delLink('usb1');
      await until(() => ground.kernel.findLinkName(ifindex) === undefined, 'the interface should be gone');
      const lines = drained();
      ok(lines.includes(`link usb1 ${ifindex}`), lines.join(', '));
      deepEqual(
        lines.filter((line) => !line.startsWith('link ')),
        [],
      );
    });

    it('tells of its table only', () => {
      const heard = new Diary();
      const other = ground.kernel.openMroute(version, 70_000);
      const otherWatch = ground.kernel.watch(70_000, heard);
      drained();
      try {
        other.addMfc(entry(0));
        socket.addMfc({ ...entry(0, 1), source: '*' });
        deepEqual(drained(), [`made (*, ${group})`]);
        drain(otherWatch);
        deepEqual(heard.lines, [`made ${name}`]);
      } finally {
        otherWatch.close();
        other.close();
      }
    });

    it('tells when a table of the family may have lost its owner', () => {
      const other = ground.kernel.openMroute(version, 700);
      drained();
      other.close();
      deepEqual(drained(), [`owner ${version}`]);
      socket.addMfc(entry(0, 1));
      drained();
      socket.close();
      deepEqual(drained(), [`owner ${version}`, `gone ${name}`]);
      deepEqual(diary.entries.at(-1), { entry: { ...listed('camera'), iif: 0 }, gone: true });
    });

    it('says so when there was too much to tell, and tells on', () => {
      for (let n = 0; n < FLOOD; n++) socket.addMfc(entry(0, 1));
      drain(watch);
      const made = diary.lines.filter((line) => line === `made ${name}`).length;
      ok(made > 0 && made < FLOOD, `${made} told`);
      equal(diary.lines.length, made + 1);
      ok(diary.lines.includes('overflow'));
      diary.clear();
      socket.delMfc(entry(0));
      deepEqual(drained(), [`gone ${name}`]);
    });

    it('says so without being asked, and tells on', async () => {
      for (let round = 0; round < 2; round++) {
        for (let n = 0; n < FLOOD; n++) socket.addMfc(entry(0, 1));
        await until(() => diary.lines.includes('overflow'), 'the overflow should be told');
        drain(watch);
        diary.clear();
        socket.delMfc(entry(0));
        await hears([`gone ${name}`]);
        deepEqual(diary.lines, [`gone ${name}`]);
        diary.clear();
      }
    });

    it('tells of no entry while it is muted, and of an overflow afterwards', () => {
      drained();
      watch.mute();
      socket.addMfc(entry(1));
      deepEqual(drained(), []);
      watch.unmute();
      deepEqual(drained(), ['overflow']);
      socket.delMfc(entry(1));
      equal(drained().length, 1);
    });

    it('may be drained and closed by who is being told', () => {
      const heard: string[] = [];
      const nosy = ground.kernel.watch(undefined, {
        link: () => undefined,
        ownerChanged: () => undefined,
        overflow: () => undefined,
        entry: ({ source: from }) => {
          heard.push(from);
          nosy.drain();
          if (heard.length === 2) nosy.close();
        },
      });
      for (const from of ['*', source, '*']) socket.addMfc({ ...entry(0, 1), source: from });
      nosy.drain();
      deepEqual(heard, ['*', source]);
    });

    it('is silent after close, which may be called twice', async () => {
      socket.addMfc(entry(0, 1));
      watch.close();
      watch.close();
      drain(watch);
      const next = ground.kernel.watch(undefined, diary); // has the number of the closed file now
      watch.close();
      drain(watch);
      diary.clear();
      socket.delMfc(entry(0, 1));
      await hears([`gone ${name}`]);
      deepEqual(diary.lines, [`gone ${name}`]);
      next.close();
    });
  });
}
