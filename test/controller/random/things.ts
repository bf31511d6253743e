// What may happen in a random test, and how often each has.

import { deepEqual, ok } from 'node:assert/strict';
import type { Random } from '../../lab/random';

/** Happens as often as its weight among the others says. */
export type Thing = readonly [weight: number, name: string, happen: () => unknown];

export class Things {
  /** @param counts how often what has happened: several tests may count together */
  constructor(
    private readonly random: Random,
    private readonly things: readonly Thing[],
    private readonly counts = new Map<string, number>(),
  ) {}

  /** What has not happened once. */
  get missed(): string[] {
    return this.things.map(([, name]) => name).filter((name) => !this.counts.has(name));
  }

  /** Something of it, which counts as having happened. */
  pick(): { readonly name: string; readonly happen: () => unknown } {
    let at = this.random.below(this.things.reduce((sum, [weight]) => sum + weight, 0));
    const thing = this.things.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    if (thing === undefined) throw new Error('Nothing may happen.');
    const [, name, happen] = thing;
    this.count(name);
    return { name, happen };
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** All has happened that may, and of the messages enough were answered and enough failed. */
  check(): void {
    deepEqual(this.missed, []);
    const [answered = 0, failed = 0] = ['answered', 'failed'].map((what) => this.counts.get(what));
    ok(answered > 20 && failed > 20, `${answered} messages were answered, ${failed} failed`);
  }
}
