// node dist/test/abi/record.js COMPILER — prints the layouts that a compiler gives the kernel's structs, for recorded-layouts.ts.
// node dist/test/abi/record.js — prints the bytes of the samples as the C compiler of this machine fills them, for recorded-bytes.ts.

import { compileLayouts, fill } from './compile';
import { samples } from './samples';

const [compiler] = process.argv.slice(2);
const bytes = () =>
  Object.fromEntries(samples.map((one) => [one.name, fill(one.type, one.fill, one.read).toString('hex')]));
console.log(JSON.stringify(compiler === undefined ? bytes() : compileLayouts(compiler), undefined, 2));
