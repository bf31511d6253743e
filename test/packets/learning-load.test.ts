/**
 * Routes that learn, changed and deleted while hundreds of streams come in.
 */
import { deepEqual } from 'node:assert/strict';
import { linux } from '../../src/kernel/linux';
import { until } from '../lab/until';
import { Router } from './router';

const STREAMS = 300;
/** Packets of each stream in a burst. */
const EACH = 10;
const RATE = 6_000;
/** So many packets of a stream the kernel keeps until it is learnt, however long that takes. */
const KEPT = 3;
const CHANGES = 10;
const PREFIX = '239.1.0.0/16';
const sources = Array.from({ length: STREAMS }, (_, i) => `10.9.${i >> 8}.${i & 255}`);

describe('learning under load', () => {
  let router: Router;
  beforeEach(async () => {
    router = await Router.open();
  });
  afterEach(() => router.close());

  const template = (...oifs: string[]) => ({ group: PREFIX, iif: 'camera', oifs });
  const burst = (group: string, some: readonly string[], each: number) =>
    some.length === 0 ? 0 : router.camera.burst([group], { count: some.length * each, sources: some, rate: RATE });
  const learnt = async () => (await router.controller.state({})).mfc_rules.filter((rule) => rule.learnt);
  const inKernel = () => Array.from(linux.listEntries(4, undefined)).flat().length;

  it(`loses nothing where the route stays as it was, while other outputs come and go ${CHANGES} times`, async () => {
    const { controller, tv1 } = router;
    const group = '239.1.1.1';
    const NEW = STREAMS / CHANGES;
    await controller.add(template('tv1', 'tv2'));
    await tv1.capture(4, STREAMS * (KEPT + (EACH * CHANGES) / 2));
    let packets = 0;
    for (let i = 0; i < CHANGES; i++) {
      // Some streams begin, and those that were learnt before go on.
      const streams = NEW * (i + 1);
      const old = burst(group, sources.slice(0, NEW * i), EACH);
      const begun = burst(group, sources.slice(NEW * i, streams), KEPT);
      await controller.add(template('tv1', i % 2 === 0 ? 'tv3' : 'tv2'));
      packets += (await old) + (await begun);
      await until(async () => (await learnt()).length === streams, `${streams} streams should be learnt`);
    }
    await tv1.settle();
    deepEqual(await tv1.captured(), { packets, streams: STREAMS, dropped: 0 });
    const outputs = (await learnt()).map(({ oifs }) => oifs.join(' '));
    deepEqual([outputs.length, ...new Set(outputs)], [STREAMS, 'tv1 tv2']);
  });

  it('takes all entries out with the route, and all streams in again with the next', async () => {
    const { controller, tv1, tv2 } = router;
    await controller.add(template('tv1'));
    const group = '239.1.1.2';
    const before = burst(group, sources, EACH);
    await until(async () => (await learnt()).length === STREAMS, 'all streams should be learnt');
    await controller.del({ group: PREFIX });
    deepEqual([(await learnt()).length, inKernel()], [0, 0]);
    await tv2.capture(4, 2 * STREAMS * EACH);
    const after = burst(group, sources, EACH);
    await controller.add(template('tv2'));
    await Promise.all([before, after]);
    await until(async () => (await tv2.captured()).streams === STREAMS, 'all streams should be back');
    await tv1.settle();
    const outputs = (await learnt()).map(({ oifs }) => oifs.join(' '));
    deepEqual([outputs.length, ...new Set(outputs)], [STREAMS, 'tv2']);
  });
});
