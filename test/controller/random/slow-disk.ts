// A disk that takes its time, for each call another, and fails now and then: what is fast on one machine is slow on the next.

import fs = require('node:fs/promises');

import type { Random } from '../../lab/random';

const SLOWEST_MS = 30;
const CALLS = ['mkdir', 'open', 'readFile', 'rename'] as const;
const { mkdir, open, readFile, rename } = fs;
const real = { mkdir, open, readFile, rename };

export class SlowDisk {
  /** Of a hundred calls. */
  failures = 0;

  constructor(private readonly random: Random) {
    for (const name of CALLS) {
      Object.assign(fs, {
        [name]: (...args: unknown[]) => this.delay(name, () => Reflect.apply(real[name], fs, args)),
      });
    }
  }

  /** Calls take as long as they take from now on. */
  close(): void {
    Object.assign(fs, real);
  }

  private async delay<T>(name: string, call: () => Promise<T>): Promise<T> {
    const isBroken = this.random.chance(this.failures);
    const ms = this.random.chance(50) ? this.random.below(SLOWEST_MS) : 0;
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    if (isBroken) throw Object.assign(new Error(`EIO: ${name}`), { code: 'EIO' });
    return call();
  }
}
