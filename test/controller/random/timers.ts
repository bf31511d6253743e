// The timers of the product that wait, also those that do not keep the process alive.

import { createHook } from 'node:async_hooks';
import { resolve } from 'node:path';

const PRODUCT = resolve(__dirname, '../../../src');

export class Timers {
  /** Where each was made, by the number that Node.js gave it. */
  private readonly waiting = new Map<number, string>();
  private readonly hook = createHook({
    init: (id, type) => {
      const { stack = '' } = new Error('made');
      if (type === 'Timeout' && stack.includes(PRODUCT)) this.waiting.set(id, stack);
    },
    destroy: (id) => void this.waiting.delete(id),
  });

  /** From now on those that are made are counted. */
  constructor() {
    this.hook.enable();
  }

  get made(): string[] {
    return Array.from(this.waiting.values());
  }

  close(): void {
    this.hook.disable();
  }
}
