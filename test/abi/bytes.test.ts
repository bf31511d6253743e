// The encoders write the bytes that a C program writes, over whatever the buffer held before. compiler.check.ts asks the compiler itself.

import { deepEqual, equal } from 'node:assert/strict';
import { RECORDED_LONG, recordedBytes } from './recorded-bytes';
import { BUFFER_SIZE, samples } from './samples';

describe('abi: bytes', () => {
  it('were recorded for every sample', () => {
    deepEqual(
      Object.keys(recordedBytes),
      samples.map(({ name }) => name),
    );
  });

  for (const { name, encode } of samples) {
    it(`of ${name} are those of C`, () => {
      const expected = recordedBytes[name] ?? '';
      const bytes = Buffer.alloc(BUFFER_SIZE, 0xff);
      encode(bytes, RECORDED_LONG);
      equal(bytes.toString('hex', 0, expected.length / 2), expected);
    });
  }
});
