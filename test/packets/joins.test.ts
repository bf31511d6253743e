/**
 * Routes that join: the sender's side of the network hears of it, and no stream pays for it.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { until } from '../lab/until';
import { Router } from './router';

describe('routes that join', () => {
  let router: Router;
  before(async () => {
    router = await Router.open();
  });
  after(() => router.close());
  afterEach(() => router.clear());

  /** The groups that are joined on an interface, without those that the kernel joins itself. */
  async function joined(name: string): Promise<string[]> {
    const [link] = JSON.parse(await router.lab.ip('-j', 'maddr', 'show', 'dev', name)) as [
      { maddr: { address?: string }[] },
    ];
    const groups = link.maddr.map(({ address }) => address ?? '224.0.0.1'); // a link-layer address has another name
    return groups.filter((group) => !/^(224\.0\.0\.|ff0[12])/.test(group)).sort();
  }

  it('join for as long as they are there, in both families, with and without a source', async () => {
    await router.controller.add([
      { group: '239.1.1.1', iif: 'camera', oifs: ['tv1'], join: true },
      { source: router.camera.ipv4, group: '232.1.1.1', iif: 'camera', oifs: ['tv1'], join: true },
      { source: router.camera.ipv6, group: 'ff35::1', iif: 'camera', oifs: ['tv1'], join: true },
      { group: '239.1.1.2', iif: 'camera', oifs: ['tv1'] },
    ]);
    deepEqual(await joined('camera'), ['232.1.1.1', '239.1.1.1', 'ff35::1']);
    await router.controller.add({ group: '239.1.1.1', iif: 'tv3', oifs: ['tv1'], join: true });
    deepEqual(await joined('tv3'), ['239.1.1.1']);
    deepEqual(await joined('camera'), ['232.1.1.1', 'ff35::1']);
    await router.clear();
    deepEqual(await joined('camera'), []);
    deepEqual(await joined('tv3'), []);
  });

  it('join each group of a prefix, beyond what one socket takes', async () => {
    await router.controller.add({ group: '239.2.0.0/24', iif: 'camera', oifs: ['tv1'], join: true });
    equal((await joined('camera')).length, 256);
    await router.controller.add({ group: '239.2.0.0/24', iif: 'camera', oifs: ['tv1'] });
    deepEqual(await joined('camera'), []);
  });

  it('join on each interface of a pattern, those that come as well', async () => {
    await router.lab.link('eth1');
    await router.controller.add({ group: '239.3.1.1', iif: 'eth+', oifs: ['tv1'], join: true });
    deepEqual(await joined('eth1'), ['239.3.1.1']);
    await router.lab.link('eth2');
    await until(async () => (await joined('eth2')).join() === '239.3.1.1', 'eth2 is joined');
    await router.lab.unlink('eth1', 'eth2');
  });

  it('join again on an interface that comes back', async () => {
    await router.lab.link('eth3');
    await router.controller.add({ group: '239.3.1.1', iif: 'eth3', oifs: ['tv1'], join: true });
    await router.lab.unlink('eth3');
    await router.lab.link('eth3');
    await until(async () => (await joined('eth3')).join() === '239.3.1.1', 'eth3 is joined');
    await router.lab.unlink('eth3');
  });
});
