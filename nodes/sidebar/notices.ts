/**
 * What has just been done, with what a reader should know of it, and the offer to undo it. Classes: mfc-notice, mfc-undo,
 * mfc-dismiss, mfc-error. They are below the list, whichever part of that is shown, and do not move it.
 */
import { isFocusFree, keepFocus, make, makeButton, setAttributes, setText, show, whileBusy } from './dom.js';
import { messageOf, say } from './words.js';

export interface Notice {
  readonly text: string;
  readonly warnings: readonly string[];
  /** Takes it back; fails with the sentence that is to be shown. */
  readonly undo?: () => Promise<void>;
  /** The route that it is about: when that is there again, there is nothing to undo any more. */
  readonly key: string;
}

const MAX_NOTICES = 3;
/** How long a notice stays that has nothing to offer and warns of nothing. */
const SHORT_MS = 10_000;

export class Notices {
  readonly element = make('div', 'mfc-notices', { role: 'status' });
  readonly #shown = new Map<string, { element: HTMLElement; isUndo: boolean }>();

  readonly #onLeave: () => void;

  /** @param onLeave the notice that had the focus has gone */
  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  add(notice: Notice): void {
    this.#remove(notice.key);
    const [oldest] = this.#shown.keys();
    if (oldest !== undefined && this.#shown.size >= MAX_NOTICES) this.#remove(oldest);
    const element = this.#make(notice);
    this.#shown.set(notice.key, { element, isUndo: notice.undo !== undefined });
    this.element.append(element);
    if (notice.undo === undefined && notice.warnings.length === 0) {
      setTimeout(() => this.#withdraw(notice.key, element), SHORT_MS);
    }
    // The button that was pressed goes with its row. Who does something else by now is not disturbed.
    if (isFocusFree()) element.querySelector('button')?.focus();
  }

  /** @param keys routes that there are */
  forget(keys: ReadonlySet<string>): void {
    for (const [key, { isUndo }] of this.#shown) if (isUndo && keys.has(key)) this.#remove(key);
  }

  clear(): void {
    for (const key of this.#shown.keys()) this.#remove(key);
  }

  /** Unless another one about the same route is in its place by now. */
  #withdraw(key: string, element: HTMLElement): void {
    if (this.#shown.get(key)?.element === element) this.#remove(key);
  }

  #remove(key: string): void {
    keepFocus(this.element, () => this.#shown.get(key)?.element.remove(), this.#onLeave);
    this.#shown.delete(key);
  }

  #make({ text, warnings, undo, key }: Notice): HTMLElement {
    const element = make('div', 'mfc-notice', {}, make('span', 'mfc-notice-text', {}, text));
    const error = make('div', 'mfc-error', { role: 'alert' });
    show(error, false);
    const act = async (): Promise<void> => {
      try {
        await undo?.();
        this.#withdraw(key, element);
      } catch (failure) {
        setText(error, messageOf(failure));
        show(error, true);
      }
    };
    if (undo !== undefined)
      element.append(makeButton('mfc-undo', say('notice.undo'), 'fa-undo', () => void whileBusy(element, act)));
    const dismiss = makeButton('mfc-dismiss', '', 'fa-times', () => this.#remove(key));
    setAttributes(dismiss, { 'aria-label': say('notice.dismiss') });
    element.append(dismiss, error);
    for (const warning of warnings) element.append(make('div', 'mfc-reason', {}, warning));
    return element;
  }
}
