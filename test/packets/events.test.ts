/**
 * Events of streams that no route takes, and of those that come in elsewhere, with real packets; learnt routes; floods.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { Told } from '../controller/told';
import { until } from '../lab/until';
import { Router } from './router';

const KNOWN = '239.1.1.1';

describe('events of streams', () => {
  let router: Router;
  let told: Told;
  before(async () => {
    router = await Router.open();
  });
  after(() => router.close());

  /** A route by which there is a VIF where the camera is. */
  beforeEach(async () => {
    await router.controller.add({ source: router.camera.ipv4, group: KNOWN, iif: 'camera', oifs: ['tv1'] });
    await router.controller.add({ source: router.camera.ipv6, group: 'ff15::1', iif: 'camera', oifs: ['tv1'] });
  });
  afterEach(async () => {
    told.subscription.end();
    await router.clear();
  });

  const listen = (...events: string[]): void => {
    told = new Told(router.controller, { events });
  };
  const untilTold = (count: number): Promise<unknown> =>
    until(
      () => told.events.length >= count,
      () => `${count} should be told, not ${told.lines.join()}`,
    );

  it('a stream that no route takes is told once, in either family', async () => {
    listen('unrouted');
    for (const group of ['239.1.9.9', 'ff15::9']) {
      await router.camera.send(group, { count: 20 });
      await untilTold(1);
      const source = group.includes(':') ? router.camera.ipv6 : router.camera.ipv4;
      deepEqual(told.take(), [{ event: 'unrouted', source, group, interface: 'camera', count: 1 }]);
    }
    await router.camera.send(KNOWN, { count: 5 });
    await router.controller.state({});
    equal(told.events.length, 0);
  });

  it('a stream that comes in elsewhere than its route says is told, with where it should', async () => {
    listen('wrong_interface', 'unrouted');
    const source = router.camera.ipv4;
    const group = '239.1.9.10';
    await router.controller.add({ source, group, iif: 'tv1', oifs: ['camera', 'tv2'] });
    await router.camera.send(group, { count: 5 });
    await untilTold(1);
    deepEqual(told.take(), [{ event: 'wrong_interface', source, group, iif: 'tv1', interface: 'camera', count: 1 }]);
  });

  it('a learnt route is added, gives way to one of the user, and goes with the route that learnt it', async () => {
    listen('route_added', 'route_changed', 'route_removed', 'unrouted');
    const source = router.camera.ipv4;
    const template = { group: '239.4.0.0/16', iif: 'camera', oifs: ['tv1'] };
    await router.controller.add({ ...template, exclude: ['239.4.7.0/24'] });
    await router.camera.send('239.4.2.3', { count: 5 });
    await router.camera.send('239.4.2.4', { count: 5 });
    await until(
      async () => (await router.controller.state({})).mfc_rules.filter(({ learnt }) => learnt).length === 2,
      () => told.lines.join(),
    );
    await router.controller.add({ source, group: '239.4.2.3', iif: 'camera', oifs: ['tv2'] });
    await router.controller.del({ group: template.group });
    await untilTold(7);
    deepEqual(
      told.take().map((event) => {
        const { event: kind, group, learnt, oifs, reason } = event as Record<string, unknown>;
        return [kind, group, learnt === true ? 'learnt' : 'own', String(oifs), reason].join(' ').trim();
      }),
      [
        'route_added 239.4.0.0/16 own tv1',
        'route_added 239.4.2.3 learnt tv1',
        'route_added 239.4.2.4 learnt tv1',
        'route_removed 239.4.2.3 learnt tv1 replaced',
        'route_added 239.4.2.3 own tv2',
        'route_removed 239.4.0.0/16 own tv1 deleted',
        'route_removed 239.4.2.4 learnt tv1 deleted',
      ],
    );
  });

  it('a flood of unknown streams is told in part and counted, and no event of a route is lost', async () => {
    listen('unrouted', 'route_added', 'route_removed');
    const rules = Array.from({ length: 500 }, (_, i) => ({
      source: router.camera.ipv4,
      group: `239.3.${i >> 8}.${i & 255}`,
      iif: 'camera',
      oifs: ['tv1'],
    }));
    const start = performance.now();
    const flood = router.camera.burst(['239.200.1.1'], { count: 20_000, sources: 'random' });
    await router.controller.add(rules);
    await router.controller.del(rules.map(({ source, group }) => ({ source, group })));
    await flood;
    const suppressed = (): number => told.events.reduce((sum, { suppressed: n }) => sum + Number(n ?? 0), 0);
    await until(() => suppressed() > 0, 'what was left out should be told');
    const seconds = (performance.now() - start) / 1000;
    const unrouted = told.events.filter(({ event }) => event === 'unrouted');
    ok(unrouted.length <= 50 * (Math.floor(seconds) + 1) + 1, `${unrouted.length} in ${seconds} s`);
    ok(unrouted.length >= 40, `${unrouted.length}`); // those of the tests before count too
    const routes = told.events
      .filter(({ event }) => event !== 'unrouted')
      .map(({ event, group }) => `${event} ${group}`);
    deepEqual(
      routes,
      ['route_added', 'route_removed'].flatMap((event) => rules.map(({ group }) => `${event} ${group}`)),
    );
  });
});
