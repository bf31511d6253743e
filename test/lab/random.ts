// What random tests begin with, and what they pick.

/** The same in every run, so that a commit passes or fails for good. `npm run fuzz` sets others. */
export const SEED = Number(process.env.SEED ?? 1);

/** mulberry32: small and good enough to pick from lists. */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0 to below n. */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  /** Some of the items in another order, at least one. */
  some<T>(items: readonly T[]): T[] {
    const left = [...items];
    const count = 1 + this.below(items.length);
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)).flat();
  }
}
