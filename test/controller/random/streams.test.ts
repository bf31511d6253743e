// Random streams, hosts and leases beside random messages and failures. A failure prints its seed.

import { deepEqual, ok } from 'node:assert/strict';
import { Random, SEED } from '../../lab/random';
import { Bench } from '../bench';
import { StreamChaos } from './stream-chaos';

const STEPS = 200;

describe('controller: random streams', () => {
  for (let n = 0; n < 3; n++) {
    const seed = SEED + n;
    it(`leave the fake kernel, the registry, the state and the file the same (seed ${seed})`, async () => {
      const bench = await Bench.open();
      const chaos = new StreamChaos(bench, new Random(seed));
      let learnt = 0;
      try {
        for (let step = 0; step < STEPS; step++) {
          await chaos.step();
          learnt += (await bench.controller.state({})).mfc_rules.filter((rule) => rule.learnt === true).length;
        }
      } finally {
        await bench.close();
      }
      deepEqual(bench.kernel.snapshot(), {});
      chaos.things.check();
      ok(learnt > STEPS, `${learnt} learnt entries were seen`);
    });
  }
});
