// Required into Node-RED: a disk that is slow to read. What Node-RED reads while flows start takes longer than to save the next ones.

import fs = require('node:fs');

import { Random, SEED } from '../lab/random';

const SLOWEST_MS = 40;
const { readFile } = fs;
const random = new Random(SEED);

Object.assign(fs, {
  readFile: (...args: unknown[]) => {
    setTimeout(() => Reflect.apply(readFile, fs, args), random.below(SLOWEST_MS));
  },
});
