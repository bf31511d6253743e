/**
 * What the forms of all nodes do: they list the live interfaces, and say under each field what is wrong with it while one types.
 */

import type { Checks, FormNode } from './checks.js';
import { TOLERATED } from './controller-faults.js';
import type { LiveInterface } from './links.js';
import { loadLinks } from './load-links.js';
import { createPicker } from './picker.js';

interface EditedNode extends FormNode {
  readonly _def: {
    readonly category: string;
    readonly defaults: Readonly<Record<string, { readonly validate?: unknown }>>;
  };
}

interface Forms {
  /** Called when the form of a node opens. */
  prepare(node: EditedNode): void;
}

export function createForms(RED: EditorRED, $: JQueryStatic, { check, advise }: Checks): Forms {
  const translate = (key: string): string => RED._(`@mroute/node-red-mfc/mfc-controller:mfc-controller.${key}`);
  const attach = createPicker(RED, $, translate);

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
    line
      .text(text)
      .toggleClass('mfc-form-bad', isFault)
      .toggle(text !== '');
    input.attr('aria-invalid', String(isFault));
    input.add(input.next('.red-ui-typedInput-container')).toggleClass('input-error', isFault);
  }

  /** A typed input has what is typed in a field of its own, until one leaves that. */
  const textOf = (input: JQuery): unknown =>
    input.data('noderedTypedInput') ? input.typedInput('value') : input.val();

  return {
    prepare(node) {
      const { defaults, category } = node._def;
      const isConfig = category === 'config';
      const inputOf = (field: string): JQuery => $(`#node-${isConfig ? 'config-' : ''}input-${field}`);
      const form = inputOf('name').closest('.mfc-form');
      // Found once: while another editor is on top, such as that of JSON, the form is not in the page.
      const inputs = Object.keys(defaults)
        .filter((field) => defaults[field]?.validate)
        .map((field) => ({ field, input: inputOf(field) }))
        .filter(({ input }) => input.length > 0);
      let links: readonly LiveInterface[] | undefined;

      const update = (): void => {
        for (const { field, input } of inputs) {
          const value = textOf(input);
          const fault = check(node, field, value);
          if (fault === true) say(input, advise(node, field, value, links) ?? '', false);
          else
            say(input, isConfig && !TOLERATED.includes(field) ? `${fault} ${translate('stays-closed')}` : fault, true);
        }
      };
      const load = async (): Promise<typeof links> => {
        links = await loadLinks($);
        update();
        return links;
      };

      form.on('input change', update);
      update();
      void load().then((found) => {
        if (found) form.find('[data-mfc-links]').each((_, input) => attach($(input), found, load));
      });
    },
  };
}
