// What every kernel tells about network interfaces; a part of contract.ts.

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { ipv4 } from '../../src/abi/ipv4';
import { ipv6 } from '../../src/abi/ipv6';
import type { Link } from '../../src/kernel/kernel';
import type { Ground } from './ground';

/**
 * Legal names that text or JSON could trip over. 15 bytes are the most. Not here: names such as `__proto__`, which os.networkInterfaces()
 * of Node.js, in the lab and elsewhere, takes for properties of Object; test/routing/plan.test.ts has them.
 */
const ODD_NAMES = ['a', '123456789012345', 'v.100@x', 'x"y$`', 'eth1,eth2', '-', 'é', 'ëëëëëëë', '日本語の五'];

export function describeLinks(groundOf: () => Ground, versions: readonly IpVersion[]): void {
  describe('interfaces', () => {
    const ground = (): Ground => groundOf();
    const flags = (link: Link | undefined) =>
      link && { up: link.up, running: link.running, multicast: link.multicast, loopback: link.loopback };

    it('are found by name and by index', () => {
      const eth1 = ground().kernel.findLink('eth1');
      deepEqual(flags(eth1), { up: true, running: true, multicast: true, loopback: false });
      equal(eth1?.name, 'eth1');
      equal(ground().kernel.findLinkName(eth1?.ifindex ?? -1), 'eth1');
    });

    it('have indices of their own', () => {
      const names = ['lo', 'camera', 'eth1', 'eth2'];
      const indices = names.map((link) => ground().kernel.findLink(link)?.ifindex ?? -1);
      equal(new Set(indices).size, names.length);
      ok(indices.every((ifindex) => ifindex > 0));
    });

    it('are listed by name', () => {
      const names = ground().kernel.listLinkNames();
      ok(['lo', 'eth1', 'eth2'].every((name) => names.includes(name)));
      equal(new Set(names).size, names.length);
      ok(names.every((name) => ground().kernel.findLink(name)?.name === name));
    });

    it('are not found where there is none', () => {
      for (const link of ['', 'eth', 'eth11', 'ETH1', 'eth99', '.', 'x'.repeat(15)]) {
        equal(ground().kernel.findLink(link), undefined, link);
      }
      for (const ifindex of [0, -1, 54_321, 0x7fffffff]) equal(ground().kernel.findLinkName(ifindex), undefined);
    });

    it('may be a loopback, which has no multicast', () => {
      deepEqual(flags(ground().kernel.findLink('lo')), { up: true, running: true, multicast: false, loopback: true });
    });

    it('go down and up', async () => {
      await ground().setLink('eth1', 'down');
      deepEqual(flags(ground().kernel.findLink('eth1')), {
        up: false,
        running: false,
        multicast: true,
        loopback: false,
      });
      await ground().setLink('eth1', 'up');
      deepEqual(flags(ground().kernel.findLink('eth1')), { up: true, running: true, multicast: true, loopback: false });
    });

    it('switch multicast off and on', async () => {
      await ground().setLink('eth1', 'multicast off');
      deepEqual(flags(ground().kernel.findLink('eth1')), {
        up: true,
        running: true,
        multicast: false,
        loopback: false,
      });
      await ground().setLink('eth1', 'multicast on');
      equal(ground().kernel.findLink('eth1')?.multicast, true);
    });

    it('keep their index when they are renamed and lose it when they are deleted', async () => {
      const { kernel, addLink, renameLink, delLink } = ground();
      await addLink('usb1');
      const ifindex = kernel.findLink('usb1')?.ifindex ?? -1;
      await renameLink('usb1', 'modem');
      equal(kernel.findLink('usb1'), undefined);
      equal(kernel.findLink('modem')?.ifindex, ifindex);
      equal(kernel.findLinkName(ifindex), 'modem');
      await delLink('modem');
      equal(kernel.findLink('modem'), undefined);
      equal(kernel.findLinkName(ifindex), undefined);
      await addLink('modem');
      ok(kernel.findLink('modem')?.ifindex !== ifindex);
      await delLink('modem');
    });

    it('are all looked up in the default table, unless there are other rules', () => {
      deepEqual(ground().kernel.listRules(4), [{ table: ipv4.defaultTable }]);
      if (versions.includes(6)) deepEqual(ground().kernel.listRules(6), [{ table: ipv6.defaultTable }]);
    });

    for (const link of ODD_NAMES) {
      it(`may be called ${link}`, async () => {
        await ground().addLink(link);
        const found = ground().kernel.findLink(link);
        equal(found?.name, link);
        equal(ground().kernel.findLinkName(found?.ifindex ?? -1), link);
        await ground().delLink(link);
        equal(ground().kernel.findLink(link), undefined);
      });
    }
  });
}
