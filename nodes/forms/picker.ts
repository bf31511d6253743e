/**
 * The list of live interfaces at a field: opened by its button, and while one types what could be a name. The field stays free text.
 *
 * Node-RED's own autoComplete takes its first suggestion on Tab, whatever was typed; only its menu is used here.
 */
import { addressesOf, type LinkState, type LiveInterface, stateOf } from './links.js';

const LABELS: Readonly<Record<LinkState, string>> = {
  up: 'link.up',
  down: 'link.down',
  'no-multicast': 'link.no-multicast',
  'no-address': 'link.no-address',
};
const MENU = 'mfc-form-links';
const DOWN = 'ArrowDown';
const MIN_WIDTH = 320; // pixels

type Links = readonly LiveInterface[];

/** @param load answers the live interfaces; undefined if they are not to be had any more */
type Attach = (input: JQuery, links: Links, load: () => Promise<Links | undefined>) => void;

/** The items of a text with commas: those before the last, and the last. */
function splitList(text: string): { others: string[]; last: string } {
  const items = text.split(',').map((item) => item.trim());
  return { others: items.slice(0, -1), last: items.at(-1) ?? '' };
}

/** What is in a field after a choice: one name, or one more in a list. What was the beginning of the name is completed. */
export function withChoice(text: string, name: string, isList: boolean): string {
  if (!isList) return name;
  const { others, last } = splitList(text);
  return [...others, ...(name.startsWith(last) ? [] : [last]), name].join(', ');
}

/** The interfaces that a list offers. While one types, those that complete what is there. */
export function offered(
  links: readonly LiveInterface[],
  text: string,
  { isList, isTyping }: { isList: boolean; isTyping: boolean },
): readonly LiveInterface[] {
  const { others, last } = isList ? splitList(text) : { others: [], last: text.trim() };
  const named = isTyping ? others : [...others, last];
  const rest = links.filter(({ name }) => !isList || !named.includes(name));
  if (!isTyping) return rest;
  return last === '' ? [] : rest.filter(({ name }) => name.startsWith(last) && name !== last);
}

const leftOf = (element: JQuery): number => element.offset()?.left ?? 0;
const rightOf = (element: JQuery): number => leftOf(element) + (element.outerWidth() ?? 0);
const textOf = (input: JQuery): string => String(input.val() ?? '');

export function createPicker(RED: EditorRED, $: JQueryStatic, translate: (key: string) => string): Attach {
  /** One line of the list: the name, the addresses, and the state, which says so where nothing can flow. */
  function labelOf(link: LiveInterface): JQuery {
    const state = stateOf(link);
    const row = $('<span class="mfc-form-link"></span>');
    $('<b></b>').text(link.name).appendTo(row);
    $('<span></span>').text(addressesOf(link).join(', ')).appendTo(row);
    $('<em></em>')
      .toggleClass('mfc-form-bad', state !== 'up')
      .text(translate(LABELS[state]))
      .appendTo(row);
    return row;
  }

  const anyLabel = (): JQuery =>
    $('<span class="mfc-form-link"></span>')
      .append($('<b></b>').text('*'))
      .append($('<span></span>').text(translate('link.any')));

  return function attach(input, links, load) {
    const kind = input.attr('data-mfc-links');
    const isList = kind === 'list';
    let current = links;
    let menu: Menu | undefined;

    const close = (): void => menu?.hide();
    const choose = ({ value }: { value: string }): void => {
      input
        .val(withChoice(textOf(input), value, isList))
        .trigger('change')
        .trigger('focus');
    };
    function show(isTyping: boolean): void {
      close();
      const found = offered(current, textOf(input), { isList, isTyping });
      const options = found.map((link) => ({ value: link.name, label: labelOf(link) }));
      if (kind === 'input' && !isTyping) options.push({ value: '*', label: anyLabel() });
      if (options.length === 0) return;
      menu = RED.popover.menu({
        options,
        class: MENU,
        width: Math.max(MIN_WIDTH, rightOf(button) - leftOf(input)),
        maxHeight: 240,
        onselect: choose,
        onclose: () => {
          menu = undefined;
        },
      });
      menu.show({ target: input });
      // A click in the list leaves the focus in the field, so that leaving the field means leaving the list.
      $(`.${MENU}`).on('mousedown', (event) => event.preventDefault());
    }
    async function open(): Promise<void> {
      current = (await load()) ?? [];
      button.toggle(current.length > 0);
      show(false);
    }

    const button: JQuery = $(
      '<button type="button" class="red-ui-button mfc-form-pick"><i class="fa fa-caret-down"></i></button>',
    );
    button.attr({ title: translate('link.list'), 'aria-label': translate('link.list'), 'aria-haspopup': 'menu' });
    button.on('click', open).insertAfter(input);
    input.addClass('mfc-form-picked');
    input.on('input', () => show(true));
    input.on('keydown', ({ key }) => {
      if (key === DOWN && menu === undefined) void open();
    });
    input.on('blur', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Element) || relatedTarget.closest(`.${MENU}`) === null) close();
    });
  };
}
