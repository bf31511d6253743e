/**
 * Changing a route under a running stream: nothing lost, nothing doubled, and VIF numbers never mix streams up.
 */
import assert from 'node:assert/strict';
import { checkKept, checkReceived } from './rewrites';
import { Router } from './router';

const FLIPS = 20;
const RATE = 1000;

describe('changing routes under 1,000 packets/s', () => {
  let router: Router;

  before(async () => {
    router = await Router.open();
  });
  afterEach(() => router.clear());
  after(() => router.close());

  for (const [name, group, sourceOf] of [
    ['IPv4', '239.10.20.50', (r: Router) => r.camera.ipv4],
    ['IPv6', 'ff15::20:50', (r: Router) => r.camera.ipv6],
  ] as const) {
    it(`${name}: outputs flipped ${FLIPS} times, none lost and none doubled where the route stays`, async () => {
      await router.joinAll(group);
      const source = sourceOf(router);
      const route = (...oifs: string[]): object => ({ source, group, iif: 'camera', oifs });
      await router.controller.add(route('tv1', 'tv2'));
      const stream = await router.camera.stream(group, { rate: RATE });
      let flowing = 100;
      await router.tv1.waitFor(group, flowing);
      for (let flip = 0; flip < FLIPS; flip++) {
        const answer = await router.controller.add(flip % 2 === 0 ? route('tv1', 'tv3') : route('tv1', 'tv2'));
        assert.equal(answer.changed, true);
        flowing += 50;
        await router.tv1.waitFor(group, flowing);
      }
      const sent = await stream.stop();
      const kept = await checkKept(router.tv1, group, sent);
      assert.equal(kept.outOfOrder, 0);
      // Each packet went to exactly one of the two outputs that took turns.
      const [, tv2 = 0, tv3 = 0] = await router.received(group);
      checkReceived(tv2 + tv3, sent);
      assert.ok(tv2 > 0 && tv3 > 0);
      for (const tv of [router.tv2, router.tv3]) assert.equal((await tv.count(group)).duplicated, 0);
    });
  }

  it('whole tables, set one after the other: none lost of what all of them have, and salvos go back and forth', async () => {
    const [kept, moved] = ['239.10.20.52', '239.10.20.53'];
    await router.joinAll(kept, moved);
    const other = (n: number): object => ({ group: `239.12.0.${n}`, iif: 'tv3', oifs: ['tv2'] });
    const table = (n: number): object[] => [
      { group: moved, iif: 'camera', oifs: [n % 2 === 0 ? 'tv1' : 'tv2'] },
      ...Array.from({ length: 5 }, (_, i) => other(n + i)),
      { source: router.camera.ipv4, group: kept, iif: 'camera', oifs: ['tv1'] },
    ];
    await router.controller.set(table(0));
    const streams = await Promise.all([kept, moved].map((group) => router.camera.stream(group, { rate: RATE })));
    await router.tv1.waitFor(kept, 100);
    for (let n = 1; n <= FLIPS; n++) {
      const { previous } = await router.controller.set(table(n));
      if (n % 5 === 0) await router.controller.set((await router.controller.set(previous)).previous);
      await router.tv1.waitFor(kept, 100 + 20 * n);
    }
    const [sent = 0, moves = 0] = await Promise.all(streams.map((stream) => stream.stop()));
    await router.tv1.waitFor(kept, sent);
    const { received, lost, duplicated } = await router.tv1.count(kept, { sent });
    assert.deepEqual([received, lost, duplicated], [sent, 0, 0]);
    const [tv1 = 0, tv2 = 0] = await router.received(moved);
    checkReceived(tv1 + tv2, moves);
    assert.ok(tv1 > 0 && tv2 > 0);
  });

  it('all 32 interfaces of a table for others, and back: none lost of what stays', async () => {
    const [kept, moved] = ['239.10.20.54', '239.10.20.55'];
    await router.joinAll(kept);
    const names = (prefix: string): string[] => Array.from({ length: 30 }, (_, n) => `${prefix}${n}`);
    await router.lab.link(...names('a'), ...names('b'));
    const table = (others: readonly string[]): object[] => [
      { source: router.camera.ipv4, group: kept, iif: 'camera', oifs: ['tv1', ...others] },
      { group: moved, iif: others[0], oifs: others.slice(1) },
    ];
    await router.controller.set(table(names('a')));
    const stream = await router.camera.stream(kept, { rate: RATE });
    await router.tv1.waitFor(kept, 100);
    for (let n = 1; n <= FLIPS; n++) {
      const { message } = await router.controller.set(table(names(n % 2 === 0 ? 'a' : 'b')));
      assert.equal(message, 'Table set: 2 replaced.');
      await router.tv1.waitFor(kept, 100 + 20 * n);
    }
    await checkKept(router.tv1, kept, await stream.stop());
  });

  it('a hundred other routes come and go: none lost', async () => {
    const group = '239.10.20.51';
    await router.joinAll(group);
    await router.controller.add({ source: router.camera.ipv4, group, iif: 'camera', oifs: ['tv1'] });
    const stream = await router.camera.stream(group, { rate: RATE });
    await router.tv1.waitFor(group, 100);
    const others = Array.from({ length: 100 }, (_, i) => ({ group: `239.11.0.${i}`, iif: 'tv3', oifs: ['tv2'] }));
    await Promise.all(others.map((route) => router.controller.add(route)));
    await Promise.all(others.map((route) => router.controller.del({ group: route.group })));
    const sent = await stream.stop();
    await router.tv1.waitFor(group, sent);
    const { lost, duplicated } = await router.tv1.count(group, { sent });
    assert.deepEqual([lost, duplicated], [0, 0]);
  });
});

describe('VIF numbers', () => {
  let router: Router;
  let first: string;
  let second: string;
  let groups = 0;

  before(async () => {
    router = await Router.open();
  });
  beforeEach(async () => {
    // Groups of its own for each test: the kernel keeps packets without a route for 10 s.
    first = `239.10.30.${++groups}`;
    second = `239.10.30.${++groups}`;
    await router.joinAll(first, second);
  });
  afterEach(() => router.clear());
  after(() => router.close());

  it('a number that is handed out again never revives an old route', async () => {
    const source = router.camera.ipv4;
    await router.controller.add({ source, group: first, iif: 'camera', oifs: ['tv1'] });
    const before = (await router.controller.state({})).vif_map.tv1?.vifi;
    await router.controller.del({ source, group: first });
    await router.controller.add({ source, group: second, iif: 'camera', oifs: ['tv2'] });
    assert.equal((await router.controller.state({})).vif_map.tv2?.vifi, before);
    await router.camera.send(first, { count: 10 });
    await router.camera.send(second, { count: 10 });
    await router.tv2.waitFor(second, 10);
    assert.deepEqual(await router.received(first), [0, 0, 0]);
    assert.deepEqual(await router.received(second), [0, 10, 0]);
  });

  it('a replaced route gives its old output up before the number goes to another interface', async () => {
    const source = router.camera.ipv4;
    await router.controller.add({ source, group: first, iif: 'camera', oifs: ['tv1'] });
    await router.controller.add([
      { source, group: first, iif: 'camera', oifs: ['tv2'] },
      { source, group: second, iif: 'camera', oifs: ['tv3'] },
    ]);
    await router.camera.send(first, { count: 10 });
    await router.camera.send(second, { count: 10 });
    await router.tv3.waitFor(second, 10);
    assert.deepEqual(await router.received(first), [0, 10, 0]);
    assert.deepEqual(await router.received(second), [0, 0, 10]);
  });

  it('an interface that was deleted and made again: the route forwards to it again by itself', async () => {
    const source = router.camera.ipv4;
    const route = { source, group: first, iif: 'camera', oifs: ['tv1', 'tv2'] };
    await router.controller.add(route);
    await router.lab.unlink('tv2');
    const degraded = await router.controller.state({ group: first });
    assert.equal(degraded.mfc_rules[0]?.state, 'degraded');
    assert.match(degraded.mfc_rules[0]?.reason ?? '', /tv2/);
    await router.lab.connect(router.tv2);
    await router.tv2.join(first);
    await router.camera.send(first, { count: 10 });
    await router.tv2.waitFor(first, 10);
    assert.deepEqual(await router.received(first), [10, 10, 0]);
    assert.equal((await router.controller.state({ group: first })).mfc_rules[0]?.state, 'active');
  });

  it('a renamed interface keeps its routes, under the new name', async () => {
    await router.controller.add({ source: router.camera.ipv4, group: first, iif: 'camera', oifs: ['tv3'] });
    await router.lab.rename('tv3', 'lounge');
    const { vif_map, mfc_rules } = await router.controller.state({});
    assert.deepEqual(mfc_rules[0]?.oifs, ['lounge']);
    assert.equal(vif_map.lounge?.ref_count, 1);
    await router.camera.send(first, { count: 10 });
    await router.tv3.waitFor(first, 10);
    const again = await router.controller.add({
      source: router.camera.ipv4,
      group: first,
      iif: 'camera',
      oifs: 'lounge',
    });
    assert.equal(again.changed, false);
    await router.lab.rename('lounge', 'tv3');
  });
});

describe('a restart', () => {
  it('saved routes forward again as soon as the controller is open', async () => {
    const router = await Router.open();
    const group = '239.10.20.70';
    try {
      await router.joinAll(group);
      await router.controller.add({ source: router.camera.ipv4, group, iif: 'camera', oifs: ['tv1'] });
      await router.controller.close();
      await router.camera.send(group, { count: 5 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
      router.controller = router.reopen();
      await router.controller.open();
      await router.camera.send(group, { count: 10 });
      await router.tv1.waitFor(group, 10);
      assert.deepEqual(await router.received(group), [10, 0, 0]);
    } finally {
      await router.close();
    }
  });
});
