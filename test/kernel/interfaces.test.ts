// The list of interfaces and addresses against what `ip` says.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { listInterfaces } from '../../src/kernel/interfaces';
import { hasIPv6 } from '../lab/ip';
import { Lab, until } from '../lab/lab';

/** As `ip -json address` prints it. */
interface IpLink {
  ifindex: number;
  ifname: string;
  flags: string[];
  addr_info: { local?: string; prefixlen: number }[];
}

describe('kernel: interfaces and their addresses', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.open();
    await lab.host('camera');
    await lab.link('eth1', 'eth2', '日本語の五');
  });
  after(() => lab.close());

  async function fromIp(): Promise<object[]> {
    const links = JSON.parse(await lab.ip('-json', 'address', 'show')) as IpLink[];
    return links
      .map(({ ifindex, ifname: name, flags, addr_info }) => ({
        name,
        ifindex,
        up: flags.includes('UP'),
        running: flags.includes('LOWER_UP'),
        multicast: flags.includes('MULTICAST'),
        loopback: flags.includes('LOOPBACK'),
        addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      }))
      .sort((a, b) => a.ifindex - b.ifindex);
  }
  const find = (name: string) => listInterfaces().find((link) => link.name === name);

  it('are those that ip lists, with all that is read of them', async () => {
    await lab.ip('address', 'add', '192.0.2.1/30', 'dev', 'eth1');
    await lab.ip('address', 'add', '192.0.2.9', 'peer', '198.51.100.7/32', 'dev', 'eth1');
    if (hasIPv6) await lab.ip('address', 'add', '2001:db8::1:0:0:1/64', 'dev', 'eth1', 'nodad');
    await lab.ip('link', 'set', 'eth2', 'multicast', 'off');
    deepEqual(listInterfaces(), await fromIp());
    const eth1 = find('eth1');
    for (const address of ['192.0.2.1/30', '192.0.2.9/32']) ok(eth1?.addresses.includes(address), address);
    if (hasIPv6) ok(eth1?.addresses.includes('2001:db8:0:1::1/64') || eth1?.addresses.includes('2001:db8::1:0:0:1/64'));
    equal(find('eth2')?.multicast, false);
  });

  it('are listed when they are down, with their IPv4 addresses', async () => {
    await lab.ip('address', 'add', '192.0.2.33/30', 'dev', 'eth2');
    await lab.setLink('eth2', 'down');
    deepEqual(listInterfaces(), await fromIp());
    const { up, running, addresses } = find('eth2') ?? {};
    deepEqual([up, running, addresses], [false, false, ['192.0.2.33/30']]);
  });

  it('are up and not running where the other end is down', async () => {
    const camera = find('camera');
    deepEqual([camera?.up, camera?.running], [true, true]);
    await lab.ip('link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
    await lab.ip('link', 'set', 'near', 'up');
    await until(() => find('near')?.up === true, 'near should be up');
    equal(find('near')?.running, false);
    await lab.ip('link', 'del', 'near');
    equal(find('near'), undefined);
  });

  it('are all there when they do not fit one datagram', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `many${i}`);
    await lab.link(...names);
    for (const name of names) await lab.ip('address', 'add', `192.0.2.65/32`, 'dev', name);
    deepEqual(listInterfaces(), await fromIp());
    await lab.unlink(...names);
  });
});
