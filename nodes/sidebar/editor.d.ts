/**
 * What the sidebar uses of Node-RED's editor and of its jQuery.
 */

declare const RED: {
  /** The text of a catalog; `{name}` of the values is put in for `__name__`. */
  _(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** The editor's connection to the server; `connect` comes whenever there is one anew. */
  readonly comms: { on(event: 'connect', action: () => void): void };
  readonly i18n: { lang(): string };
  readonly nodes: { node(id: string): object | null | undefined };
  readonly settings: {
    getLocal(key: string): string | null;
    setLocal(key: string, value: string): void;
  };
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
    dataType: 'json';
    contentType?: 'application/json';
    data?: string;
    success(body: unknown, status: string, reply: Reply): void;
    error(reply: Reply): void;
  }): void;
};
