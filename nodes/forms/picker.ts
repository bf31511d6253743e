/**
 * The list of live interfaces at a field: opened by its button, and while one types what could be a name. The field stays free text.
 *
 * Node-RED's own autoComplete takes its first suggestion on Tab, whatever was typed; only its menu is used here.
 */
import { offered, withChoice } from './choice.js';
import { keyOf, type Menu, type Red } from './editor.js';
import { addressesOf, type Link, type LinkState, stateOf } from './links.js';

const LABELS: Readonly<Record<LinkState, string>> = {
  up: 'link.up',
  down: 'link.down',
  'no-carrier': 'link.no-carrier',
  'no-multicast': 'link.no-multicast',
  'no-address': 'link.no-address',
};
const MENU = 'mfc-form-links';
const DOWN = 'ArrowDown';
const MIN_WIDTH = 320; // pixels
const MAX_HEIGHT = 240;
const BUTTON = '<button type="button" class="red-ui-button mfc-form-pick"><i class="fa fa-caret-down"></i></button>';

/** Answers the live interfaces; undefined if they are not to be had any more. */
type Load = () => Promise<readonly Link[] | undefined>;

export function createPicker(RED: Red, $: JQueryStatic) {
  const translate = (key: string): string => RED._(keyOf(key));

  const makeRow = (name: string): JQuery =>
    $('<span class="mfc-form-link"></span>').append($('<b></b>').text(name), $('<span></span>'));

  /** One line of the list: the name, the addresses, and the state, which says so where nothing can flow. */
  function labelOf(link: Link): JQuery {
    const state = stateOf(link);
    const row = makeRow(link.name);
    row.children('span').text(addressesOf(link).join(', '));
    const said = $('<em></em>').text(translate(LABELS[state]));
    return row.append(said.toggleClass('mfc-form-bad', state !== 'up'));
  }

  function anyLabel(): JQuery {
    const row = makeRow('*');
    row.children('span').text(translate('link.any'));
    return row;
  }

  const makeButton = (): JQuery => {
    const title = translate('link.list');
    return $(BUTTON).attr({ title, 'aria-label': title, 'aria-haspopup': 'menu' });
  };

  /** From the left of one element to the right of another. */
  const widthOf = (from: JQuery, to: JQuery): number =>
    (to.offset()?.left ?? 0) + (to.outerWidth() ?? 0) - (from.offset()?.left ?? 0);

  return function attach(input: JQuery, links: readonly Link[], load: Load): void {
    const kind = input.attr('data-mfc-links');
    const isList = kind === 'list';
    const routeInput = input.closest('.mfc-form').find('[data-mfc-links="input"]');
    const button = makeButton();
    let current = links;
    let menu: Menu | undefined;

    const choose = (name: string): void => {
      input.val(withChoice(String(input.val()), name, isList));
      input.trigger('change').trigger('focus');
    };
    const close = (): void => menu?.hide();
    function show(isTyping: boolean): void {
      close();
      const situation = { isList, isTyping, input: String(routeInput.val() ?? '').trim() };
      const found = offered(current, String(input.val()), situation);
      const options = found.map((link) => ({ value: link.name, label: labelOf(link) }));
      if (kind === 'input' && !isTyping) options.push({ value: '*', label: anyLabel() });
      if (options.length === 0) return;
      menu = RED.popover.menu({
        options,
        class: MENU,
        width: Math.max(MIN_WIDTH, widthOf(input, button)),
        maxHeight: MAX_HEIGHT,
        onselect: ({ value }) => choose(value),
        onclose: () => {
          menu = undefined;
          // The list has gone, and with it the item that had the focus.
          if ($(':focus').length === 0) input.trigger('focus');
        },
      });
      menu.show({ target: input });
      // A click in the list leaves the focus in the field, so that leaving the field means leaving the list.
      $(`.${MENU}`).on('mousedown', (event) => event.preventDefault());
    }
    async function open(): Promise<void> {
      const text = input.val();
      current = (await load()) ?? [];
      button.toggle(current.length > 0);
      // Who has gone on meanwhile, to another field or out of the form, wants no list there any more.
      const isAwaited = $(':focus').not(input).not(button).length === 0 && input.is(':visible');
      if (isAwaited && input.val() === text) show(false);
    }

    button.on('click', () => void open()).insertAfter(input);
    input.addClass('mfc-form-picked');
    input.on('input', () => show(true));
    input.on('keydown', ({ key }) => {
      if (key === DOWN && menu === undefined) void open();
    });
    input.on('blur', ({ relatedTarget }) => {
      if ($(relatedTarget ?? []).closest(`.${MENU}`).length === 0) close();
    });
  };
}
