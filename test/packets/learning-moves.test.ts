/**
 * Learnt streams that come in elsewhere than they did: a source that moves is followed; one that comes in twice stays where it is.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { until } from '../lab/until';
import { Router } from './router';

const COUNT = 20;
const RATE = 100;
/** Longer than it takes the kernel to tell once more of packets on a wrong interface: 3 seconds (MFC_ASSERT_THRESH). */
const LONG = { rate: 200, count: 900 };

for (const [name, prefix, group, source] of [
  ['IPv4', '239.1.0.0/16', '239.1.1.1', '10.9.0.1'],
  ['IPv6', 'ff15:1::/32', 'ff15:1::1', 'fd09::1'],
] as const) {
  describe(`learnt streams that come in elsewhere, ${name}`, function movingStreams() {
    let router: Router;
    const sources = [source];

    beforeEach(async () => {
      router = await Router.open();
      await router.tv1.join(group);
      await router.controller.add({ group: prefix, oifs: ['tv1'] });
      await router.camera.burst([group], { sources, count: 1 });
      await router.tv1.waitFor(group, 1);
      equal(await input(), 'camera');
    });
    afterEach(() => router.close());

    const input = async () => (await router.controller.state({})).mfc_rules.find(({ learnt }) => learnt)?.iif;
    const isMoved = async () => (await input()) === 'tv3';

    it('are followed', async () => {
      const { tv1, tv3 } = router;
      await tv3.burst([group], { sources, count: 1 });
      await until(isMoved, 'the entry should follow');
      await tv1.reset();
      await tv3.burst([group], { sources, count: COUNT, rate: RATE });
      await tv1.waitFor(group, COUNT);
    });

    it('stay, where they come in twice', async () => {
      const { camera, tv3 } = router;
      const inputs: unknown[] = [];
      let isOver = false;
      const sent = Promise.all([camera, tv3].map((host) => host.burst([group], { sources, ...LONG })));
      sent.then(() => {
        isOver = true;
      });
      await until(
        async () => {
          const now = await input();
          if (inputs.at(-1) !== now) inputs.push(now);
          return isOver;
        },
        'the streams should end',
        20_000,
      );
      deepEqual(inputs, ['camera', 'tv3']);
      const [entry] = (await router.controller.state({ group })).mfc_rules;
      deepEqual([entry?.state, (entry?.wrong_if ?? 0) > LONG.count / 2], ['active', true]);
    });
  });
}
