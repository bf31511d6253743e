/**
 * Two routers in a row that both learn: a stream gets through from its first packet.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { Router } from './router';
import { INPUT, SecondRouter } from './second-router';

const COUNT = 20;
const RATE = 1000;
/** So many packets of a stream the kernel keeps until it is learnt, on a busy machine too. */
const FIRST = 3;
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

  const sendAll = (groups: readonly string[], count: number) =>
    Promise.all(groups.map((group) => router.camera.send(group, { count, rate: RATE })));

  for (const [name, groupOf] of [
    ['IPv4', (i: number) => `239.1.1.${i + 1}`],
    ['IPv6', (i: number) => `ff15:1::${i + 1}`],
  ] as const) {
    it(`lose no packet, ${name}`, async () => {
      const groups = Array.from({ length: STREAMS }, (_, i) => groupOf(i));
      for (const group of groups) await second.tv.join(group);
      await sendAll(groups, FIRST);
      for (const group of groups) await second.tv.waitFor(group, FIRST);
      // What waited for the entry is sent on by Node-RED's processor, and may meet what another one forwards meanwhile:
      // net/ipv4/ipmr.c ipmr_cache_resolve. From then on packets keep their order.
      const early = await second.tv.counts();
      await sendAll(groups, COUNT);
      for (const group of groups) await second.tv.waitFor(group, FIRST + COUNT);
      for (const [i, { lost, duplicated, outOfOrder }] of (await second.tv.counts()).entries()) {
        deepEqual([lost, duplicated, outOfOrder], [0, 0, early[i]?.outOfOrder ?? 0]);
      }
    });

    it(`send what leaves the first with TTL 1 no further, ${name}`, async () => {
      const group = groupOf(STREAMS);
      await second.tv.join(group);
      await router.tv1.join(group);
      await router.camera.send(group, { count: FIRST, ttl: 2 });
      await router.tv1.waitFor(group, FIRST);
      await second.tv.settle();
      equal((await second.tv.count(group)).received, 0);
    });
  }
});
