// Runs intruder-program.ts: another program that writes to a table which it does not own.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order } from './intruder-program';

export class Intruder {
  #child: ChildProcess | undefined;

  /** Resolves when it is in the kernel. */
  async do(order: Order): Promise<void> {
    this.#child ??= fork(join(__dirname, 'intruder-program.js'));
    const child = this.#child;
    const waiting = new AbortController();
    const first = ['message', 'exit'].map((event) => once(child, event, { signal: waiting.signal }));
    child.send(order);
    const [answer] = await Promise.race(first);
    waiting.abort();
    if (answer !== 'done') throw new Error(`The intruder ended with ${answer}.`);
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  }
}
