/**
 * What the tab shows of one controller: drawing, interfaces, routes, and streams that nobody routes.
 */
import type { LiveInterface, TableState } from './answers.js';
import { make, setAttributes, setText, show } from './dom.js';
import type { Line } from './drawing.js';
import { formatBits, secondsSince } from './format.js';
import { makeInterfaceTable } from './interface-table.js';
import { Notices } from './notices.js';
import { Picture } from './picture.js';
import { makeRouteTable, pathText, type RouteEvents } from './route-table.js';
import { Section } from './section.js';
import { type StreamEvents, StreamTable } from './stream-table.js';
import {
  type InterfaceRow,
  interfaceRows,
  matches,
  type RouteRow,
  routeRows,
  routeTexts,
  searchOf,
  streamRows,
  streamTexts,
} from './view.js';
import { language, say } from './words.js';

export interface Shown {
  readonly state: TableState;
  /** What the server has looked for. */
  readonly search: string;
  /** The server's time, milliseconds since the epoch. */
  readonly now: number;
  readonly interfaces: readonly LiveInterface[];
  readonly canWrite: boolean;
}

export interface TableEvents extends Pick<RouteEvents, 'onDrop'>, StreamEvents {
  /** The server should look for something else. */
  onSearch(): void;
}

/** With fewer rows nobody needs a filter. */
const FILTER_FROM = 8;
/** More rows would make the browser slow: the rest is for the filter. */
const MAX_ROWS = 200;
/** As the style has it. */
const DRAWING_MARGIN = 10;

export class TableView {
  readonly element = make('div', 'mfc-view');
  readonly filter = make('input', 'mfc-filter', { type: 'search' });
  readonly notices = new Notices(() => this.#sections.routes.focus());
  readonly #caption = make('div', 'mfc-caption');
  readonly #more = make('div', 'mfc-more mfc-weak');
  readonly #picture = new Picture({ onHover: (line) => this.#describe(line), onClick: (line) => this.#pick(line) });
  readonly #interfaces = makeInterfaceTable();
  readonly #routes;
  readonly #streams;
  readonly #sections;
  #shown: Shown | undefined;
  /** Whether there are more routes than the server sends. */
  #isLong = false;
  #rows: readonly RouteRow[] = [];
  #links: readonly InterfaceRow[] = [];
  #selected: ReadonlySet<string> = new Set();

  constructor(events: TableEvents) {
    const onSelect = ({ key }: RouteRow): void => this.#select(new Set(this.#selected.has(key) ? [] : [key]));
    this.#routes = makeRouteTable({ onSelect, onDrop: events.onDrop });
    this.#streams = new StreamTable(events);
    this.#sections = {
      drawing: new Section('drawing', say('drawing.title'), this.#picture.element, this.#caption),
      interfaces: new Section('interfaces', say('interface.title'), this.#interfaces.element),
      routes: new Section('routes', say('route.title'), this.#routes.element, this.#more),
      streams: new Section('streams', say('stream.title'), this.#streams.element),
    };
    this.element.append(...Object.values(this.#sections).map(({ element }) => element));
    setAttributes(this.filter, { placeholder: say('filter'), 'aria-label': say('filter') });
    this.filter.addEventListener('input', () => {
      this.#refresh();
      if (this.#isLong) events.onSearch();
    });
    new ResizeObserver(() => this.#draw()).observe(this.element);
    show(this.filter, false);
  }

  /** What the server should look for. While it sends all routes, the filter works without it. */
  get search(): string {
    return this.#isLong ? searchOf(this.filter.value) : '';
  }

  show(shown: Shown): void {
    this.#shown = shown;
    for (const part of [this.element, this.notices.element]) show(part, true);
    const { state, search } = shown;
    if (search === '') this.#isLong = totalOf(state) > state.mfc_rules.length;
    // Here, not whenever all is drawn anew: that has also what was dropped since the last answer.
    this.notices.forget(new Set(routeRows(state).map(({ key }) => key)));
    this.#refresh();
  }

  /** Nothing is known yet of what is to be shown next. */
  clear(): void {
    this.#shown = undefined;
    this.#isLong = false;
    this.#selected = new Set();
    this.filter.value = '';
    this.notices.clear();
    this.hide();
  }

  /** There is nothing to show, nor to filter. */
  hide(): void {
    for (const part of [this.element, this.filter, this.notices.element]) show(part, false);
  }

  /** Whether what is shown is old. */
  dim(isOld: boolean): void {
    this.element.classList.toggle('mfc-old', isOld);
  }

  #refresh(): void {
    if (this.#shown === undefined) return;
    const { state, now, interfaces, canWrite } = this.#shown;
    const filter = this.filter.value.trim();
    const all = routeRows(state);
    const streams = streamRows(state);
    if (all.length + streams.length >= FILTER_FROM) show(this.filter, true); // and it stays, as streams come and go
    this.#rows = all.filter((row) => matches(filter, routeTexts(row)));
    this.#links = interfaceRows(interfaces, state);
    this.#interfaces.show(this.#links);
    this.#routes.show(
      this.#rows.slice(0, MAX_ROWS).map((row) => ({ ...row, canWrite, isSelected: this.#selected.has(row.key) })),
    );
    const found = streams.filter((row) => matches(filter, streamTexts(row)));
    this.#streams.show(
      found.map((row) => ({ ...row, canWrite, interfaces: this.#links, age: secondsSince(row.stream.last_seen, now) })),
    );
    const { drawing, interfaces: links, routes, streams: unrouted } = this.#sections;
    drawing.count(undefined, all.length === 0 ? say('empty.drawing') : '');
    links.count(this.#links.length, this.#links.length === 0 ? say('empty.interfaces') : '');
    const none = streams.length > 0 ? say('empty.routes-streams') : say('empty.routes');
    const total = totalOf(state);
    routes.count(total, all.length === 0 ? none : this.#rows.length === 0 ? say('empty.filter') : '');
    unrouted.count(
      streams.length,
      streams.length === 0 ? say('empty.streams') : found.length === 0 ? say('empty.filter') : '',
    );
    const hidden = this.#rows.length + total - all.length - MAX_ROWS;
    setText(this.#more, hidden > 0 ? say('more', { count: hidden }) : '');
    this.#draw();
  }

  #draw(): void {
    const width = this.#sections.drawing.width - 2 * DRAWING_MARGIN;
    show(this.#picture.element, this.#rows.length > 0);
    if (width > 0 && this.#rows.length > 0) this.#picture.show(this.#rows, width, this.#links);
    else this.#describe(undefined);
    this.#picture.select(this.#selected);
  }

  /** Under the drawing: what the mouse is on, else what is selected, else all together. */
  #describe(line: Line | undefined): void {
    const keys = line === undefined ? this.#selected : new Set(line.routes);
    const rows = this.#rows.filter(({ key }) => keys.has(key));
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) setText(this.#caption, describe(only));
    else setText(this.#caption, describeMany(rows.length > 0 ? rows : this.#rows));
  }

  #pick(line: Line): void {
    const isSame = line.routes.length === this.#selected.size && line.routes.every((key) => this.#selected.has(key));
    this.#select(new Set(isSame ? [] : line.routes));
    const [first] = this.#selected;
    if (first === undefined) return;
    this.#sections.routes.open();
    this.#routes.elementOf(first)?.scrollIntoView({ block: 'nearest' });
  }

  #select(keys: ReadonlySet<string>): void {
    this.#selected = keys;
    this.#refresh();
  }
}

const totalOf = ({ total, mfc_rules }: TableState): number => total ?? mfc_rules.length;

/** `(10.1.1.5, 239.10.20.30) eth1 → eth2 · 1.05 Mbit/s` */
function describe(row: RouteRow): string {
  const { source, group, bits_per_second: bits } = row.route;
  const rate = bits === undefined ? '' : ` · ${formatBits(bits, language())}`;
  return `(${source}, ${group}) ${pathText(row)}${rate}`;
}

function describeMany(rows: readonly RouteRow[]): string {
  if (rows.length === 0) return '';
  // The streams of a route that learns are in the list themselves.
  const bits = rows.reduce(
    (sum, { route }) => sum + (route.streams === undefined ? (route.bits_per_second ?? 0) : 0),
    0,
  );
  return say('drawing.sum', { count: rows.length, rate: formatBits(bits, language()) });
}
