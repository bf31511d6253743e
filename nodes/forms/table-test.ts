/**
 * The button of the controller's form that tries out whether the rights and the table are there.
 */
import { keyOf, type Red } from './editor.js';
import type { Prepare } from './form.js';

const TIMEOUT_MS = 15_000;

interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

export function createTableTest(RED: Pick<Red, '_'>, $: JQueryStatic): Prepare {
  const translate = (key: string): string => RED._(keyOf(key));

  /** What the server says, or why it says nothing. */
  async function ask(id: unknown, table: string): Promise<Verdict> {
    try {
      const { ok, message, error } = await $.ajax({
        url: 'mfc/check',
        type: 'POST',
        contentType: 'application/json',
        data: JSON.stringify({ id, table }),
        dataType: 'json',
        timeout: TIMEOUT_MS,
      });
      return { ok, text: ok ? message : error.message };
    } catch (failure) {
      const { status, responseJSON } = failure as JQueryXHR;
      const own = status === 401 || status === 403 ? translate('test.no-right') : translate('test.no-answer');
      return { ok: false, text: responseJSON?.error?.message ?? own };
    }
  }

  return ({ type, id }) => {
    if (type !== 'mfc-controller') return;
    const [table, button, answer] = [
      $('#node-config-input-table'),
      $('#mfc-controller-test'),
      $('#mfc-controller-answer'),
    ];
    const show = (text: string, ok?: boolean): void => {
      answer.text(text).toggle(text !== '');
      answer.toggleClass('mfc-form-good', ok === true).toggleClass('mfc-form-bad', ok === false);
    };
    const wanted = (): string => String(table.val()).trim();
    const test = async (): Promise<void> => {
      // Not disabled: the keyboard would lose its place.
      if (button.attr('aria-busy') !== undefined) return;
      button.attr('aria-busy', 'true');
      show(translate('test.running'));
      const asked = wanted();
      const { ok, text } = await ask(id, asked);
      if (asked === wanted()) show(text, ok);
      button.removeAttr('aria-busy');
    };
    button.on('click', () => void test());
    table.on('input', () => show(''));
  };
}
