// Sizes and offsets are those of the C compilers for the machines that Node.js runs on. compiler.check.ts asks the one of this machine.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { recorded } from './recorded-layouts';
import { structs } from './structs';

describe('abi: layouts', () => {
  for (const { machine, long, layouts } of recorded) {
    for (const [name, layout] of Object.entries(structs(long))) {
      // One buffer for all machines: the kernel reads and writes what it knows of it.
      if (name === 'ifreq') continue;
      it(`are those of ${name} on ${machine}`, () => deepEqual(layout, layouts[name]));
    }

    it(`have room for ifreq on ${machine}`, () => {
      const { size = 0, ...offsets } = structs(long).ifreq ?? {};
      const { size: recordedSize = Infinity, ...recordedOffsets } = layouts.ifreq ?? {};
      deepEqual(offsets, recordedOffsets);
      ok(size >= recordedSize, `${size} bytes`);
    });
  }

  it('were recorded for machines with 8 and with 4 bytes in a long', () => {
    equal(new Set(recorded.map(({ long }) => long)).size, 2);
  });
});
