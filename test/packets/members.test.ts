/**
 * Routes whose outputs hosts open: packets go where somebody has joined, and nowhere else.
 */
import { deepEqual } from 'node:assert/strict';
import { Told } from '../controller/told';
import { until } from '../lab/until';
import { Router } from './router';

const FAMILIES = [
  { name: 'IPv4', group: '239.5.1.1', prefix: '239.5.0.0/16', source: ({ camera }: Router) => camera.ipv4 },
  { name: 'IPv6', group: 'ff15:5::1', prefix: 'ff15:5::/32', source: ({ camera }: Router) => camera.ipv6 },
] as const;

for (const { name, group, prefix, source } of FAMILIES) {
  describe(`routes for members, ${name}`, () => {
    let router: Router;
    before(async () => {
      router = await Router.open();
    });
    after(() => router.close());
    afterEach(async () => {
      for (const tv of router.receivers) await tv.leave(group).catch(() => undefined);
      await router.clear();
    });

    /** The outputs that are open now. */
    async function open(): Promise<string[]> {
      const { mfc_rules } = await router.controller.state({});
      return mfc_rules.flatMap(({ oifs }) => oifs.map(String));
    }

    const untilOpen = (...names: string[]): Promise<unknown> =>
      until(async () => (await open()).sort().join() === names.join(), `open: ${names}`);

    for (const one of ['any source', 'one source'] as const) {
      it(`open with the first host and close with the last, ${one}`, async () => {
        const stream = one === 'any source' ? { group } : { source: source(router), group };
        await router.controller.add({ ...stream, iif: 'camera', oifs: 'members' });
        deepEqual(await open(), []);
        await router.tv1.join(group);
        await untilOpen('tv1');
        await router.tv2.join(group);
        await untilOpen('tv1', 'tv2');
        await router.camera.send(group, { count: 10, rate: 1000 });
        await router.tv1.waitFor(group, 10);
        await router.tv2.waitFor(group, 10);
        await router.tv1.leave(group);
        await untilOpen('tv2');
        await router.tv2.leave(group);
        await untilOpen();
      });
    }

    it('open only where they may', async () => {
      await router.controller.add({ group, iif: 'camera', oifs: 'members', members: { among: ['tv2', 'tv3'] } });
      await router.tv1.join(group);
      await router.tv2.join(group);
      await untilOpen('tv2');
    });

    it('open for each stream of a prefix by itself', async () => {
      await router.controller.add({ group: prefix, iif: 'camera', oifs: 'members' });
      const stream = await router.camera.stream(group, { rate: 100 });
      await until(async () => (await router.controller.state({ group })).mfc_rules.length === 1, 'it is learnt');
      await router.tv3.join(group);
      await untilOpen('tv3');
      await router.tv3.waitFor(group, 10);
      await router.tv3.leave(group);
      await untilOpen();
      await stream.stop();
    });

    it('close when nobody has reported for the time that is set', async () => {
      await router.controller.add({ group, iif: 'camera', oifs: 'members', members: { timeout: 1 } });
      const told = new Told(router.controller, { events: ['route_changed'] });
      await router.tv1.join(group);
      await until(
        () => told.events.length >= 2,
        () => `it should open and close: ${told.lines}`,
      );
      told.subscription.end();
      deepEqual(
        told.events.slice(0, 2).map(({ oifs }) => oifs),
        [['tv1'], []],
      );
    });
  });
}
