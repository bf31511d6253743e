// Random messages of all kinds, with guard rails, streams, hosts and interfaces that come and go. A failure prints its seed.

import { deepEqual, ok } from 'node:assert/strict';
import { Random, SEED } from '../../lab/random';
import { Bench } from '../bench';
import { MessageChaos } from './message-chaos';

const STEPS = 200;

describe('controller: random messages of all kinds', () => {
  const counts = new Map<string, number>();
  let missed: readonly string[] = ['all'];

  for (let n = 0; n < 4; n++) {
    const seed = SEED + n;
    it(`come to what a plain model says (seed ${seed})`, async () => {
      const bench = await Bench.open();
      const chaos = new MessageChaos(bench, new Random(seed), counts);
      try {
        await chaos.open();
        for (let step = 0; step < STEPS; step++) await chaos.step();
      } catch (error) {
        throw new Error(`with seed ${seed}`, { cause: error });
      } finally {
        await bench.close();
      }
      deepEqual(bench.kernel.snapshot(), {});
      missed = chaos.things.missed;
    });
  }

  it(`have met all that may happen (seed ${SEED})`, () => {
    deepEqual(missed, []);
    for (const what of ['answered', 'failed', 'recalled'])
      ok((counts.get(what) ?? 0) > 10, `${counts.get(what)} ${what}`);
  });
});
