// Waiting for a condition of the outside world: asked again and again until true, with a deadline.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * When to give up on what does not come: no measure of anything. A busy machine stalls for seconds; what the product does by itself after
 * a longer time, as the end of flows that do not start again (30 s), is not waited for by mistake.
 */
export const DEADLINE_MS = 20_000;

/** Resolves with the first value of `check` that is neither false nor undefined; after `deadline` ms throws what was awaited. */
export async function until<T>(
  check: () => T | Promise<T>,
  awaited: string | (() => string),
  deadline = DEADLINE_MS,
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
