/**
 * Picks the outputs of a route. Classes: mfc-new-route; in it a check box for each interface (value: its name), the buttons
 * mfc-add and mfc-cancel, and mfc-error with what the server said.
 */
import { make, makeButton, setText, show, whileBusy } from './dom.js';
import { keyed, type View } from './keyed.js';
import type { InterfaceRow } from './view.js';
import { messageOf, say } from './words.js';

interface OutputEvents {
  /** Fails with the sentence that is to be shown. */
  onAdd(oifs: readonly string[]): Promise<void>;
  onCancel(): void;
}

interface Choice extends View<InterfaceRow> {
  readonly box: HTMLInputElement;
}

export class OutputForm {
  readonly element = make('form', 'mfc-new-route');
  readonly #choices = new Map<string, Choice>();
  readonly #list = make('div', 'mfc-choices');
  readonly #none = make('div', 'mfc-weak', {}, say('stream.no-outputs'));
  readonly #add: HTMLButtonElement;
  readonly #error = make('div', 'mfc-error', { role: 'alert' });

  constructor({ onAdd, onCancel }: OutputEvents) {
    this.#add = makeButton('mfc-add primary', say('stream.add'), 'fa-plus');
    this.#add.type = 'submit';
    const cancel = makeButton('mfc-cancel', say('stream.cancel'), 'fa-times', onCancel);
    const fields = make('fieldset', '', {}, make('legend', '', {}, say('stream.outputs')), this.#list, this.#none);
    this.element.append(fields, make('div', 'mfc-buttons', {}, this.#add, cancel), this.#error);
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void whileBusy(this.element, () => this.#submit(onAdd));
    });
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') onCancel();
    });
    this.#list.addEventListener('change', () => this.#check());
    this.#showError('');
    this.#check();
  }

  /** It has just been opened. */
  begin(): void {
    this.element.reset();
    this.#showError('');
    this.#check();
    this.element.querySelector('input')?.focus();
  }

  offer(interfaces: readonly InterfaceRow[]): void {
    keyed(this.#list, this.#choices, interfaces, makeChoice);
    show(this.#none, interfaces.length === 0);
    this.#check();
  }

  get #chosen(): string[] {
    return Array.from(this.#choices.values()).flatMap(({ box }) => (box.checked ? [box.value] : []));
  }

  #check(): void {
    this.#add.disabled = this.#chosen.length === 0;
  }

  async #submit(onAdd: OutputEvents['onAdd']): Promise<void> {
    this.#showError('');
    try {
      await onAdd(this.#chosen);
    } catch (error) {
      this.#showError(messageOf(error));
    }
  }

  #showError(text: string): void {
    setText(this.#error, text);
    show(this.#error, text !== '');
  }
}

function makeChoice({ key }: InterfaceRow): Choice {
  const box = make('input', '', { type: 'checkbox', value: key });
  const text = make('span', '');
  const element = make('label', 'mfc-choice', {}, box, text);
  const update = ({ state }: InterfaceRow): void =>
    setText(text, state === 'up' ? key : `${key} (${say(`interface.${state}`)})`);
  return { box, element, update };
}
