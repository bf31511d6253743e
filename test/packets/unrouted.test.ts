/**
 * `mfc state` says which streams come in that no route takes, with real packets.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { until } from '../lab/until';
import { Router } from './router';

const GROUPS = ['239.1.2.1', '239.1.2.2', '239.1.2.4'] as const;

describe('streams without a route', () => {
  let router: Router;
  before(async () => {
    router = await Router.open();
    for (const group of GROUPS) await router.tv1.join(group);
  });
  after(() => router.close());

  /** A route by which there is a VIF where the camera is. */
  beforeEach(async () => {
    const { controller, camera } = router;
    await controller.add({ source: camera.ipv4, group: '239.1.1.1', iif: 'camera', oifs: ['tv1'] });
    await controller.add({ source: camera.ipv6, group: 'ff15::1', iif: 'camera', oifs: ['tv1'] });
  });
  afterEach(() => router.clear());

  const unrouted = async (filter = {}) =>
    (await router.controller.state(filter)).unrouted.map(({ source, group, iif }) => `${source} ${group} ${iif}`);
  const untilUnrouted = (count: number) =>
    until(async () => (await unrouted()).length === count, `${count} should be listed`);

  it('are listed in either family, and not with a filter that is for others', async () => {
    const { camera, controller } = router;
    await camera.send('239.1.1.1', { count: 1 });
    await camera.send('239.1.9.1', { count: 3 });
    await camera.send('ff15::9', { count: 3 });
    await untilUnrouted(2);
    deepEqual(await unrouted(), [`${camera.ipv6} ff15::9 camera`, `${camera.ipv4} 239.1.9.1 camera`]);
    deepEqual(await unrouted({ group: '239.1.9.1' }), [`${camera.ipv4} 239.1.9.1 camera`]);
    const [{ first_seen = '', last_seen = '' } = {}] = (await controller.state({})).unrouted;
    ok(Date.now() - Date.parse(first_seen) < 20_000);
    ok(first_seen <= last_seen);
  });

  for (const [what, stream, name, isBack] of [
    ['a route of its own', GROUPS[0], { group: GROUPS[0], source: 'camera' }, true],
    ['one that learns it', GROUPS[1], { group: '239.1.2.2/31' }, true],
    // The kernel goes on to wait for an entry of this very stream, for 10 seconds, and tells nothing more until then.
    ['one of any source', GROUPS[2], { group: GROUPS[2] }, false],
  ] as const) {
    it(`leave the list at once with ${what}${isBack ? ', and come back when that is gone' : ''}`, async () => {
      const { controller, camera, tv1 } = router;
      const isListed = async () => (await unrouted()).includes(`${camera.ipv4} ${stream} camera`);
      const route = 'source' in name ? { ...name, source: camera.ipv4 } : name;
      const sending = await camera.stream(stream, { rate: 100 });
      await until(isListed, 'it should be listed');
      await controller.add({ ...route, iif: 'camera', oifs: ['tv1'] });
      equal(await isListed(), false);
      await tv1.waitFor(stream, 10);
      equal(await isListed(), false);
      await controller.del(route);
      if (isBack) await until(isListed, 'it should be listed again');
      await sending.stop();
    });
  }

  it('are not those for which a route waits elsewhere', async () => {
    const { controller, camera } = router;
    await controller.add({ source: camera.ipv4, group: '239.1.3.1', iif: 'tv2', oifs: ['tv3'] });
    await camera.send('239.1.3.1', { count: 3 });
    await camera.send('239.1.3.2', { count: 3 });
    await until(async () => (await unrouted()).some((one) => one.includes('239.1.3.2')), 'the other should be listed');
    equal(
      (await unrouted()).some((one) => one.includes('239.1.3.1 ')),
      false,
    );
  });
});
