/**
 * What the sidebar uses of Node-RED's editor and of its jQuery.
 */

interface SidebarTab {
  id: string;
  /** On the tab. */
  label: string;
  /** In menus and tooltips. */
  name: string;
  iconClass: string;
  content: HTMLElement;
  /** Whether it can be used while a node is edited. */
  enableOnEdit: boolean;
  /** Name of the action that shows it. */
  action: string;
}

interface EditorPlugin {
  onadd(): void;
}

declare const RED: {
  /** The text of a catalog; `{name}` of the values is put in for `__name__`. */
  _(key: string, values?: Readonly<Record<string, string | number>>): string;
  readonly actions: { add(name: string, action: () => void, options?: { label: string }): void };
  readonly i18n: { lang(): string };
  readonly nodes: { node(id: string): object | null | undefined };
  readonly plugins: { registerPlugin(id: string, plugin: EditorPlugin): void };
  readonly settings: {
    getLocal(key: string): string | null;
    setLocal(key: string, value: string): void;
  };
  readonly sidebar: { addTab(tab: SidebarTab): void; show(id: string): void };
  readonly user: { hasPermission(permission: string): boolean };
  readonly utils: { getNodeLabel(node: object, fallback: string): string };
};

interface Reply {
  readonly status: number;
  readonly responseJSON?: unknown;
  getResponseHeader(name: string): string | null;
}

/** Node-RED's settings for jQuery's requests add the user's token. */
declare const $: {
  ajax(request: {
    method: 'GET' | 'POST';
    url: string;
    timeout: number;
    cache: boolean;
    dataType: 'json';
    contentType?: 'application/json';
    data?: string;
    success(body: unknown, status: string, reply: Reply): void;
    error(reply: Reply): void;
  }): void;
};
