/**
 * Keeps long work from holding the event loop: work a few milliseconds, let others run, go on.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long enough that the pauses cost little, short enough that a flow does not notice. */
const SLICE_MS = 5;
/** So many small steps may take a slice of their own. */
const MANY_STEPS = 1_000;
/** A look at the clock can cost as much as a small step of work. */
const STEPS_PER_LOOK = 64;

export class Pace {
  private steps = 0;
  private until = performance.now() + SLICE_MS;

  /** Call after each step. True if it is time to `await rest()`. */
  isDue(): boolean {
    return ++this.steps % STEPS_PER_LOOK === 0 && performance.now() >= this.until;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.until = performance.now() + SLICE_MS;
  }

  /** Rests if so many steps were done at once. */
  async restAfter(steps: number): Promise<void> {
    if (steps > MANY_STEPS) await this.rest();
  }

  /** `items` turned into results, one by one. */
  async map<T, R>(items: readonly T[], step: (item: T, index: number) => R): Promise<R[]> {
    const results: R[] = [];
    for (const item of items) {
      results.push(step(item, results.length));
      if (this.isDue()) await this.rest();
    }
    return results;
  }
}
