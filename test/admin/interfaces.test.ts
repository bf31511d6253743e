/**
 * GET mfc/interfaces: what a form offers to choose from.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { Lab } from '../lab/lab';
import { AdminNodeRed } from './node-red';

interface Interface {
  name: string;
  ifindex: number;
  up: boolean;
  running: boolean;
  multicast: boolean;
  addresses: string[];
}

describe('admin: interfaces', () => {
  let lab: Lab;
  let red: AdminNodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.host('camera');
    await lab.link('eth1', 'eth2');
    red = await AdminNodeRed.start();
  });
  after(async () => {
    await red.close();
    await lab.close();
  });

  async function list(): Promise<Interface[]> {
    const { status, body } = await red.get('mfc/interfaces', 'watcher');
    deepEqual([status, Object.keys(body)], [200, ['interfaces']]);
    return body.interfaces;
  }

  it('are all but loopbacks, with state and addresses', async () => {
    const interfaces = await list();
    deepEqual(
      interfaces.map(({ name }) => name).filter((name) => name === 'lo' || !/^(sit|ip6tnl|tunl|gre|erspan)/.test(name)),
      ['camera', 'eth1', 'eth2'],
    );
    const camera = interfaces.find(({ name }) => name === 'camera');
    const ipv4 = camera?.addresses.filter((address) => !address.includes(':'));
    deepEqual([camera?.up, camera?.running, camera?.multicast, ipv4], [true, true, true, ['10.0.1.1/24']]);
  });

  it('are as they are now: down, without multicast, gone', async () => {
    const flags = async () =>
      (await list())
        .filter(({ name }) => name.startsWith('eth'))
        .map(({ name, up, multicast }) => `${name} ${up ? 'up' : 'down'}${multicast ? '' : ', no multicast'}`);
    deepEqual(await flags(), ['eth1 up', 'eth2 up']);
    await lab.setLink('eth1', 'down');
    await lab.ip('link', 'set', 'eth2', 'multicast', 'off');
    deepEqual(await flags(), ['eth1 down', 'eth2 up, no multicast']);
    await lab.unlink('eth1');
    deepEqual(await flags(), ['eth2 up, no multicast']);
  });

  it('are not to be kept by browsers', async () => {
    equal((await red.get('mfc/interfaces', 'watcher')).caching, 'no-store');
  });
});
