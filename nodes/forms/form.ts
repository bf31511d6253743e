/**
 * What the forms of all nodes do: they list the live interfaces, and say under each field what is wrong with it while one types.
 */
import type { Checks } from './checks.js';
import { TOLERATED } from './controller-faults.js';
import { type Definition, type EditorNode, keyOf, type Red, type TypedInput } from './editor.js';
import { type Link, loadLinks } from './links.js';
import { createPicker } from './picker.js';

/** Fills in the forms that open. */
export type Prepare = (node: EditorNode) => void;

export function createPrepare(RED: Red, $: JQueryStatic, { check, advise }: Checks): Prepare {
  const attach = createPicker(RED, $);

  /** The line under a field that says what is wrong with it; made when there is something to say. */
  function say(input: JQuery, text: string, isFault: boolean): void {
    const id = `${input.attr('id')}-note`;
    const row = input.closest('.form-row');
    let line = row.find('.mfc-form-fault');
    if (line.length === 0) {
      if (text === '') return;
      line = $('<div class="mfc-form-fault" aria-live="polite"></div>').attr('id', id).appendTo(row);
      input.attr('aria-describedby', id);
    }
    line.text(text).toggleClass('mfc-form-bad', isFault);
    line.toggle(text !== '');
    input.attr('aria-invalid', String(isFault));
    input.add(input.next('.red-ui-typedInput-container')).toggleClass('input-error', isFault);
  }

  /** A typed input has what is typed in a field of its own, until one leaves that. */
  const textOf = (input: JQuery): unknown =>
    input.data('noderedTypedInput') ? (input as JQuery & TypedInput).typedInput('value') : input.val();

  return (node) => {
    const { defaults, category } = node._def as Definition;
    const isConfig = category === 'config';
    const inputOf = (field: string): JQuery => $(`#node-${isConfig ? 'config-' : ''}input-${field}`);
    const form = inputOf('name').closest('.mfc-form');
    // Found once: while another editor is on top, such as that of JSON, the form is not in the page.
    const inputs = Object.keys(defaults)
      .filter((field) => defaults[field]?.validate !== undefined)
      .map((field) => ({ field, input: inputOf(field) }))
      .filter(({ input }) => input.length > 0);
    let links: readonly Link[] | undefined;

    const consequence = (field: string): string =>
      isConfig && !TOLERATED.includes(field) ? ` ${RED._(keyOf('stays-closed'))}` : '';
    const update = (): void => {
      for (const { field, input } of inputs) {
        const value = textOf(input);
        const fault = check(node, field, value);
        if (fault === true) say(input, advise(node, field, value, links) ?? '', false);
        else say(input, fault + consequence(field), true);
      }
    };
    const load = async (): Promise<readonly Link[] | undefined> => {
      links = await loadLinks($);
      update();
      return links;
    };

    form.on('input change', update);
    update();
    void load().then((found) => {
      if (found === undefined) return;
      for (const input of form.find('[data-mfc-links]').get()) attach($(input), found, load);
    });
  };
}
