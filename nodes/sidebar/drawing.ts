/**
 * The drawing of the routing: inputs left, outputs right, strands between them. Pure geometry, in pixels.
 */
import { gather, type Strand, strandsOf } from './strands.js';
import type { InterfaceRow, RouteRow } from './view.js';

/** An interface at one of the sides. */
export interface Port {
  readonly key: string;
  readonly name: string;
  readonly side: 'input' | 'output';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What the kernel counts there; of its streams where that is not known. */
  readonly bits: number;
}

/** A strand in its place. */
export interface Line extends Strand {
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

const MIN_PORT_HEIGHT = 34;
const PORT_GAP = 8;
const LINE_GAP = 3;
/** Of a line that says how many it is: the height of the number. */
const MIN_GATHERED_PITCH = 13;
const MARGIN = 2;
/** Which part of the way a line to nowhere goes. */
const NOWHERE = 0.35;

const naturally = new Intl.Collator('en', { numeric: true }).compare;

export function draw(routes: readonly RouteRow[], width: number, interfaces: readonly InterfaceRow[] = []): Drawing {
  const single = routes.flatMap(strandsOf);
  const strands = gather(single);
  const live = new Map(interfaces.map((one) => [one.key, one]));
  const bitsOf = (name: string, side: Port['side']): number => {
    const counted = side === 'input' ? live.get(name)?.bitsIn : live.get(name)?.bitsOut;
    return counted ?? bitsThrough(single.filter((one) => endAt(one, side) === name));
  };
  const inputs = stack(strands, 'input', width, bitsOf);
  const outputs = stack(strands, 'output', width, bitsOf);
  const height = Math.max(heightOf(inputs), heightOf(outputs));
  const ports = [...centre(inputs, height), ...centre(outputs, height)];
  return { width, height, ports, lines: connect(strands, ports, width) };
}

const endAt = (strand: Strand, side: Port['side']): string | undefined => (side === 'input' ? strand.from : strand.to);

const pitch = ({ width, routes }: Strand): number =>
  Math.max(width, routes.length > 1 ? MIN_GATHERED_PITCH : 0) + LINE_GAP;

/** The boxes of one side, one below the other. */
function stack(
  strands: readonly Strand[],
  side: Port['side'],
  width: number,
  bitsOf: (name: string, side: Port['side']) => number,
): Port[] {
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
    const port = { key: `${side} ${name}`, name, side, x, y, width: boxWidth, height, bits: bitsOf(name, side) };
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
