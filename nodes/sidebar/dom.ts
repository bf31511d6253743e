/**
 * Making elements and changing them. Texts are always texts: names and labels come from elsewhere.
 */

type Attributes = Readonly<Record<string, string>>;

const BUSY = 'aria-busy';

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

export function makeSvg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  className = '',
  attributes: Attributes = {},
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  if (className !== '') element.setAttribute('class', className);
  setAttributes(element, attributes);
  return element;
}

export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** Leaves the element alone if nothing changes, so that a selection in it stays. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement | SVGElement, isShown: boolean): void {
  element.toggleAttribute('hidden', !isShown);
}

/** An address that is broken, where it has to be, between its numbers. */
export function breakable(address: string): (string | Node)[] {
  return address.split(/(?<=:)(?=[^:])/).flatMap((part) => [part, make('wbr', '')]);
}

/** A button as Node-RED's own small ones. */
export function makeButton(className: string, text: string, icon: string, onClick?: () => void): HTMLButtonElement {
  const button = make('button', `red-ui-button red-ui-button-small ${className}`, { type: 'button' });
  button.append(make('i', `fa ${icon}`, { 'aria-hidden': 'true' }), ` ${text}`);
  if (onClick !== undefined) button.addEventListener('click', onClick);
  return button;
}

/**
 * Marks an element while something that was begun in it is under way, and begins nothing else there meanwhile. What has the
 * focus keeps it, as a button that is disabled does not.
 */
export async function whileBusy(element: Element, action: () => Promise<void>): Promise<void> {
  if (element.hasAttribute(BUSY)) return;
  setAttributes(element, { [BUSY]: 'true' });
  try {
    await action();
  } finally {
    element.removeAttribute(BUSY);
  }
}

/** Whether nobody would miss the focus: nothing has it, or what waits for an answer. */
export function isFocusFree(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.closest(`[${BUSY}]`) !== null;
}

/** If a change takes what has the focus away from an element, the keyboard goes on elsewhere, not at the beginning of the page. */
export function keepFocus(element: Element, change: () => void, goOn: () => void): void {
  const hadFocus = element.contains(document.activeElement);
  change();
  if (hadFocus && !element.contains(document.activeElement)) goOn();
}
