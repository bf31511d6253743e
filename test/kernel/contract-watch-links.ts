// What every kernel tells of interfaces to who watches it; a part of contract.ts.

import { deepEqual, ok } from 'node:assert/strict';
import type { Watch } from '../../src/kernel/kernel';
import { until } from '../lab/until';
import { Diary } from './diary';
import { drain } from './drain';
import type { Ground } from './ground';

export function describeLinkWatch(groundOf: () => Ground): void {
  describe('watch: interfaces', () => {
    let ground: Ground;
    let watch: Watch;
    const diary = new Diary();
    const index = (link: string): number => ground.kernel.findLink(link)?.ifindex ?? -1;

    beforeEach(() => {
      ground = groundOf();
      diary.clear();
      watch = ground.kernel.watch(undefined, diary);
    });
    afterEach(() => watch.close());

    /** Waits until the link was told of and the kernel says so too; what was told before is forgotten. */
    const told = async (name: string, ifindex: number, isSo: () => boolean): Promise<void> => {
      await until(
        () => isSo() && diary.lines.includes(`link ${name} ${ifindex}`),
        () => `${name} ${ifindex} should be told: ${diary.lines.join(', ')}`,
      );
      drain(watch);
      diary.clear();
    };

    it('come, change and go', async () => {
      const { kernel, addLink, renameLink, setLink, delLink } = ground;
      await addLink('usb1');
      const ifindex = index('usb1');
      await told('usb1', ifindex, () => kernel.findLink('usb1')?.up === true);
      await setLink('usb1', 'down');
      await told('usb1', ifindex, () => kernel.findLink('usb1')?.up === false);
      await setLink('usb1', 'up');
      await told('usb1', ifindex, () => kernel.findLink('usb1')?.up === true);
      await setLink('usb1', 'multicast off');
      await told('usb1', ifindex, () => kernel.findLink('usb1')?.multicast === false);
      await renameLink('usb1', '日本語の五');
      await told('日本語の五', ifindex, () => index('日本語の五') === ifindex);
      await delLink('日本語の五');
      await told('日本語の五', ifindex, () => kernel.findLinkName(ifindex) === undefined);
    });

    it('leave for another namespace and come back as they were, without their VIFs', async () => {
      const { kernel, addLink, moveLink, delLink } = ground;
      await addLink('usb1');
      const ifindex = index('usb1');
      const socket = kernel.openMroute(4, undefined);
      socket.addVif(3, ifindex);
      drain(watch);
      diary.clear();
      await moveLink('usb1');
      await until(() => index('usb1') === ifindex, 'the interface should be back');
      drain(watch);
      const lines = diary.lines.filter((line) => line.startsWith('link usb1 '));
      ok(lines.length >= 2, lines.join(', '));
      deepEqual(new Set(lines), new Set([`link usb1 ${ifindex}`]));
      deepEqual(socket.vifIndices(), new Map());
      socket.close();
      await delLink('usb1');
    });
  });
}
