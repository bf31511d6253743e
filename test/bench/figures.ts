/**
 * Figures and how they are printed. A bar is what is promised; the benchmark fails if one is missed.
 */

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The promise: at least, or at most, so much. */
  bar?: { atLeast: number } | { atMost: number };
}

const figures: Figure[] = [];

export function report(name: string, value: number, unit: string, bar?: Figure['bar']): void {
  figures.push({ name, value, unit, ...(bar === undefined ? {} : { bar }) });
  const [verdict, limit] = judge({ name, value, unit, ...(bar === undefined ? {} : { bar }) });
  console.log(`${verdict.padEnd(4)} ${name.padEnd(62)} ${format(value).padStart(9)} ${unit.padEnd(3)} ${limit}`);
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

function judge({ value, unit, bar }: Figure): [string, string] {
  if (bar === undefined) return ['', ''];
  if ('atLeast' in bar) return [value >= bar.atLeast ? 'ok' : 'MISS', `(at least ${bar.atLeast} ${unit})`];
  return [value <= bar.atMost ? 'ok' : 'MISS', `(at most ${bar.atMost} ${unit})`];
}

/** How many promises were not kept. */
export function missed(): number {
  return figures.filter((figure) => judge(figure)[0] === 'MISS').length;
}
