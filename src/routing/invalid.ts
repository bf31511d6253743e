/**
 * Faults of a message, by the field that is wrong.
 */
import { MfcError } from '../errors';

/** Where in the payload a message was: its index in an array; undefined for a payload that is the message. */
export type At = number | undefined;

/** `group`, or `payload[3].group` in an array. */
export function fieldName(at: At, field: string): string {
  if (at === undefined) return field === '' ? 'payload' : field;
  return field === '' ? `payload[${at}]` : `payload[${at}].${field}`;
}

export function invalid(at: At, field: string, value: unknown, what: string, hint: string): MfcError {
  const name = fieldName(at, field);
  return new MfcError('ERR_MFC_INVALID', `Invalid argument: ${name} ${what}`, { field: name, value, hint });
}

/** The error with the name that the list of messages has: `mfc_rules[3].group`. */
export function namedAfter(list: string, error: unknown): unknown {
  if (!(error instanceof MfcError) || list === 'payload') return error;
  const rename = (text: string): string => text.replace('payload[', `${list}[`);
  const { field, hint, ...rest } = error.cause;
  return new MfcError(error.code, rename(error.what), {
    ...rest,
    ...(field === undefined ? {} : { field: rename(field) }),
    ...(hint === undefined ? {} : { hint }),
  });
}
