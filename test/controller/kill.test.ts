// kill -9 at any moment: the file is whole, is for its user only, and has every route that was answered.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Controller } from '../../src/controller/controller';
import { FakeKernel } from '../fake/kernel';
import { until } from '../lab/until';

const ROUNDS = 200;
const AT_ONCE = 4;
/** Some saves take place in this time; the kill comes at a random moment of it. */
const WINDOW_MS = 30;
/** So long a program may take to start on a busy machine. */
const START_MS = 60_000;

interface Saved {
  version: number;
  mfc_rules: { label: string }[];
}

/** Lets the program add routes, kills it, and answers the routes that it was answered. */
async function addAndKill(stateFile: string): Promise<string[]> {
  const child = spawn(process.execPath, [join(__dirname, 'kill-program.js'), stateFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await until(() => output !== '', 'the program should add routes', START_MS);
  await pause(Math.random() * WINDOW_MS);
  child.kill('SIGKILL');
  await exit;
  return output.split('\n').slice(0, -1);
}

async function check(folder: string, stateFile: string, answered: readonly string[]): Promise<void> {
  const { version, mfc_rules } = JSON.parse(await readFile(stateFile, 'utf8')) as Saved;
  equal(version, 1);
  equal((await stat(stateFile)).mode & 0o777, 0o600);
  const saved = new Set(mfc_rules.map(({ label }) => label));
  deepEqual(
    answered.filter((label) => !saved.has(label)),
    [],
    'answered, and not in the file',
  );
  const warnings: Error[] = [];
  const controller = new Controller({ stateFile, kernel: new FakeKernel('eth1', 'eth2') });
  controller.on('warning', (warning) => warnings.push(warning));
  await controller.add({ source: '10.9.9.9', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2'] });
  equal(controller.status.routes, mfc_rules.length + 1);
  await controller.close();
  deepEqual(warnings, []);
  deepEqual(await readdir(folder), ['state.json'], 'what a killed save left behind is cleaned up by the next one');
}

describe('controller: killed', () => {
  it(`keeps the file whole, ${ROUNDS} times`, async function killed() {
    this.timeout(1_200_000);
    let answers = 0;
    for (let round = 0; round < ROUNDS; round += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const folder = await mkdtemp(join(tmpdir(), 'mfc-kill-'));
          const stateFile = join(folder, 'state.json');
          const answered = await addAndKill(stateFile);
          answers += answered.length;
          await check(folder, stateFile, answered);
          await rm(folder, { recursive: true });
        }),
      );
    }
    ok(answers >= ROUNDS, `${answers} answers`);
  });
});
