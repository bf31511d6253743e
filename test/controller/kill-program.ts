// node dist/test/controller/kill-program.js FILE — adds routes as fast as it can, four messages at a time, and prints the number of each one
// that was answered, until it is killed. On a fake kernel: this is about the file.

import { writeSync } from 'node:fs';
import { Controller } from '../../src/controller/controller';
import { FakeKernel } from '../fake/kernel';

const [stateFile = ''] = process.argv.slice(2);
const controller = new Controller({ stateFile, kernel: new FakeKernel('eth1', 'eth2') });
let next = 0;

async function addForever(): Promise<void> {
  for (;;) {
    const n = next++;
    await controller.add({
      source: `10.0.${n >> 8}.${n & 255}`,
      group: '239.1.1.1',
      iif: 'eth1',
      oifs: ['eth2'],
      label: `${n}`,
    });
    writeSync(1, `${n}\n`);
  }
}

for (let i = 0; i < 4; i++) void addForever();
