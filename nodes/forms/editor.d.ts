/**
 * What the forms use of Node-RED's editor.
 */

interface MenuOptions {
  options: { value: string; label: JQuery }[];
  class: string;
  /** Pixels. */
  width: number;
  maxHeight: number;
  onselect(option: { value: string }): void;
  onclose(): void;
}

interface Menu {
  show(options: { target: JQuery }): void;
  hide(): void;
}

interface EditorRED {
  /** The text of a catalog; `{name}` of the values is put in for `__name__`. */
  _(key: string, values?: Readonly<Record<string, unknown>>): string;
  readonly editor: { getEditStack(): readonly object[] };
  readonly popover: { menu(options: MenuOptions): Menu };
}

declare const RED: EditorRED;

/** Node-RED's own widget. */
interface JQuery {
  typedInput(method: 'value'): string;
}
