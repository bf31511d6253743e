// Random messages with random failures: after each, the kernel, the registry, the file and the answer of state are what a plain model says.
//
// On the fake kernel, with all that may happen (chaos.ts), and on the real one. A failure prints its seed.

import { deepEqual } from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateAnswer } from '../../../src/controller/answers';
import { Controller } from '../../../src/controller/controller';
import type { Rule } from '../../../src/routing/route';
import { readProc } from '../../kernel/proc';
import { hasIPv6 } from '../../lab/ip';
import { Lab } from '../../lab/lab';
import { Random, SEED } from '../../lab/random';
import { Bench } from '../bench';
import { checkConsistent } from '../consistent';
import { Chaos } from './chaos';
import { Model, send, sorted } from './model';

const STEPS = 200;

function checkRules(model: Model, state: StateAnswer, saved: Rule[]): void {
  deepEqual(sorted(state.mfc_rules), sorted(model.rules.values()));
  deepEqual(sorted(saved), sorted(model.rules.values()));
}

async function withSeed(seed: number, run: (random: Random) => Promise<void>): Promise<void> {
  try {
    await run(new Random(seed));
  } catch (error) {
    throw new Error(`with seed ${seed}`, { cause: error });
  }
}

describe('controller: random messages', () => {
  for (let n = 0; n < 5; n++) {
    const seed = SEED + n;
    it(`keep the fake kernel, the registry, the state and the file the same (seed ${seed})`, async () => {
      await withSeed(seed, async (random) => {
        const bench = await Bench.open();
        const chaos = new Chaos(bench, new Model(), random);
        try {
          for (let step = 0; step < STEPS; step++) await chaos.step();
          chaos.end();
        } finally {
          await bench.close();
        }
        deepEqual(bench.kernel.snapshot(), {});
        chaos.things.check();
      });
    });
  }
});

describe('controller: random messages on Linux', () => {
  let lab: Lab;
  let folder: string;
  const links = ['eth1', 'eth2', 'eth3', 'eth4', 'eth5', 'eth6'];
  before(async () => {
    lab = await Lab.open();
    await lab.link(...links);
    folder = await mkdtemp(join(tmpdir(), 'mfc-controller-'));
  });
  after(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  it(`500 of them leave in the kernel and the file what the state says (seed ${SEED})`, async () => {
    await withSeed(SEED, async (random) => {
      const stateFile = join(folder, 'state.json');
      const controller = new Controller({ stateFile });
      await controller.open();
      const model = new Model();
      try {
        for (let step = 0; step < 500; step++) {
          await send(controller, model, random, links);
          const state = await controller.state({});
          checkConsistent(state, (version) => (version === 4 || hasIPv6 ? readProc(version) : undefined));
          if (step === 0 && model.rules.size === 0) continue;
          const saved = JSON.parse(await readFile(stateFile, 'utf8').catch(() => '{"mfc_rules":[]}')) as {
            mfc_rules: Rule[];
          };
          checkRules(model, state, saved.mfc_rules);
        }
      } finally {
        await controller.close();
      }
    });
  });
});
