// Waiting for a condition of the outside world: asked again and again until true, with a deadline.

import { setTimeout as pause } from 'node:timers/promises';

/** Resolves with the first value of `check` that is neither false nor undefined; after `deadline` ms throws what was awaited. */
export async function until<T>(
  check: () => T | Promise<T>,
  awaited: string | (() => string),
  deadline = 10_000,
): Promise<Exclude<T, false | undefined>> {
  const end = performance.now() + deadline;
  for (;;) {
    const value = await check();
    if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    if (performance.now() > end) {
      throw new Error(`Waited ${deadline} ms in vain: ${typeof awaited === 'string' ? awaited : awaited()}`);
    }
    await pause(5);
  }
}
