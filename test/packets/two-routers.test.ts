/**
 * Two routers in a row that both learn: a stream gets through from its first packet.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { Router } from './router';
import { INPUT, SecondRouter } from './second-router';

const COUNT = 20;
/** The kernel keeps 3 packets of a stream for an answer: time enough for code that has never run, on a busy machine. */
const RATE = 50;
const STREAMS = 10;

describe('two routers that learn', () => {
  let router: Router;
  let second: SecondRouter;
  const prefixes = ['239.1.0.0/16', 'ff15:1::/32'];

  before(async () => {
    router = await Router.open();
    second = await SecondRouter.open(
      router.lab,
      'second',
      'far',
      prefixes.map((group) => ({ group, iif: INPUT, oifs: ['far'] })),
    );
    await router.controller.add(prefixes.map((group) => ({ group, iif: 'camera', oifs: ['second', 'tv1'] })));
  });
  after(async () => {
    await second.close();
    await router.close();
  });

  for (const [name, groupOf] of [
    ['IPv4', (i: number) => `239.1.1.${i + 1}`],
    ['IPv6', (i: number) => `ff15:1::${i + 1}`],
  ] as const) {
    it(`lose no packet, ${name}`, async () => {
      const groups = Array.from({ length: STREAMS }, (_, i) => groupOf(i));
      for (const group of groups) await second.tv.join(group);
      await Promise.all(groups.map((group) => router.camera.send(group, { count: COUNT, rate: RATE })));
      for (const group of groups) await second.tv.waitFor(group, COUNT);
      for (const { received, lost, duplicated, outOfOrder } of await second.tv.counts()) {
        deepEqual([received, lost, duplicated, outOfOrder], [COUNT, 0, 0, 0]);
      }
    });

    it(`send what leaves the first with TTL 1 no further, ${name}`, async () => {
      const group = groupOf(STREAMS);
      await second.tv.join(group);
      await router.tv1.join(group);
      await router.camera.send(group, { count: COUNT, rate: RATE, ttl: 2 });
      await router.tv1.waitFor(group, COUNT);
      await second.tv.settle();
      equal((await second.tv.count(group)).received, 0);
    });
  }
});
