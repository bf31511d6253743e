/**
 * The texts of the catalog mfc-sidebar.json, in the language of the editor.
 */
const CATALOG = '@mroute/node-red-mfc/mfc-sidebar:mfc-sidebar.';

export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return RED._(`${CATALOG}${key}`, values);
}

/** The sentence of what was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For numbers and times. */
export function language(): string {
  return RED.i18n.lang();
}
