/**
 * What the server says of the fields of mfc add, to hold what the form says against it.
 */
import { fieldsOf } from '../../nodes/fields';
import { MfcError } from '../../src/errors';
import { parseAdd } from '../../src/routing/request';

/** Undefined if it takes them. */
export function refusalOf(config: object): MfcError | undefined {
  try {
    parseAdd({}, fieldsOf(config));
    return undefined;
  } catch (error) {
    if (error instanceof MfcError) return error;
    throw error;
  }
}

/** `Invalid argument: group is …` → `Group is …`, without quotes, which say in a message that a text is meant. */
export function asInForms(message: string): string {
  const text = message.replace(/^Invalid argument: /, '').replaceAll('"', '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
