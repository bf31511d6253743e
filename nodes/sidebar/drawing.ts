/**
 * The drawing of the routing: inputs left, outputs right, between them a line for each stream and output. Pure geometry, in pixels.
 *
 * Where many streams run between the same two interfaces they are gathered: one line for each tone, and where that is still
 * too much, one for those in trouble and one for the others. Such a line says how many it is.
 */
import type { RouteRow, Tone } from './view.js';

/** An interface at one of the sides. */
export interface Port {
  readonly key: string;
  readonly name: string;
  readonly side: 'input' | 'output';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Of all streams through it. */
  readonly bits: number;
}

export interface Line {
  readonly key: string;
  readonly tone: Tone;
  /** Keys of the routes that it stands for. */
  readonly routes: readonly string[];
  readonly from: string;
  /** Undefined: the stream is taken in and sent nowhere. */
  readonly to: string | undefined;
  readonly bits: number;
  readonly width: number;
  /** For `<path d>`. */
  readonly path: string;
  /** Where the line begins: the place of the number of streams. */
  readonly x: number;
  readonly y: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly ports: readonly Port[];
  readonly lines: readonly Line[];
}

/** A line before it has a place. */
type Strand = Omit<Line, 'path' | 'x' | 'y'>;

/** More streams between the same two interfaces are gathered by tone … */
const MAX_BESIDE = 4;
/** … all that can be, if there are more lines than this; and if it still are, only by whether they are well. */
const MAX_LINES = 24;
const TROUBLES: readonly Tone[] = ['lost', 'pending', 'degraded'];
/** The tone of those that are gathered is the first of these that one of them has. */
const TELLING: readonly Tone[] = [...TROUBLES, 'flowing', 'still', 'foreign'];
const MIN_PORT_HEIGHT = 34;
const PORT_GAP = 8;
const LINE_GAP = 3;
/** Of a line that says how many it is: the height of the number. */
const MIN_GATHERED_PITCH = 13;
const MARGIN = 2;
/** Which part of the way a line to nowhere goes. */
const NOWHERE = 0.35;

const naturally = new Intl.Collator('en', { numeric: true }).compare;

export function draw(routes: readonly RouteRow[], width: number): Drawing {
  const single = routes.flatMap(strandsOf);
  const strands = gather(single);
  const inputs = stack(strands, single, 'input', width);
  const outputs = stack(strands, single, 'output', width);
  const height = Math.max(heightOf(inputs), heightOf(outputs));
  const ports = [...centre(inputs, height), ...centre(outputs, height)];
  return { width, height, ports, lines: connect(strands, ports, width) };
}

/** The width of a line: 1 when the stream is still, then one step for each tenfold, about 10 for 1 Gbit/s. */
export function lineWidth(bits: number): number {
  if (bits <= 0) return 1;
  return Math.min(12, Math.max(1.5, 1.5 + 1.4 * Math.log10(bits / 1000)));
}

function strandsOf({ key, tone, oifs, route }: RouteRow): Strand[] {
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

function gather(strands: readonly Strand[]): Strand[] {
  const groups = groupBy(strands, ({ from, to }) => `${from}>${to ?? ''}`);
  const limit = strands.length > MAX_LINES ? 1 : MAX_BESIDE;
  const byTone = groups.flatMap((group) => (group.length > limit ? gatherBy(group, ({ tone }) => tone) : group));
  if (byTone.length <= MAX_LINES) return byTone;
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

const endAt = (strand: Strand, side: Port['side']): string | undefined => (side === 'input' ? strand.from : strand.to);

const pitch = ({ width, routes }: Strand): number =>
  Math.max(width, routes.length > 1 ? MIN_GATHERED_PITCH : 0) + LINE_GAP;

/** The boxes of one side, one below the other. */
function stack(strands: readonly Strand[], single: readonly Strand[], side: Port['side'], width: number): Port[] {
  const names = Array.from(new Set(strands.map((one) => endAt(one, side)))).filter((name) => name !== undefined);
  const boxWidth = portWidth(width);
  const x = side === 'input' ? MARGIN : width - MARGIN - boxWidth;
  let y = MARGIN;
  return names.sort(naturally).map((name) => {
    const own = strands.filter((one) => endAt(one, side) === name);
    const height = Math.max(
      MIN_PORT_HEIGHT,
      own.reduce((sum, one) => sum + pitch(one), LINE_GAP),
    );
    const bits = bitsThrough(single.filter((one) => endAt(one, side) === name));
    const port = { key: `${side} ${name}`, name, side, x, y, width: boxWidth, height, bits };
    y += height + PORT_GAP;
    return port;
  });
}

/** A stream that leaves by many outputs comes in once. */
function bitsThrough(strands: readonly Strand[]): number {
  const streams = new Map(strands.map(({ routes: [key], bits }) => [key, bits]));
  return Array.from(streams.values()).reduce((sum, bits) => sum + bits, 0);
}

const portWidth = (width: number): number => Math.round(Math.min(140, Math.max(72, width * 0.27)));

const heightOf = (ports: readonly Port[]): number =>
  ports.reduce((sum, { height }) => sum + height + PORT_GAP, 2 * MARGIN - PORT_GAP);

function centre(ports: readonly Port[], height: number): Port[] {
  const shift = (height - heightOf(ports)) / 2;
  return ports.map((port) => ({ ...port, y: port.y + shift }));
}

function connect(strands: readonly Strand[], ports: readonly Port[], width: number): Line[] {
  const starts = slots(strands, ports, 'input');
  const ends = slots(strands, ports, 'output');
  const left = MARGIN + portWidth(width);
  const right = width - left;
  return strands.map((strand) => {
    const y = starts.get(strand) ?? 0;
    const end = ends.get(strand);
    const path = end === undefined ? deadEnd(left, y, left + (right - left) * NOWHERE) : curve(left, y, right, end);
    return { ...strand, path, x: left, y };
  });
}

/** Where each line leaves its box: side by side, in the order of the boxes at the other side, so that none cross there. */
function slots(strands: readonly Strand[], ports: readonly Port[], side: Port['side']): Map<Strand, number> {
  const other = side === 'input' ? 'output' : 'input';
  const places = new Map<Strand, number>();
  const order = new Map(ports.map(({ key, y }) => [key, y]));
  const placeOf = (strand: Strand): number => order.get(`${other} ${endAt(strand, other)}`) ?? Number.POSITIVE_INFINITY;
  for (const port of ports.filter((one) => one.side === side)) {
    const own = strands.filter((one) => endAt(one, side) === port.name);
    own.sort((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
    const total = own.reduce((sum, one) => sum + pitch(one), 0);
    let y = port.y + (port.height - total) / 2;
    for (const strand of own) {
      places.set(strand, y + pitch(strand) / 2);
      y += pitch(strand);
    }
  }
  return places;
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const middle = round((x1 + x2) / 2);
  return `M${x1} ${round(y1)}C${middle} ${round(y1)} ${middle} ${round(y2)} ${x2} ${round(y2)}`;
}

/** A line with a bar at its end. */
const deadEnd = (x1: number, y: number, x2: number): string => `M${x1} ${round(y)}H${round(x2)}m0 -6v12`;

const round = (value: number): number => Math.round(value * 10) / 10;
