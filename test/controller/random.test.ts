// Random messages with random failures: after each, the kernel, the registry, the file and the answer of state are what a plain model says.
//
// On the fake kernel, which fails, with interfaces that come and go and a disk that breaks; and on the real one. A failure prints its seed.

import { deepEqual, equal } from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangeAnswer, StateAnswer } from '../../src/controller/answers';
import { Controller } from '../../src/controller/controller';
import type { Rule } from '../../src/routing/route';
import { visible } from '../fake/table';
import { readProc } from '../kernel/proc';
import { hasIPv6 } from '../lab/ip';
import { Lab } from '../lab/lab';
import { Bench, LINKS } from './bench';
import { checkConsistent } from './consistent';
import { Model, Random, sorted } from './random';

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

/** Sends a random message; whatever makes it fail, the model stays. Undefined if it failed. */
async function send(
  controller: Controller,
  model: Model,
  random: Random,
  links: readonly string[],
): Promise<ChangeAnswer | undefined> {
  const message = model.message(random, links);
  try {
    const answer = await controller[message.verb](message.payload);
    model.apply(message);
    return answer;
  } catch {
    return undefined;
  }
}

class Chaos {
  private readonly model = new Model();
  private readonly links = [...LINKS];
  private names = 0;
  /** A new name of an interface is saved without a message. */
  private isSaved = true;
  failures = 0;

  constructor(
    private readonly bench: Bench,
    private readonly random: Random,
  ) {}

  async step(): Promise<void> {
    const { random, bench, links } = this;
    const broken = random.chance(8);
    if (broken) await bench.breakDisk();
    else if (random.chance(40)) bench.kernel.failAt(1 + random.below(8)); // not both: a step back may not fail
    await this.send(links);
    if (broken) await bench.mendDisk();
    bench.kernel.recover();
    if (random.chance(10)) this.rename();
    await this.check();
    if (random.chance(10)) await this.remake();
  }

  private rename(): void {
    const at = this.random.below(this.links.length);
    const from = this.links[at] ?? '';
    const to = `link${++this.names}`;
    this.bench.kernel.renameLink(from, to);
    this.links[at] = to;
    this.model.rename(from, to);
    this.isSaved = false;
  }

  private async send(links: readonly string[]): Promise<void> {
    const answer = await send(this.bench.controller, this.model, this.random, links);
    if (answer === undefined) this.failures++;
  }

  /** An interface is deleted, or two are; routes change without them; they are made again, and all is whole by itself. */
  private async remake(): Promise<void> {
    const { random, bench } = this;
    const gone = random.some(this.links).slice(0, 2);
    for (const name of gone) bench.kernel.delLink(name);
    const others = this.links.filter((link) => !gone.includes(link));
    for (let n = random.below(5); n > 0; n--) await this.send(others);
    await this.check(gone);
    for (const name of gone) bench.kernel.addLink(name);
    await this.check();
  }

  /** A route that is there already changes nothing, and its answer waits for what is on its way to the disk. */
  private async untilSaved(): Promise<void> {
    const [rule] = this.model.rules.values();
    if (rule !== undefined) equal((await this.bench.controller.add(rule)).changed, false);
    this.isSaved = true;
  }

  private async check(lost: readonly string[] = []): Promise<void> {
    const { state } = await this.bench.observe();
    checkConsistent(
      state,
      (version) => {
        const table = this.bench.kernel.table(version);
        return table && visible(table);
      },
      (name) => lost.includes(name),
    );
    if (!this.isSaved) await this.untilSaved();
    checkRules(this.model, state, await this.bench.savedRules());
    deepEqual(this.bench.warnings, []);
  }
}

describe('controller: random messages', () => {
  for (let n = 0; n < 5; n++) {
    const seed = (Date.now() + n * 7919) % 1_000_000;
    it(`keep the fake kernel, the registry, the state and the file the same (seed ${seed})`, async () => {
      await withSeed(seed, async (random) => {
        const bench = await Bench.open();
        const chaos = new Chaos(bench, random);
        for (let step = 0; step < 200; step++) await chaos.step();
        equal(chaos.failures > 20 && chaos.failures < 180, true, `${chaos.failures} failures`);
        await bench.close();
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

  const seed = Date.now() % 1_000_000;
  it(`500 of them leave in the kernel and the file what the state says (seed ${seed})`, async () => {
    await withSeed(seed, async (random) => {
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
