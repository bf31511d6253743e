/**
 * What the forms use of Node-RED's editor and its jQuery.
 */
/// <reference types="jquery" />

/** An input that Node-RED's widget of that name has taken over. */
export interface TypedInput {
  typedInput(method: 'value'): unknown;
}

/** A node in the editor, with its fields. */
export type EditorNode = Record<string, unknown>;

/** Of a type of nodes. */
export interface Definition {
  readonly category: string;
  readonly defaults: Readonly<Record<string, { readonly validate?: unknown }>>;
}

export interface MenuOption {
  readonly value: string;
  readonly label: JQuery;
}

export interface Menu {
  show(place: { target: JQuery }): void;
  hide(): void;
}

export interface Red {
  /** The text of a catalog; each of the values is put in for its `__name__`. */
  _(key: string, values?: Readonly<Record<string, unknown>>): string;
  /** The nodes whose forms are open. */
  readonly editor: { getEditStack(): readonly EditorNode[] };
  readonly popover: {
    menu(options: {
      options: readonly MenuOption[];
      class: string;
      width: number;
      maxHeight: number;
      onselect(option: MenuOption): void;
      onclose(): void;
    }): Menu;
  };
}

/** Names a text of the controller's catalog. */
export const keyOf = (key: string): string => `@mroute/node-red-mfc/mfc-controller:mfc-controller.${key}`;
