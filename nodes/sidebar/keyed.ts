/**
 * Elements by key: one stays the same as long as its key is there, so that focus, selection, hovering and the place that
 * one has scrolled to stay as well.
 */

export interface View<Item> {
  readonly element: Element;
  update(item: Item): void;
}

interface Keyed {
  readonly key: string;
}

/** Shows the items in their order as the children of `parent`. `views` are those that it has already. */
export function keyed<Item extends Keyed, Shown extends View<Item>>(
  parent: Element,
  views: Map<string, Shown>,
  items: readonly Item[],
  make: (item: Item) => Shown,
): void {
  removeAllBut(new Set(items.map(({ key }) => key)), views);
  let place = parent.firstElementChild;
  for (const item of items) {
    const view = views.get(item.key) ?? make(item);
    views.set(item.key, view);
    view.update(item);
    // What is in its place is not touched: an element that is moved loses the focus.
    if (view.element === place) place = place.nextElementSibling;
    else parent.insertBefore(view.element, place);
  }
}

function removeAllBut<Shown extends { readonly element: Element }>(
  keys: ReadonlySet<string>,
  views: Map<string, Shown>,
): void {
  for (const [key, { element }] of views) {
    if (keys.has(key)) continue;
    element.remove();
    views.delete(key);
  }
}
