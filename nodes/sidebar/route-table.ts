/**
 * The table of routes. Classes: mfc-routes; in its rows (data-key: `source group`) mfc-cell-stream, -path, -rate, -act, -note,
 * the buttons mfc-select and mfc-drop, the signs mfc-lock and mfc-learnt, and mfc-error with what the server said.
 */
import { breakable, make, makeButton, setAttributes, setText, show, whileBusy } from './dom.js';
import { formatAge, formatBits, formatNumber } from './format.js';
import type { View } from './keyed.js';
import { makeCell, makeRow, Table } from './table.js';
import type { RouteRow } from './view.js';
import { language, messageOf, say } from './words.js';

export interface RouteEvents {
  onSelect(row: RouteRow): void;
  /** Fails with the sentence that is to be shown. */
  onDrop(row: RouteRow): Promise<void>;
}

/** A route as the table has it: with what the user and the user's rights make of it. */
export interface ShownRoute extends RouteRow {
  readonly isSelected: boolean;
  /** Whether the user may change anything. */
  readonly canWrite: boolean;
}

export function makeRouteTable(events: RouteEvents): Table<ShownRoute> {
  const columns = [
    { name: 'stream', title: say('route.stream') },
    { name: 'path', title: say('route.path') },
    { name: 'rate', title: say('route.rate') },
    { name: 'act', title: say('route.act'), isHidden: true },
  ];
  return new Table('mfc-routes', say('route.title'), columns, (row) => new RouteElement(row, events));
}

class RouteElement implements View<ShownRoute> {
  readonly element: HTMLElement;
  readonly #dot = make('span', 'mfc-dot', { 'aria-hidden': 'true' });
  readonly #name: HTMLButtonElement;
  readonly #badges = { state: badge(''), learnt: badge('mfc-learnt'), streams: badge('') };
  readonly #path = make('span', '');
  readonly #label = make('span', 'mfc-label mfc-weak');
  readonly #bits = make('div', 'mfc-strong');
  readonly #packets = make('div', 'mfc-weak');
  readonly #lock: HTMLElement;
  readonly #drop: HTMLButtonElement;
  readonly #reason = make('div', 'mfc-reason');
  readonly #error = make('div', 'mfc-error', { role: 'alert' });
  readonly #note = makeCell('note', this.#reason, this.#error);
  #row: ShownRoute;

  constructor(row: ShownRoute, events: RouteEvents) {
    this.#row = row;
    const { source, group } = row.route;
    this.#name = make('button', 'mfc-select', { type: 'button' }, ...breakable(group));
    this.#name.addEventListener('click', () => events.onSelect(this.#row));
    this.#lock = make('i', 'fa fa-lock mfc-lock', { role: 'img', 'aria-label': say('route.reserved') });
    this.#lock.title = say('route.reserved');
    this.#drop = makeButton('mfc-drop', say('route.drop'), 'fa-times', () => {
      void whileBusy(this.element, () => this.#dropIt(events));
    });
    setAttributes(this.#drop, { 'aria-label': say('route.drop-this', { source, group }) });
    const { state, learnt, streams } = this.#badges;
    const badges = make('div', '', {}, state, learnt, streams);
    const from = make('div', 'mfc-weak', {}, ...breakable(source === '*' ? say('any-source') : source));
    const stream = makeCell('stream', this.#dot, this.#name, from, badges);
    const rate = makeCell('rate', this.#bits, this.#packets);
    const path = makeCell('path', this.#path, this.#label);
    this.element = makeRow(row.key, stream, path, rate, makeCell('act', this.#lock, this.#drop), this.#note);
    setText(learnt, say('route.learnt'));
    show(this.#error, false);
  }

  update(row: ShownRoute): void {
    this.#row = row;
    const { route, tone, isSelected, canWrite, canDrop } = row;
    this.element.classList.toggle('mfc-selected', isSelected);
    setAttributes(this.#name, { 'aria-pressed': String(isSelected) });
    this.#dot.className = `mfc-dot mfc-tone-${tone}`;
    this.#showBadges(row);
    setText(this.#path, pathText(row));
    setText(this.#label, route.label ?? '');
    this.#showRate(row);
    show(this.#lock, route.reserved === true);
    show(this.#drop, canWrite && canDrop);
    const reason = route.reason ?? hintText(row);
    setText(this.#reason, reason);
    show(this.#reason, reason !== '');
    this.#showNote();
  }

  #showBadges({ tone, route: { state, learnt, streams } }: ShownRoute): void {
    const word = tone === 'lost' ? 'lost' : state;
    setText(this.#badges.state, word === 'active' ? '' : say(`state.${word}`));
    show(this.#badges.state, word !== 'active');
    this.#badges.state.className = `mfc-badge mfc-tone-${tone}`;
    show(this.#badges.learnt, learnt === true);
    setText(this.#badges.streams, say('route.streams', { count: streams ?? 0 }));
    show(this.#badges.streams, streams !== undefined);
  }

  /** Below the rate: what flows in packets, or since when nothing does. */
  #showRate({ route: { bits_per_second: bits, packets_per_second: packets = 0, age } }: ShownRoute): void {
    setText(this.#bits, bits === undefined ? '–' : formatBits(bits, language()));
    const seen = age === undefined ? say('route.never') : formatAge(age, language());
    const flow = packets > 0 ? say('packets', { count: formatNumber(packets, language()) }) : seen;
    setText(this.#packets, bits === undefined && age === undefined ? '' : flow);
  }

  #showNote(): void {
    show(this.#note, !(this.#reason.hidden && this.#error.hidden));
  }

  async #dropIt({ onDrop }: RouteEvents): Promise<void> {
    this.#showError('');
    try {
      await onDrop(this.#row);
    } catch (error) {
      this.#showError(messageOf(error));
    }
  }

  #showError(text: string): void {
    setText(this.#error, text);
    show(this.#error, text !== '');
    this.#showNote();
  }
}

/** A route that nothing has come for is usual: that is explained to who asks. */
function hintText({ hint, isSelected, route }: ShownRoute): string {
  if (hint === undefined || (hint === 'silent' && !isSelected)) return '';
  return say(`route.hint.${hint}`, { iif: route.iif });
}

const badge = (className: string): HTMLElement => make('span', `mfc-badge ${className}`);

/** `eth1 → eth2, eth3` */
export function pathText({ route, oifs }: RouteRow): string {
  const iif = route.iif === '*' ? say('any-interface') : route.iif;
  return `${iif} → ${oifs.length === 0 ? say('route.nowhere') : oifs.join(', ')}`;
}
