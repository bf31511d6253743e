// Deploys of all kinds at once and one after the other, with starts and stops of the flows among them, on a disk that is slow to read.

import { deepEqual } from 'node:assert/strict';
import { join } from 'node:path';
import type { DeployType } from '../lab/node-red-process';
import { Random, SEED } from '../lab/random';
import { until } from '../lab/until';
import { edited, FLOW, type FlowItem, without } from './flows';
import { Ground } from './ground';

/** What overtakes what is not the same in each. */
const ROUNDS = 6;
const STEPS = 60;
const KINDS: readonly DeployType[] = ['full', 'flows', 'nodes', 'reload'];
/** In all of them the controller stays. */
const FLOWS: readonly ((i: number) => readonly FlowItem[])[] = [
  () => FLOW,
  (i) => edited('add', { name: `No. ${i}` }),
  (i) => edited('routes', { name: `No. ${i}` }),
  () => edited('routes', { keepForwarding: true }),
  () => edited('routes', { meterInterval: '2' }),
  () => edited('routes', { meterInterval: '3' }),
  () => edited('routes', { keepForwarding: true, meterInterval: '2' }),
  () => edited('spare', { z: 'first' }),
  () => edited('second', { disabled: true }),
  () => without('spare'),
];

describe('streams over random deploys that overlap, on a disk that is slow to read', function overlaps() {
  this.timeout(600_000);
  const random = new Random(SEED);
  let ground: Ground;

  before(async () => {
    ground = await Ground.open(FLOW, { preload: join(__dirname, 'slow-reads.js') });
  });
  after(() => ground.close());

  const deploy = (i: number): Promise<unknown> => ground.red.sendFlow(random.pick(FLOWS)(i), random.pick(KINDS));
  const setState = (state: 'start' | 'stop'): Promise<unknown> => ground.red.post('/flows/state', { state });
  /** Whether the flows are there, and the controller answers. */
  async function answers(): Promise<boolean> {
    const url = `${ground.red.url}/state`;
    const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    return response?.status === 200;
  }

  for (let round = 1; round <= ROUNDS; round++) {
    it(`round ${round}: nothing is lost, nothing doubled, and one deploy more makes all what the flows say`, async () => {
      await ground.keepsFlowing(async () => {
        const steps: Promise<unknown>[] = [];
        for (let i = 0; i < STEPS; i++) {
          steps.push(random.chance(90) ? deploy(i) : setState(random.pick(['start', 'stop'])));
          if (random.chance(5)) await Promise.all(steps.splice(0));
        }
        await Promise.all(steps);
        await setState('start');
        await ground.red.deploy(FLOW);
        await until(answers, () => `The flows should answer:\n${ground.red.log}`);
      });
      await ground.add(ground.group());
      const { mfc_rules } = await ground.state();
      deepEqual(mfc_rules.map(({ group }) => group).sort(), await ground.groups());
    });
  }
});
