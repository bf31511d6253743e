// Random lives of controllers: deploys that overtake each other on a disk that is slow and fails. A failure prints its seed.

import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { linux } from '../../../src/kernel/linux';
import { FakeKernel } from '../../fake/kernel';
import { allHolders } from '../../keep/holders';
import { isFree } from '../../kernel/free-table';
import { Lab } from '../../lab/lab';
import { Random, SEED } from '../../lab/random';
import { until } from '../../lab/until';
import { Lives, type LivesOptions } from './lives';
import { Timers } from './timers';

const STEPS = 60;
const descriptors = (): number => readdirSync('/proc/self/fd').length;

async function live(seed: number, options: LivesOptions, counts: Map<string, number>): Promise<void> {
  const before = descriptors();
  const timers = new Timers();
  const lives = await Lives.open(new Random(seed), options);
  try {
    for (let step = 0; step < STEPS; step++) await lives.step();
    await lives.settle();
  } catch (error) {
    throw new Error(`with seed ${seed}`, { cause: error });
  } finally {
    await lives.close();
  }
  await until(
    () => descriptors() === before,
    () => `${descriptors()} files are open, ${before} were.`,
  );
  await until(
    () => timers.made.length === 0,
    () => `No timers should wait with seed ${seed}: ${timers.made}`,
  );
  timers.close();
  for (const { answer = '' } of lives.asked) counts.set(answer, (counts.get(answer) ?? 0) + 1);
}

describe('controller: random lives', () => {
  const counts = new Map<string, number>();

  for (let n = 0; n < 20; n++) {
    const seed = SEED + n;
    it(`leave one that opens and has what was answered, and then nothing (seed ${seed})`, async () => {
      const kernel = new FakeKernel('in1', 'out1');
      await live(seed, { kernel, keeps: false }, counts);
      deepEqual(kernel.snapshot(), {});
    });
  }

  it(`have met messages that were done and messages that came too late (seed ${SEED})`, () => {
    for (const what of ['success', 'ERR_MFC_NOT_OPEN'])
      ok(counts.has(what), `${what} among ${Array.from(counts.keys())}`);
  });
});

describe('controller: random lives whose sockets another process keeps', () => {
  let lab: Lab;

  before(async () => {
    lab = await Lab.open();
    await lab.link('in1', 'out1');
    linux.listLinkNames().map((name) => linux.findLink(name)); // opens what stays open
  });
  after(() => lab.close());

  for (let n = 0; n < 4; n++) {
    const seed = SEED + n;
    it(`leave one that opens and has what was answered, and then nothing (seed ${seed})`, async () => {
      await live(seed, { kernel: linux, keeps: true }, new Map());
      await until(() => isFree() && isFree(100), 'nobody should own the tables');
      await until(() => allHolders().length === 0, 'no holder should be left');
    });
  }
});
