/**
 * The table of streams that nobody routes, each with a form that makes its route. Classes: mfc-streams; in its rows
 * (data-key: `source group iif`) mfc-cell-stream, -path, -rate, -act, -note, the button mfc-route, and the form.
 */
import { breakable, make, makeButton, setAttributes, setText, show } from './dom.js';
import { formatAge } from './format.js';
import type { View } from './keyed.js';
import { OutputForm } from './output-form.js';
import { makeCell, makeRow, Table } from './table.js';
import { type InterfaceRow, type StreamRow, seenSince } from './view.js';
import { language, say } from './words.js';

export interface StreamEvents {
  /** Fails with the sentence that is to be shown. */
  onRoute(row: StreamRow, oifs: readonly string[]): Promise<void>;
}

export interface ShownStream extends StreamRow {
  /** Seconds since its last packet. */
  readonly age: number;
  /** Where it could go. */
  readonly interfaces: readonly InterfaceRow[];
  readonly canWrite: boolean;
}

export class StreamTable {
  readonly #table: Table<ShownStream>;
  /** Of those whose form is open. They stay, also when their streams have stopped. */
  readonly #open = new Map<string, ShownStream>();

  constructor(events: StreamEvents) {
    const columns = [
      { name: 'stream', title: say('route.stream') },
      { name: 'path', title: say('stream.input') },
      { name: 'rate', title: say('stream.seen') },
      { name: 'act', title: say('route.act'), isHidden: true },
    ];
    const onToggle = (row: ShownStream, isOpen: boolean): void => {
      if (isOpen) this.#open.set(row.key, row);
      else this.#open.delete(row.key);
    };
    const make = (row: ShownStream): View<ShownStream> => new StreamElement(row, events, onToggle);
    this.#table = new Table('mfc-streams', say('stream.title'), columns, make);
  }

  get element(): HTMLElement {
    return this.#table.element;
  }

  show(rows: readonly ShownStream[]): void {
    const keys = new Set(rows.map(({ key }) => key));
    const gone = Array.from(this.#open.values()).filter(({ key }) => !keys.has(key));
    this.#table.show([...rows, ...gone]);
  }
}

class StreamElement implements View<ShownStream> {
  readonly element: HTMLElement;
  readonly #path = makeCell('path');
  readonly #age = make('div', 'mfc-weak');
  readonly #button: HTMLButtonElement;
  readonly #note = makeCell('note');
  readonly #onToggle: (row: ShownStream, isOpen: boolean) => void;
  readonly #form: OutputForm;
  #row: ShownStream;

  constructor(row: ShownStream, { onRoute }: StreamEvents, onToggle: (row: ShownStream, isOpen: boolean) => void) {
    this.#row = row;
    this.#onToggle = onToggle;
    const { source, group } = row.stream;
    this.#button = makeButton('mfc-route', say('stream.route'), 'fa-random', () => this.#toggle(!this.#isOpen));
    setAttributes(this.#button, { 'aria-label': say('stream.route-this', { source, group }) });
    this.#form = new OutputForm({
      onAdd: async (oifs) => {
        await onRoute(this.#row, oifs);
        this.#toggle(false);
      },
      onCancel: () => {
        this.#toggle(false);
        this.#button.focus();
      },
    });
    const name = make('span', 'mfc-strong', {}, ...breakable(group));
    const dot = make('span', 'mfc-dot mfc-tone-unrouted', { 'aria-hidden': 'true' });
    const stream = makeCell('stream', dot, name, make('div', 'mfc-weak', {}, ...breakable(source)));
    const act = makeCell('act', this.#button);
    this.#note.append(this.#form.element);
    this.element = makeRow(row.key, stream, this.#path, makeCell('rate', this.#age), act, this.#note);
    this.#toggle(false);
  }

  get #isOpen(): boolean {
    return !this.#note.hidden;
  }

  update(row: ShownStream): void {
    this.#row = row;
    const { stream, age, interfaces, canWrite } = row;
    setText(this.#path, stream.iif);
    setText(this.#age, formatAge(seenSince(age), language()));
    show(this.#button, canWrite);
    this.#form.offer(interfaces.filter(({ key, canRoute }) => canRoute && key !== stream.iif));
  }

  #toggle(isOpen: boolean): void {
    show(this.#note, isOpen);
    setAttributes(this.#button, { 'aria-expanded': String(isOpen) });
    this.#onToggle(this.#row, isOpen);
    if (isOpen) this.#form.begin();
  }
}
