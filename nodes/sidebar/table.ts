/**
 * A table whose rows stay the same elements as long as their keys are there. The cells have roles of their own, because
 * the style lays rows out as grids, which takes the table's meaning from them.
 */
import { isFocusFree, keepFocus, make } from './dom.js';
import { keyed, type View } from './keyed.js';

export interface Column {
  /** Its cells are mfc-cell-NAME. */
  readonly name: string;
  readonly title: string;
  /** Whether the title is for those only who cannot see that it is clear. */
  readonly isHidden?: boolean;
}

export class Table<Item extends { readonly key: string }> {
  readonly element: HTMLTableElement;
  readonly #body = make('tbody', '', { role: 'rowgroup' });
  readonly #views = new Map<string, View<Item>>();
  readonly #makeRow: (item: Item) => View<Item>;

  constructor(className: string, label: string, columns: readonly Column[], makeRow: (item: Item) => View<Item>) {
    this.#makeRow = makeRow;
    const head = make('tr', 'mfc-row mfc-head', { role: 'row' });
    for (const { name, title, isHidden } of columns) {
      const text = make('span', isHidden === true ? 'mfc-unseen' : '', {}, title);
      head.append(make('th', `mfc-cell-${name}`, { role: 'columnheader', scope: 'col' }, text));
    }
    this.element = make('table', `mfc-table ${className}`, { role: 'table', 'aria-label': label });
    this.element.append(make('thead', '', { role: 'rowgroup' }, head), this.#body);
  }

  show(items: readonly Item[]): void {
    const goOn = (): void => this.element.closest('details')?.querySelector('summary')?.focus();
    // A row that waits for an answer can go before that comes: what it brings takes the focus then.
    const isAwaited = isFocusFree();
    keepFocus(
      this.#body,
      () => keyed(this.#body, this.#views, items, this.#makeRow),
      () => isAwaited || goOn(),
    );
    this.element.toggleAttribute('hidden', items.length === 0);
  }

  elementOf(key: string): Element | undefined {
    return this.#views.get(key)?.element;
  }
}

export function makeRow(key: string, ...cells: readonly HTMLElement[]): HTMLTableRowElement {
  return make('tr', 'mfc-row', { role: 'row', 'data-key': key }, ...cells);
}

export function makeCell(name: string, ...children: readonly (Node | string)[]): HTMLTableCellElement {
  return make('td', `mfc-cell-${name}`, { role: 'cell' }, ...children);
}
