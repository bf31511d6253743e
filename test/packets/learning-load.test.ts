/**
 * Routes that learn, changed and deleted while hundreds of streams come in.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { linux } from '../../src/kernel/linux';
import { until } from '../lab/until';
import { Router } from './router';

const STREAMS = 300;
/** Packets of each stream. */
const EACH = 30;
const RATE = 6_000;
const CHANGES = 10;
const PREFIX = '239.1.0.0/16';
const sources = Array.from({ length: STREAMS }, (_, i) => `10.9.${i >> 8}.${i & 255}`);

describe('learning under load', function learningUnderLoad() {
  this.timeout(60_000);
  let router: Router;
  beforeEach(async () => {
    router = await Router.open();
  });
  afterEach(() => router.close());

  const template = (...oifs: string[]) => ({ group: PREFIX, iif: 'camera', oifs });
  /** A burst that lasts for a second and a half. */
  const load = (group: string) => router.camera.burst([group], { count: STREAMS * EACH, sources, rate: RATE });
  const learnt = async () => (await router.controller.state({})).mfc_rules.filter((rule) => rule.learnt);
  const inKernel = () => Array.from(linux.listEntries(4, undefined)).flat().length;

  it(`loses nothing where the route stays as it was, while other outputs come and go ${CHANGES} times`, async () => {
    const { controller, tv1 } = router;
    await controller.add(template('tv1', 'tv2'));
    await tv1.capture(4, STREAMS * EACH);
    const sent = load('239.1.1.1');
    for (let i = 0; i < CHANGES; i++) {
      const streams = Math.floor((STREAMS * i) / CHANGES);
      await until(async () => (await learnt()).length >= streams, `${streams} streams should be learnt`);
      await controller.add(template('tv1', i % 2 === 0 ? 'tv3' : 'tv2'));
    }
    equal(await sent, STREAMS * EACH);
    await tv1.settle();
    deepEqual(await tv1.captured(), { packets: STREAMS * EACH, streams: STREAMS, dropped: 0 });
    const outputs = (await learnt()).map(({ oifs }) => oifs.join(' '));
    deepEqual([outputs.length, ...new Set(outputs)], [STREAMS, 'tv1 tv2']);
  });

  it('takes all entries out with the route, and all streams in again with the next', async () => {
    const { controller, tv1, tv2 } = router;
    await controller.add(template('tv1'));
    const sent = load('239.1.1.2');
    await until(async () => (await learnt()).length === STREAMS, 'all streams should be learnt');
    await controller.del({ group: PREFIX });
    deepEqual([(await learnt()).length, inKernel()], [0, 0]);
    await tv2.capture(4, STREAMS * EACH);
    await controller.add(template('tv2'));
    await sent;
    await until(async () => (await tv2.captured()).streams === STREAMS, 'all streams should be back');
    await tv1.settle();
    const outputs = (await learnt()).map(({ oifs }) => oifs.join(' '));
    deepEqual([outputs.length, ...new Set(outputs)], [STREAMS, 'tv2']);
  });
});
