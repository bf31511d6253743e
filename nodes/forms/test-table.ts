/**
 * The button of the controller's form that tries out whether the rights and the table are there.
 */
const TIMEOUT_MS = 15_000;

interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

/** @param tableOf answers what is in the field now */
type Prepare = (node: { id: string }, button: JQuery, answer: JQuery, tableOf: () => string) => { clear(): void };

export function createTableTest(RED: EditorRED, $: JQueryStatic): Prepare {
  const translate = (key: string): string => RED._(`@mroute/node-red-mfc/mfc-controller:mfc-controller.${key}`);

  /** What the server says, or why it says nothing. */
  async function ask(id: string, table: string): Promise<Verdict> {
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
    } catch (error) {
      const { status, responseJSON } = error as JQuery.jqXHR;
      const own = status === 401 || status === 403 ? translate('test.no-right') : translate('test.no-answer');
      return { ok: false, text: responseJSON?.error?.message ?? own };
    }
  }

  return function prepare(node, button, answer, tableOf) {
    const show = (text: string, ok?: boolean): void => {
      answer.text(text).toggle(text !== '');
      answer.toggleClass('mfc-form-good', ok === true).toggleClass('mfc-form-bad', ok === false);
    };
    button.on('click', async () => {
      button.prop('disabled', true);
      show(translate('test.running'));
      const { ok, text } = await ask(node.id, tableOf());
      show(text, ok);
      button.prop('disabled', false);
    });
    return { clear: () => show('') };
  };
}
