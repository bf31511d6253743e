// What may happen in a random test, and how often each has.

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

  countOf(what: string): number {
    return this.counts.get(what) ?? 0;
  }
}
