// The order of steps, at every point of random plans: an entry in the kernel names only VIFs that are there, and every one is, at all
// times, as it was before the plan or as it will be after.

import { deepEqual, ok } from 'node:assert/strict';
import type { Plan } from '../../src/routing/plan';
import { formatRoute } from '../../src/routing/route';
import { Model } from '../controller/random/model';
import { Random, SEED } from '../lab/random';
import { checkSteps, everyForwarding, runWatched } from './watched';
import { Ground } from './world';

const LINKS = ['eth1', 'eth2', 'eth3', 'eth4', 'eth5'];

function randomPlan(ground: Ground, model: Model, random: Random): Plan | undefined {
  const message = model.message(random, LINKS);
  try {
    const plan = message.verb === 'add' ? ground.planAdd(...message.payload) : ground.planDel(...message.payload);
    model.apply(message);
    return plan;
  } catch {
    return undefined;
  }
}

describe('routing: the order of steps', () => {
  it(`keeps every route whole at every step of 2,000 random plans (seed ${SEED})`, () => {
    const random = new Random(SEED);
    const ground = new Ground(...LINKS);
    const model = new Model();
    let plans = 0;
    let steps = 0;
    for (let n = 0; n < 2000; n++) {
      const before = everyForwarding(ground);
      const plan = randomPlan(ground, model, random);
      if (plan === undefined) continue;
      const seen = runWatched(ground, plan);
      const after = everyForwarding(ground);
      plans++;
      steps += seen.length;
      checkSteps(before, seen, after, `seed ${SEED}, plan ${n}`);
      deepEqual(Object.keys(after).sort(), Array.from(ground.table.list(), ({ route }) => formatRoute(route)).sort());
    }
    ok(plans > 500 && steps > 2000, `${plans} plans with ${steps} steps`);
  });
});
