/**
 * What to say of a message that has not the shape of the schema: which field is wrong, and what it has to be.
 */
import type { ErrorObject } from 'ajv';
import { MAXVIFS } from '../abi/family';
import type { MfcError } from '../errors';
import { type At, invalid } from './invalid';

const ROUTE_EXAMPLE =
  'Send for example {"source": "10.1.1.5", "group": "239.10.20.30", "iif": "eth1", "oifs": ["eth2"]}.';

/** What a field has to be, for the end of an error. */
const FIELD_HINTS: Record<string, string> = {
  source: 'Give the address of the sender as text, or leave it out for any source.',
  group: 'Give a multicast address as text, such as "239.10.20.30".',
  iif: "Give the name of one interface, 1 to 15 characters, as 'ip link' shows it.",
  oifs: `Give an array of at most ${MAXVIFS - 1} interface names or {"name", "threshold"} objects, or one text with commas.`,
  threshold: 'Give a whole number from 1 to 254.',
  label: 'Give a text of at most 256 characters.',
  join: 'Give true or false.',
  alarm: 'Give for example {"idle": 2}, in seconds.',
  expires_in: 'Give a number of seconds above 0.',
  expires_at: 'Give milliseconds since 1970.',
  exclude: 'Give an array of addresses or prefixes, or one text with commas.',
  idle_timeout: 'Give a number of seconds above 0.',
  members: 'Give for example {"among": ["eth2", "eth3"], "timeout": 60}, or leave it out.',
  stop_filter: 'Give true or false.',
  allow_absent: 'Give true or false.',
  mode: 'Give "replace" or "merge".',
  dry_run: 'Give true or false.',
};

/** `/oifs/2/name` → `oifs[2].name`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')
    .replace(/^\./, '');
}

function describe(error: ErrorObject, keys: readonly string[]): { field: string; what: string; hint: string } {
  const field = fieldOf(error.instancePath);
  const prefix = field === '' ? '' : `${field}.`;
  const top = /^\w+/.exec(field)?.[0] ?? '';
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty);
    return { field: `${prefix}${name}`, what: 'is missing.', hint: FIELD_HINTS[top || name] ?? ROUTE_EXAMPLE };
  }
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty) || '""';
    const known = field === '' ? keys : Object.keys(error.parentSchema?.properties ?? {});
    return { field: `${prefix}${name}`, what: 'is not a field here.', hint: `The fields are ${known.join(', ')}.` };
  }
  const nameFault = error.keyword === 'pattern';
  return {
    field,
    what: nameFault ? 'is not an interface name.' : `${error.message ?? 'is wrong'}.`,
    hint: field.endsWith('threshold') ? (FIELD_HINTS.threshold ?? '') : (FIELD_HINTS[top] ?? ROUTE_EXAMPLE),
  };
}

/** How deep an error is. An object where a text or an object may be is taken for the object, so that its keys are looked at. */
function depth({ instancePath, keyword }: ErrorObject): number {
  return 2 * instancePath.length + (keyword === 'required' || keyword === 'additionalProperties' ? 1 : 0);
}

/** @param keys the fields that the message may have */
export function shapeFault(
  errors: readonly ErrorObject[],
  keys: readonly string[],
  message: unknown,
  at: At,
): MfcError {
  // Of the branches of an anyOf, the one that went deepest is the one the user meant.
  const [deepest] = [...errors].sort((a, b) => depth(b) - depth(a));
  if (deepest === undefined) return invalid(at, '', message, 'is not valid.', ROUTE_EXAMPLE);
  if (deepest.instancePath === '' && deepest.keyword === 'type') {
    return invalid(at, '', message, 'must be an object.', ROUTE_EXAMPLE);
  }
  const { field, what, hint } = describe(deepest, keys);
  return invalid(at, field, faultyValue(deepest), what, hint);
}

function faultyValue({ keyword, params, data }: ErrorObject): unknown {
  if (keyword === 'required') return undefined;
  return keyword === 'additionalProperties' ? (data as Record<string, unknown>)[params.additionalProperty] : data;
}
