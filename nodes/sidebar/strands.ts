/**
 * What is drawn between inputs and outputs: a strand for each stream and output. Pure.
 *
 * Where many streams run between the same two interfaces they are gathered: one strand for each tone, and where that is still
 * too much, one for those in trouble and one for the others.
 */
import type { RouteRow, Tone } from './view.js';

export interface Strand {
  readonly key: string;
  readonly tone: Tone;
  /** Keys of the routes that it stands for. */
  readonly routes: readonly string[];
  readonly from: string;
  /** Undefined: the stream is taken in and sent nowhere. */
  readonly to: string | undefined;
  readonly bits: number;
  /** Pixels. */
  readonly width: number;
}

/** More streams between the same two interfaces are gathered by tone … */
const MAX_BESIDE = 4;
/** … all that can be, if there are more strands than this; and if there still are, only by whether they are well. */
const MAX_STRANDS = 24;
const TROUBLES: readonly Tone[] = ['lost', 'pending', 'degraded'];
/** The tone of those that are gathered is the first of these that one of them has. */
const TELLING: readonly Tone[] = [...TROUBLES, 'flowing', 'still', 'foreign'];

/** The width of a line: 1 when the stream is still, then one step for each tenfold, about 10 for 1 Gbit/s. */
export function lineWidth(bits: number): number {
  if (bits <= 0) return 1;
  return Math.min(12, Math.max(1.5, 1.5 + 1.4 * Math.log10(bits / 1000)));
}

export function strandsOf({ key, tone, oifs, route }: RouteRow): Strand[] {
  if (route.streams !== undefined && route.streams > 0) return []; // what it has learnt is drawn
  const bits = tone === 'flowing' || tone === 'degraded' ? (route.bits_per_second ?? 0) : 0;
  const ends: readonly (string | undefined)[] = oifs.length > 0 ? oifs : [undefined];
  return ends.map((to) => ({
    key: `${route.iif}>${to ?? ''} ${key}`,
    tone,
    routes: [key],
    from: route.iif,
    to,
    bits,
    width: lineWidth(bits),
  }));
}

export function gather(strands: readonly Strand[]): Strand[] {
  const groups = groupBy(strands, ({ from, to }) => `${from}>${to ?? ''}`);
  const limit = strands.length > MAX_STRANDS ? 1 : MAX_BESIDE;
  const byTone = groups.flatMap((group) => (group.length > limit ? gatherBy(group, ({ tone }) => tone) : group));
  if (byTone.length <= MAX_STRANDS) return byTone;
  return groups.flatMap((group) => gatherBy(group, ({ tone }) => (TROUBLES.includes(tone) ? 'trouble' : 'well')));
}

/** One strand for all of a kind. */
function gatherBy(strands: readonly Strand[], kindOf: (strand: Strand) => string): Strand[] {
  return groupBy(strands, kindOf).map((same) => {
    const [first] = same;
    if (same.length === 1) return first;
    const bits = same.reduce((sum, one) => sum + one.bits, 0);
    const routes = same.flatMap((one) => one.routes);
    const tones = same.map(({ tone }) => tone);
    const tone = TELLING.find((one) => tones.includes(one)) ?? first.tone;
    return {
      ...first,
      key: `${first.from}>${first.to ?? ''} (${kindOf(first)})`,
      tone,
      bits,
      routes,
      width: lineWidth(bits),
    };
  });
}

function groupBy(strands: readonly Strand[], keyOf: (strand: Strand) => string): [Strand, ...Strand[]][] {
  const groups = new Map<string, [Strand, ...Strand[]]>();
  for (const strand of strands) {
    const group = groups.get(keyOf(strand));
    if (group === undefined) groups.set(keyOf(strand), [strand]);
    else group.push(strand);
  }
  return Array.from(groups.values());
}
