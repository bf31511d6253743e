/**
 * Routes that learn, with real packets: prefixes, patterns, exceptions, and entries that follow, move and go.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { Told } from '../controller/told';
import { until } from '../lab/until';
import { checkKept } from './rewrites';
import { Router } from './router';

/** The kernel keeps four packets of a new stream while it waits for the answer. */
const COUNT = 3;
const RATE = 1000;

interface Family {
  readonly name: string;
  readonly prefix: string;
  readonly narrow: string;
  readonly group: string;
  readonly inNarrow: string;
  readonly outside: string;
  source(router: Router): string;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'IPv4',
    prefix: '239.1.0.0/16',
    narrow: '239.1.2.0/24',
    group: '239.1.1.1',
    inNarrow: '239.1.2.1',
    outside: '239.2.1.1',
    source: ({ camera }) => camera.ipv4,
  },
  {
    name: 'IPv6',
    prefix: 'ff15:1::/32',
    narrow: 'ff15:1:2::/48',
    group: 'ff15:1::1',
    inNarrow: 'ff15:1:2::1',
    outside: 'ff15:2::1',
    source: ({ camera }) => camera.ipv6,
  },
];

for (const { name, prefix, narrow, group, inNarrow, outside, source } of FAMILIES) {
  describe(`learning, ${name}`, () => {
    let router: Router;
    before(async () => {
      router = await Router.open();
      await router.joinAll(group, inNarrow, outside);
    });
    after(() => router.close());
    afterEach(async () => {
      await router.clear();
      for (const tv of router.receivers) await tv.reset();
    });

    const learnt = async (): Promise<string[]> => {
      const { mfc_rules } = await router.controller.state({});
      return mfc_rules
        .filter((rule) => rule.learnt)
        .map((rule) => `${rule.group} ${rule.iif} > ${rule.oifs.join(' ')}`);
    };

    it('forwards each stream of a prefix from its first packet, and no other', async () => {
      await router.controller.add({ group: prefix, iif: 'camera', oifs: ['tv1', 'tv2'] });
      for (const one of [group, inNarrow, outside]) await router.camera.send(one, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      await router.tv1.waitFor(inNarrow, COUNT);
      deepEqual(await router.received(group), [COUNT, COUNT, 0]);
      deepEqual(await router.received(inNarrow), [COUNT, COUNT, 0]);
      deepEqual(await router.received(outside), [0, 0, 0]);
      deepEqual(await learnt(), [`${group} camera > tv1 tv2`, `${inNarrow} camera > tv1 tv2`]);
      const [template] = (await router.controller.state({ group: prefix })).mfc_rules;
      deepEqual([template?.state, template?.streams, template?.packets], ['active', 2, 2 * COUNT]);
    });

    it('takes any interface, and sends nothing back', async () => {
      await router.controller.add({ group, oifs: ['tv1', 'camera'] });
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      deepEqual(await learnt(), [`${group} camera > tv1`]);
    });

    it('takes interfaces by pattern', async () => {
      await router.controller.add({ group: prefix, iif: 'cam+', oifs: ['tv1'] });
      await router.tv3.send(group, { count: COUNT, rate: RATE });
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      deepEqual(await learnt(), [`${group} camera > tv1`]);
    });

    it('takes the longest prefix, except for what is excluded', async () => {
      await router.controller.add([
        { group: prefix, iif: 'camera', oifs: ['tv1'] },
        { group: narrow, iif: 'camera', oifs: ['tv2'] },
      ]);
      for (const one of [group, inNarrow]) await router.camera.send(one, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      await router.tv2.waitFor(inNarrow, COUNT);
      deepEqual(await router.received(inNarrow), [0, COUNT, 0]);
      await router.controller.add({ group: narrow, iif: 'camera', oifs: ['tv2'], exclude: [source(router)] });
      deepEqual(await learnt(), [`${group} camera > tv1`, `${inNarrow} camera > tv1`]);
    });

    it('knows sources by prefix', async () => {
      const [network] = source(router).split(/[.:]+2$/);
      const mask = name === 'IPv4' ? `${network}.0/24` : `${network}::/64`;
      await router.controller.add({ source: mask, group, iif: 'camera', oifs: ['tv1'] });
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      equal((await learnt()).length, 1);
    });

    it('follows changes of the route under a running stream: none lost', async () => {
      await router.controller.add({ group: prefix, iif: 'camera', oifs: ['tv1'] });
      const first = await router.camera.send(group, { count: 1 });
      await router.tv1.waitFor(group, first);
      const stream = await router.camera.stream(group, { rate: 1000 });
      await router.tv1.waitFor(group, 100);
      await router.controller.add({ group: prefix, iif: 'camera', oifs: ['tv1', 'tv3'] });
      await router.tv3.waitFor(group, 100);
      await router.controller.add({ source: source(router), group, iif: 'camera', oifs: ['tv1', 'tv2'] });
      await router.tv2.waitFor(group, 100);
      const sent = first + (await stream.stop());
      await checkKept(router.tv1, group, sent);
      // Without its own route the stream is learnt again, and what the kernel keeps until then comes too.
      const { received } = await router.tv3.count(group);
      await router.controller.del({ source: source(router), group });
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, sent + COUNT);
      await router.tv3.waitFor(group, received + COUNT);
      await router.controller.del({ group: prefix });
      deepEqual(await learnt(), []);
    });

    it('sends a stream that nobody wanted yet, as soon as a route takes it', async () => {
      await router.camera.send(group, { count: 2, rate: RATE });
      await router.controller.add({ group: narrow, iif: 'tv3', oifs: ['tv1'] }); // the camera has no VIF
      await router.controller.add({ group: outside, iif: 'camera', oifs: ['tv2'] });
      await router.camera.send(group, { count: 2, rate: RATE });
      await router.controller.add({ group: prefix, iif: 'camera', oifs: ['tv1'] });
      await router.tv1.waitFor(group, 2);
    });

    it('forgets a stream that has stopped', async () => {
      const told = new Told(router.controller, { group, events: ['route_added', 'route_removed'] });
      await router.controller.add({ group: prefix, iif: 'camera', oifs: ['tv1'], idle_timeout: 0.2 });
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      await told.untilTold(`route_added ${group} active`, `route_removed ${group} expired`);
      told.subscription.end();
      deepEqual(await learnt(), []);
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, 2 * COUNT);
    });

    it('sends what is not wanted nowhere', async () => {
      await router.controller.add([
        { group: prefix, iif: 'camera', oifs: ['tv1'] },
        { group: narrow, iif: 'camera', oifs: [], stop_filter: true },
      ]);
      for (const one of [inNarrow, group]) await router.camera.send(one, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      deepEqual(await router.received(inNarrow), [0, 0, 0]);
      deepEqual(await learnt(), [`${inNarrow} camera > `, `${group} camera > tv1`]);
    });

    it('does without an interface that is lost, and takes it when it is back', async () => {
      await router.lab.link('eth7');
      await router.controller.add({ group: prefix, iif: 'camera', oifs: ['tv1', 'eth7'] });
      await router.camera.send(group, { count: COUNT, rate: RATE });
      await router.tv1.waitFor(group, COUNT);
      await router.lab.unlink('eth7');
      await until(async () => (await learnt()).join() === `${group} camera > tv1`, 'the output goes');
      await router.lab.link('eth7');
      await until(async () => (await learnt()).join() === `${group} camera > tv1 eth7`, 'the output is back');
      const { mfc_rules } = await router.controller.state({ group: prefix });
      ok(mfc_rules.every(({ state }) => state === 'active'));
    });
  });
}
