/**
 * The drawing on the screen. Lines and boxes stay the same elements as long as their keys are there.
 *
 * Classes: mfc-line (data-key, and the tone: mfc-tone-flowing, …), mfc-port (data-key: `input eth1`), mfc-caption.
 */
import { makeSvg, setAttributes, setText } from './dom.js';
import { type Drawing, draw, type Line, type Port } from './drawing.js';
import { formatBits } from './format.js';
import { keyed } from './keyed.js';
import type { InterfaceRow, RouteRow } from './view.js';
import { language, say } from './words.js';

/** Pixels of a letter in a box. */
const LETTER = 7;
/** A thin line is hard to hit: this one, which nobody sees, takes the mouse. */
const HIT_WIDTH = 10;

export interface PictureEvents {
  /** A line is under the mouse, as it is by now, or none is any more. */
  onHover(line: Line | undefined): void;
  onClick(line: Line): void;
}

interface LineElement {
  readonly element: SVGGElement;
  update(line: Line): void;
}

export class Picture {
  readonly element: SVGSVGElement;
  readonly #events: PictureEvents;
  readonly #lines: SVGGElement;
  readonly #ports: SVGGElement;
  readonly #lineElements = new Map<string, LineElement>();
  readonly #portElements = new Map<string, PortElement>();
  #drawing: Drawing | undefined;
  /** The key of the line under the mouse. */
  #hovered: string | undefined;

  constructor(events: PictureEvents) {
    this.#events = events;
    this.element = makeSvg('svg', 'mfc-drawing', { role: 'img' });
    this.#lines = makeSvg('g');
    this.#ports = makeSvg('g');
    this.element.append(this.#lines, this.#ports);
  }

  /** @param width pixels that there are for it */
  show(routes: readonly RouteRow[], width: number, interfaces: readonly InterfaceRow[]): void {
    const drawing = draw(routes, width, interfaces);
    this.#drawing = drawing;
    const { height, lines, ports } = drawing;
    setAttributes(this.element, { width: String(width), height: String(height) });
    setAttributes(this.element, { 'aria-label': say('drawing.label', { count: lines.length }) });
    keyed(this.#lines, this.#lineElements, lines, (line) => this.#makeLine(line));
    keyed(this.#ports, this.#portElements, ports, () => new PortElement());
    this.#hover(lines.find(({ key }) => key === this.#hovered)); // one that goes does not say so
  }

  /** Marks the lines of these routes. */
  select(routes: ReadonlySet<string>): void {
    for (const line of this.#drawing?.lines ?? []) {
      const isSelected = line.routes.some((key) => routes.has(key));
      this.#lineElements.get(line.key)?.element.classList.toggle('mfc-selected', isSelected);
    }
    this.element.classList.toggle('mfc-has-selection', routes.size > 0);
  }

  #hover(line: Line | undefined): void {
    this.#hovered = line?.key;
    this.#events.onHover(line);
  }

  #makeLine(first: Line): LineElement {
    let line = first;
    const element = makeSvg('g', 'mfc-line');
    const hit = makeSvg('path', 'mfc-line-hit');
    const path = makeSvg('path', 'mfc-line-path');
    const count = makeSvg('text', 'mfc-line-count');
    element.append(hit, path, count);
    element.addEventListener('mouseenter', () => this.#hover(line));
    element.addEventListener('mouseleave', () => this.#hover(undefined));
    element.addEventListener('click', () => this.#events.onClick(line));
    const update = (next: Line): void => {
      line = next;
      setAttributes(element, { 'data-key': line.key });
      setTone(element, line.tone);
      element.classList.toggle('mfc-nowhere', line.to === undefined);
      setAttributes(hit, { d: line.path, 'stroke-width': String(Math.max(HIT_WIDTH, line.width)) });
      setAttributes(path, { d: line.path, 'stroke-width': line.width.toFixed(1) });
      setAttributes(count, { x: String(line.x + 6), y: String(line.y + 3.5) });
      setText(count, line.routes.length > 1 ? `×${line.routes.length}` : '');
    };
    return { element, update };
  }
}

function setTone(element: Element, tone: string): void {
  const name = `mfc-tone-${tone}`;
  if (element.classList.contains(name)) return;
  for (const other of Array.from(element.classList)) if (other.startsWith('mfc-tone-')) element.classList.remove(other);
  element.classList.add(name);
}

/** A box with the name of an interface, and what comes in or goes out there. */
class PortElement {
  readonly element = makeSvg('g', 'mfc-port');
  readonly #box = makeSvg('rect', 'mfc-port-box', { rx: '4' });
  readonly #name = makeSvg('text', 'mfc-port-name', { 'text-anchor': 'middle' });
  readonly #rate = makeSvg('text', 'mfc-port-rate', { 'text-anchor': 'middle' });
  readonly #title = makeSvg('title');

  constructor() {
    this.element.append(this.#title, this.#box, this.#name, this.#rate);
  }

  update({ key, name, x, y, width, height, bits }: Port): void {
    setAttributes(this.element, { 'data-key': key });
    setAttributes(this.#box, { x: String(x), y: String(y), width: String(width), height: String(height) });
    const place = { x: String(x + width / 2) };
    const middle = y + height / 2;
    setAttributes(this.#name, { ...place, y: String(middle - 2) });
    setAttributes(this.#rate, { ...place, y: String(middle + 11) });
    const text = name === '*' ? say('any-interface') : name;
    setText(this.#title, text);
    setText(this.#name, shorten(text, Math.floor((width - 8) / LETTER)));
    setText(this.#rate, bits > 0 ? formatBits(bits, language()) : '–');
  }
}

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
