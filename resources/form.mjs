/**
 * What the forms of all nodes do: they list the live interfaces, and say under each field what is wrong with it while one types.
 */
import { loadLinks } from './links.mjs';
import { createPicker } from './picker.mjs';

export function createForms(RED, $, { check, advise }) {
  const translate = (key) => RED._(`@mroute/node-red-mfc/mfc-controller:mfc-controller.${key}`);
  const attach = createPicker(RED, $, translate);

  /** The line under a field that says what is wrong with it; made when there is something to say. */
  function say(input, text, isFault) {
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
  }

  return {
    /** Called when the form of a node opens. */
    prepare(node) {
      const { defaults, category } = node._def;
      const isConfig = category === 'config';
      const inputOf = (field) => $(`#node-${isConfig ? 'config-' : ''}input-${field}`);
      const fields = Object.keys(defaults).filter((field) => defaults[field].validate && inputOf(field).length > 0);
      const form = inputOf('name').closest('.mfc-form');
      let links;

      const load = async () => {
        links = await loadLinks($);
        update();
        return links;
      };
      const update = () => {
        for (const field of fields) {
          const input = inputOf(field);
          const answer = check(node, field, input.val());
          const fault = answer === true ? '' : answer;
          if (fault === '') say(input, advise(node, field, input.val(), links) ?? '', false);
          else say(input, isConfig ? `${fault} ${translate('stays-closed')}` : fault, true);
        }
      };

      form.on('input change', update);
      update();
      load().then((found) => {
        if (!found) return;
        form.find('[data-mfc-links]').each((_, input) => attach($(input), found, load));
      });
    },
  };
}
