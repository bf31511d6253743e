/**
 * The main job with real packets: a route sends a stream where it should go, and nowhere else, from the first packet on.
 */
import assert from 'node:assert/strict';
import { Router } from './router';

/** The same scenarios for both families: only addresses differ. */
const FAMILIES = [
  { name: 'IPv4', prefix: '239.10.20.', source: (router: Router) => router.camera.ipv4 },
  { name: 'IPv6', prefix: 'ff15::20:', source: (router: Router) => router.camera.ipv6 },
];

for (const { name, prefix, source } of FAMILIES) {
  describe(`packets through a route, ${name}`, () => {
    let router: Router;
    let group: string;
    let other: string;
    let groups = 0;

    before(async () => {
      router = await Router.open();
    });
    beforeEach(async () => {
      // The kernel keeps the last packets of a stream without a route for 10 s and sends them on when it gets one:
      // groups of its own keep a test from seeing those of another.
      group = `${prefix}${++groups}`;
      other = `${prefix}${++groups}`;
      await router.joinAll(group, other);
    });
    afterEach(() => router.clear());
    after(() => router.close());

    it('nothing arrives without a route', async () => {
      await router.camera.send(group, { count: 20 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
    });

    it('(S,G): arrives at the outputs of the route and nowhere else', async () => {
      await router.controller.add({ source: source(router), group, iif: 'camera', oifs: ['tv1', 'tv3'] });
      const sent = await router.camera.send(group, { count: 100 });
      await router.tv1.waitFor(group, sent);
      await router.tv3.waitFor(group, sent);
      await router.camera.send(other, { count: 20 });
      assert.deepEqual(await router.received(group), [100, 0, 100]);
      assert.deepEqual(await router.received(other), [0, 0, 0]);
    });

    it('(S,G): another source is not forwarded', async () => {
      const elsewhere = name === 'IPv4' ? '10.0.1.99' : 'fd00:1::99';
      await router.controller.add({ source: elsewhere, group, iif: 'camera', oifs: ['tv1'] });
      await router.camera.send(group, { count: 20 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
    });

    it('del: packets stop, and the kernel has nothing left', async () => {
      await router.controller.add({ source: source(router), group, iif: 'camera', oifs: ['tv1'] });
      await router.camera.send(group, { count: 10 });
      await router.tv1.waitFor(group, 10);
      await router.controller.del({ source: source(router), group });
      await router.camera.send(group, { count: 10 });
      assert.deepEqual(await router.received(group), [10, 0, 0]);
      const { mfc_rules, vif_map, vif6_map } = await router.controller.state({});
      assert.deepEqual([mfc_rules, vif_map, vif6_map], [[], {}, {}]);
    });

    it('del of one output: the others go on', async () => {
      await router.controller.add({ source: source(router), group, iif: 'camera', oifs: ['tv1', 'tv2'] });
      await router.controller.del({ source: source(router), group, oifs: ['tv1'] });
      await router.camera.send(group, { count: 10 });
      await router.tv2.waitFor(group, 10);
      assert.deepEqual(await router.received(group), [0, 10, 0]);
    });

    it('(*,G): the very first packet of any source is forwarded, and none goes back', async () => {
      await router.controller.add({ group, iif: 'camera', oifs: ['tv2'] });
      await router.camera.join(group);
      await router.camera.send(group, { count: 1 });
      await router.tv2.waitFor(group, 1);
      await router.camera.settle();
      assert.deepEqual(await router.received(group), [0, 1, 0]);
      assert.equal((await router.camera.count(group)).received, 0);
    });

    it('(*,G): a packet that comes in by an output is not forwarded, and counted', async () => {
      await router.controller.add({ group, iif: 'camera', oifs: ['tv2', 'tv3'] });
      await router.tv2.send(group, { count: 5 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
      const { mfc_rules } = await router.controller.state({ group });
      assert.equal(mfc_rules[0]?.wrong_if, 5);
    });

    it('(S,G) beside (*,G): the more exact one wins', async () => {
      await router.controller.add([
        { group, iif: 'camera', oifs: ['tv1'] },
        { source: source(router), group, iif: 'camera', oifs: ['tv2'] },
      ]);
      await router.camera.send(group, { count: 10 });
      await router.tv2.waitFor(group, 10);
      assert.deepEqual(await router.received(group), [0, 10, 0]);
    });

    it('a stop filter takes a stream out of a (*,G) route', async () => {
      await router.controller.add([
        { group, iif: 'camera', oifs: ['tv1'] },
        { source: source(router), group, iif: 'camera', oifs: [], stop_filter: true },
      ]);
      await router.camera.send(group, { count: 10 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
    });

    it('counters: what the kernel counted, per route and per VIF', async () => {
      await router.controller.add({ source: source(router), group, iif: 'camera', oifs: ['tv1', 'tv2'] });
      await router.camera.send(group, { count: 25, size: 100 });
      await router.tv2.waitFor(group, 25);
      const state = await router.controller.state({});
      const [rule] = state.mfc_rules;
      const vifs = name === 'IPv4' ? state.vif_map : state.vif6_map;
      assert.equal(rule?.packets, 25);
      assert.equal(vifs.camera?.packets_in, 25);
      assert.equal(vifs.tv1?.packets_out, 25);
      assert.equal(vifs.tv2?.packets_out, 25);
      assert.equal(rule?.bytes, vifs.camera?.bytes_in);
      assert.ok((rule?.bytes ?? 0) > 25 * 100);
      assert.equal(rule?.wrong_if, 0);
    });

    it('packets on the wrong interface are counted', async () => {
      // In IPv4 they are only if that interface has a VIF too.
      await router.controller.add([
        { source: source(router), group, iif: 'tv3', oifs: ['tv1'] },
        { group: other, iif: 'camera', oifs: ['tv1'] },
      ]);
      await router.camera.send(group, { count: 7 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
      const { mfc_rules } = await router.controller.state({ group });
      assert.equal(mfc_rules[0]?.wrong_if, 7);
    });

    it('packets that came just before the route are sent on when it is there', async () => {
      await router.controller.add({ group: other, iif: 'camera', oifs: ['tv1'] }); // the camera's interface has a VIF
      await router.camera.send(group, { count: 2 });
      await router.controller.add({ source: source(router), group, iif: 'camera', oifs: ['tv1'] });
      await router.tv1.waitFor(group, 2);
      assert.deepEqual(await router.received(group), [2, 0, 0]);
    });
  });
}

describe('packets and thresholds', () => {
  let router: Router;
  const group = '239.10.20.40';

  before(async () => {
    router = await Router.open();
    await router.joinAll(group);
  });
  after(() => router.close());

  it('a packet leaves where its TTL is above the threshold of the output', async () => {
    const oifs = ['tv1', { name: 'tv2', threshold: 16 }, { name: 'tv3', threshold: 64 }];
    await router.controller.add({ source: router.camera.ipv4, group, iif: 'camera', oifs });
    await router.camera.send(group, { count: 10, ttl: 16 });
    await router.tv1.waitFor(group, 10);
    assert.deepEqual(await router.received(group), [10, 0, 0]);
    await router.camera.send(group, { count: 10, ttl: 17 });
    await router.tv2.waitFor(group, 10);
    assert.deepEqual(await router.received(group), [20, 10, 0]);
    await router.camera.send(group, { count: 10, ttl: 65 });
    await router.tv3.waitFor(group, 10);
    assert.deepEqual(await router.received(group), [30, 20, 10]);
  });
});
