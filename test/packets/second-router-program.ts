/**
 * node second-router-program.js ROUTES: routes in this network namespace by ROUTES, a JSON array, until its input ends. Says when it does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';

async function main(routes: unknown): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mfc-second-'));
  const controller = new Controller({ stateFile: join(directory, 'state.json') });
  await controller.open();
  await controller.add(routes);
  process.stdin.resume().on('end', async () => {
    await controller.close();
    rmSync(directory, { recursive: true });
  });
  console.log('It routes.');
}

void main(JSON.parse(process.argv[2] ?? '[]'));
