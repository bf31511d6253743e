/**
 * A stream that first comes in by an interface from which no route takes it: that must not keep it from being learnt by the right one. The
 * kernel tells of a stream once in 10 seconds, whatever interface it comes in by next.
 */
import { equal } from 'node:assert/strict';
import { Router } from './router';

/** So many packets of a stream the kernel keeps until it is learnt. */
const KEPT = 3;
const COUNT = 20;

for (const [name, prefix, group, source] of [
  ['IPv4', '239.1.0.0/16', '239.1.1.1', '10.9.0.1'],
  ['IPv6', 'ff15:1::/32', 'ff15:1::1', 'fd09::1'],
] as const) {
  describe(`a stream that came in wrong first, ${name}`, () => {
    let router: Router;
    const sources = [source];

    before(async () => {
      router = await Router.open();
      await router.tv1.join(group);
    });
    after(() => router.close());

    it('is learnt when it comes in right', async () => {
      const { controller, camera, tv1, tv3 } = router;
      await controller.add({ group: prefix, iif: 'camera', oifs: ['tv1', 'tv3'] });
      await tv3.burst([group], { sources, count: 1 });
      await tv3.settle();
      await camera.burst([group], { sources, count: KEPT });
      await tv1.waitFor(group, KEPT);
      equal((await controller.state({ group })).mfc_rules[0]?.iif, 'camera');
      await camera.burst([group], { sources, count: COUNT });
      await tv1.waitFor(group, KEPT + COUNT);
    });
  });
}
