// The order of steps, at every point of random plans: an entry in the kernel names only VIFs that are there, and every one is, at all
// times, as it was before the plan or as it will be after.

import { deepEqual, ok } from 'node:assert/strict';
import type { Operation } from '../../src/routing/operation';
import type { Plan } from '../../src/routing/plan';
import { formatRoute } from '../../src/routing/route';
import { Model, Random } from '../controller/random';
import type { TableSnapshot } from '../fake/table';
import { Ground } from './world';

const LINKS = ['eth1', 'eth2', 'eth3', 'eth4', 'eth5'];

/** Entries with interface indices in the place of VIF numbers: what a packet would see. */
function forwarding({ vifs, entries }: TableSnapshot): Record<string, string> {
  const linkOf = (vifi: number): number => vifs[vifi] ?? -1;
  return Object.fromEntries(
    Object.entries(entries).map(([key, { parent, outputs }]) => {
      const links = Object.entries(outputs).map(([vifi, threshold]) => `${linkOf(Number(vifi))}>${threshold}`);
      return [key, `${linkOf(parent)} → ${links.sort().join(' ')}`];
    }),
  );
}

function tables(ground: Ground): TableSnapshot[] {
  return ([4, 6] as const).map((version) => ground.kernel.table(version) ?? { vifs: {}, entries: {} });
}

function everyForwarding(ground: Ground): Record<string, string> {
  return Object.assign({}, ...tables(ground).map(forwarding));
}

/** No VIF of an entry is missing. */
function checkWhole(ground: Ground, step: Operation): void {
  for (const { vifs, entries } of tables(ground)) {
    for (const [key, { parent, outputs }] of Object.entries(entries)) {
      const named = [parent, ...Object.keys(outputs).map(Number)];
      ok(
        named.every((vifi) => vifi in vifs),
        `${key} names a VIF that is not there, after ${JSON.stringify(step)}`,
      );
    }
  }
}

/** Runs the plan and answers what a packet would have seen after each step. */
function runWatched(ground: Ground, plan: Plan): Record<string, string>[] {
  const seen: Record<string, string>[] = [];
  ground.run(plan, (step) => {
    checkWhole(ground, step);
    seen.push(everyForwarding(ground));
  });
  return seen;
}

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
  const seed = Date.now() % 1_000_000;
  it(`keeps every route whole at every step of 2,000 random plans (seed ${seed})`, () => {
    const random = new Random(seed);
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
      for (const at of seen) {
        for (const key of new Set([...Object.keys(before), ...Object.keys(at), ...Object.keys(after)])) {
          ok(at[key] === before[key] || at[key] === after[key], `${key} is ${at[key]}, seed ${seed}, plan ${n}`);
        }
      }
      deepEqual(Object.keys(after).sort(), Array.from(ground.table.list(), ({ route }) => formatRoute(route)).sort());
    }
    ok(plans > 500 && steps > 2000, `${plans} plans with ${steps} steps`);
  });
});
