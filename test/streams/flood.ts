// What each item of a flood costs: compared with what the plainest memory of the newest costs in the same process, since machines differ.

const NEWEST = 1_000;

/** Microseconds of work for each. */
export function costOf<T>(items: readonly T[], take: (item: T, index: number) => void): number {
  const start = process.cpuUsage();
  items.forEach(take);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / items.length;
}

/** Of a map that keeps the newest of them, by these texts. */
export function plainCostOf<T>(items: readonly T[], textOf: (item: T) => string): number {
  const newest = new Map<string, T>();
  return costOf(items, (item) => {
    const text = textOf(item);
    newest.delete(text);
    newest.set(text, item);
    if (newest.size > NEWEST) newest.delete(newest.keys().next().value ?? '');
  });
}
