/**
 * The shape of messages, as one JSON schema, and what to say when a message does not have it.
 *
 * Shape only: which keys, which types, how long. What the values mean (is it a multicast address?) is request.ts.
 */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { MfcError } from '../errors';

/**
 * As net/core/dev.c dev_valid_name: 1–15 bytes, no space, slash or colon, not `.` or `..`. Bytes are counted in request.ts.
 * No comma either: it separates outputs.
 */
export const INTERFACE_NAME = /^(?!\.{1,2}$)[^\s/:,]{1,15}$/;
const interfaceName = { type: 'string', pattern: INTERFACE_NAME.source };
const address = { type: 'string' };
/** A TTL is 1–255 and must be above the threshold. */
const threshold = { type: 'integer', minimum: 1, maximum: 254 };
/** 32 VIFs, one of them the input. */
export const MAX_OUTPUTS = 31;
const outputs = {
  anyOf: [
    {
      type: 'array',
      maxItems: MAX_OUTPUTS,
      items: {
        anyOf: [
          interfaceName,
          {
            type: 'object',
            required: ['name'],
            additionalProperties: false,
            properties: { name: interfaceName, threshold },
          },
        ],
      },
    },
    { type: 'string' },
  ],
};

const flag = { type: 'boolean' };
const label = { type: 'string', maxLength: 256 };
const names = { anyOf: [{ type: 'array', maxItems: MAX_OUTPUTS, items: interfaceName }, { type: 'string' }] };
export const MAX_EXCLUDED = 1000;
/** Ten years: more is a mistake. */
export const MAX_SECONDS = 315_360_000;
const seconds = { type: 'number', exclusiveMinimum: 0, maximum: MAX_SECONDS };
const addFields = {
  source: address,
  group: address,
  iif: interfaceName,
  oifs: outputs,
  threshold,
  label,
  join: flag,
  alarm: { type: 'object', required: ['idle'], additionalProperties: false, properties: { idle: seconds } },
  expires_in: seconds,
  expires_at: { type: 'number', exclusiveMinimum: 0 },
  exclude: { anyOf: [{ type: 'array', maxItems: MAX_EXCLUDED, items: address }, { type: 'string' }] },
  idle_timeout: seconds,
  members: { type: 'object', additionalProperties: false, properties: { among: names, timeout: seconds } },
  stop_filter: flag,
  allow_absent: flag,
  mode: { enum: ['replace', 'merge'] },
  dry_run: flag,
};
const delFields = { source: address, group: address, iif: interfaceName, oifs: outputs, dry_run: flag };
/** What answers say of a route. It means nothing in a message, but their rules can be sent back as they are. */
const answered = {
  state: { enum: ['active', 'pending', 'degraded', 'missing', 'foreign'] },
  reason: { type: 'string' },
  packets: { type: 'number' },
  bytes: { type: 'number' },
  wrong_if: { type: 'number' },
  learnt: flag,
  reserved: flag,
  streams: { type: 'number' },
  packets_per_second: { type: 'number' },
  bits_per_second: { type: 'number' },
  wrong_if_per_second: { type: 'number' },
  last_seen: { type: 'string' },
  age: { type: 'number' },
  alarm_state: { enum: ['waiting', 'ok', 'lost'] },
};

const add = {
  type: 'object',
  required: ['group', 'oifs'],
  additionalProperties: false,
  properties: { ...answered, ...addFields },
};

const del = {
  type: 'object',
  required: ['group'],
  additionalProperties: false,
  properties: { ...answered, ...addFields, ...delFields },
};

/** The whole table. What else answers have means nothing here, but they can be sent as they are. */
const set = {
  type: 'object',
  required: ['mfc_rules'],
  additionalProperties: false,
  properties: {
    mfc_rules: { type: 'array' },
    label,
    allow_absent: flag,
    dry_run: flag,
    status: { type: 'string' },
    message: { type: 'string' },
    changed: flag,
    vif_map: { type: 'object' },
    vif6_map: { type: 'object' },
    unrouted: { type: 'array' },
    previous: { type: 'object' },
    warnings: { type: 'array' },
    plan: { type: 'array' },
    lines: { type: 'array' },
  },
};

const filter = {
  type: 'object',
  properties: { source: address, group: address, iif: interfaceName },
};

export interface AddShape {
  source?: string;
  group: string;
  iif?: string;
  oifs: string | readonly (string | { name: string; threshold?: number })[];
  threshold?: number;
  label?: string;
  join?: boolean;
  alarm?: { idle: number };
  expires_in?: number;
  expires_at?: number;
  exclude?: string | readonly string[];
  idle_timeout?: number;
  members?: { among?: string | readonly string[]; timeout?: number };
  stop_filter?: boolean;
  allow_absent?: boolean;
  mode?: 'replace' | 'merge';
  /** What an answer said of it. */
  state?: string;
  learnt?: boolean;
  reserved?: boolean;
  dry_run?: boolean;
}

export interface DelShape {
  source?: string;
  group: string;
  iif?: string;
  oifs?: AddShape['oifs'];
  members?: AddShape['members'];
  stop_filter?: boolean;
  learnt?: boolean;
  dry_run?: boolean;
}

export interface SetShape {
  mfc_rules: unknown[];
  label?: string;
  allow_absent?: boolean;
  dry_run?: boolean;
}

export interface FilterShape {
  source?: string;
  group?: string;
  iif?: string;
}

const ajv = new Ajv({ strict: true, allowUnionTypes: true, verbose: true });
const checkAdd = ajv.compile<AddShape>(add);
const checkDel = ajv.compile<DelShape>(del);
const checkSet = ajv.compile<SetShape>(set);
const checkFilter = ajv.compile<FilterShape>(filter);

const ROUTE_EXAMPLE =
  'Send for example {"source": "10.1.1.5", "group": "239.10.20.30", "iif": "eth1", "oifs": ["eth2"]}.';

/** What a field has to be, for the end of an error. */
const FIELD_HINTS: Record<string, string> = {
  source: 'Give the address of the sender as text, or leave it out for any source.',
  group: 'Give a multicast address as text, such as "239.10.20.30".',
  iif: "Give the name of one interface, 1 to 15 characters, as 'ip link' shows it.",
  oifs: `Give an array of at most ${MAX_OUTPUTS} interface names or {"name", "threshold"} objects, or one text with commas.`,
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
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty);
    return { field: `${prefix}${name}`, what: 'is missing.', hint: FIELD_HINTS[name] ?? ROUTE_EXAMPLE };
  }
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params.additionalProperty) || '""';
    return { field: `${prefix}${name}`, what: 'is not a field here.', hint: `The fields are ${keys.join(', ')}.` };
  }
  const top = /^\w+/.exec(field)?.[0] ?? '';
  const nameFault = error.keyword === 'pattern';
  return {
    field,
    what: nameFault ? 'is not an interface name.' : `${error.message ?? 'is wrong'}.`,
    hint: field.endsWith('threshold') ? (FIELD_HINTS.threshold ?? '') : (FIELD_HINTS[top] ?? ROUTE_EXAMPLE),
  };
}

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

/** How deep an error is. An object where a text or an object may be is taken for the object, so that its keys are looked at. */
function depth({ instancePath, keyword }: ErrorObject): number {
  return 2 * instancePath.length + (keyword === 'required' || keyword === 'additionalProperties' ? 1 : 0);
}

function check<T>(validate: ValidateFunction<T>, keys: readonly string[], message: unknown, at: At): T {
  if (validate(message)) return message;
  // Of the branches of an anyOf, the one that went deepest is the one the user meant.
  const error = validate.errors?.reduce((a, b) => (depth(b) > depth(a) ? b : a));
  if (error === undefined) throw invalid(at, '', message, 'is not valid.', ROUTE_EXAMPLE);
  if (error.instancePath === '' && error.keyword === 'type') {
    throw invalid(at, '', message, 'must be an object.', ROUTE_EXAMPLE);
  }
  const { field, what, hint } = describe(error, keys);
  const extra = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined;
  const value = extra === undefined ? error.data : (error.data as Record<string, unknown>)[extra];
  throw invalid(at, field, error.keyword === 'required' ? undefined : value, what, hint);
}

const ADD_KEYS = Object.keys(addFields);
const DEL_KEYS = Object.keys(delFields);
const SET_KEYS = ['mfc_rules', 'label', 'allow_absent', 'dry_run'];
const FILTER_KEYS = Object.keys(filter.properties);

/** The fields of any message about a route. */
export const ROUTE_KEYS: readonly string[] = Array.from(new Set([...ADD_KEYS, ...DEL_KEYS]));

export const shapeOfAdd = (message: unknown, at: At): AddShape => check(checkAdd, ADD_KEYS, message, at);
export const shapeOfDel = (message: unknown, at: At): DelShape => check(checkDel, DEL_KEYS, message, at);
export const shapeOfSet = (message: unknown): SetShape => check(checkSet, SET_KEYS, message, undefined);
export const shapeOfFilter = (message: unknown, at: At): FilterShape => check(checkFilter, FILTER_KEYS, message, at);
