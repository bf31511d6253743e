/**
 * A part of the tab that can be closed: `details`, which the keyboard opens as well.
 */
import { make, setText, show } from './dom.js';

export class Section {
  readonly element: HTMLDetailsElement;
  readonly #title: HTMLElement;
  readonly #count = make('span', 'mfc-count');
  readonly #empty = make('div', 'mfc-empty');
  readonly #content: HTMLElement;

  constructor(name: string, title: string, ...content: readonly Element[]) {
    this.#title = make('summary', 'mfc-section-title', {}, make('span', '', {}, title), ' ', this.#count);
    this.#content = make('div', 'mfc-section-content', {}, this.#empty, ...content);
    this.element = make('details', `mfc-section mfc-section-${name}`, { open: '' }, this.#title, this.#content);
  }

  /** Pixels that there are for what is in it; 0 while it is closed. */
  get width(): number {
    return this.#content.clientWidth;
  }

  focus(): void {
    this.#title.focus();
  }

  open(): void {
    this.element.open = true;
  }

  /** @param hint what to do when there is nothing */
  count(rows: number | undefined, hint: string): void {
    setText(this.#count, rows === undefined ? '' : String(rows));
    setText(this.#empty, hint);
    show(this.#empty, hint !== '');
  }
}
