/**
 * The shape of messages, as one JSON schema.
 *
 * Shape only: which keys, which types, how long. What the values mean (is it a multicast address?) is request.ts.
 */
import Ajv, { type ValidateFunction } from 'ajv';
import { MAXVIFS } from '../abi/family';
import { type At, invalid } from './invalid';
import { shapeFault } from './shape-fault';

/**
 * As net/core/dev.c dev_valid_name: 1–15 bytes, no space, slash or colon, not `.` or `..`. Bytes are counted in request.ts.
 * No comma either: it separates outputs.
 */
export const INTERFACE_NAME = /^(?!\.{1,2}$)[^\s/:,]{1,15}$/;
const interfaceName = { type: 'string', pattern: INTERFACE_NAME.source };
const address = { type: 'string' };
/** A TTL is 1–255 and must be above the threshold. */
const threshold = { type: 'integer', minimum: 1, maximum: 254 };
/** One of the VIFs is the input. */
export const MAX_OUTPUTS = MAXVIFS - 1;
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

function check<T>(validate: ValidateFunction<T>, keys: readonly string[], message: unknown, at: At): T {
  if (validate(message)) return message;
  throw shapeFault(validate.errors ?? [], keys, message, at);
}

/** A message of a route, which is no whole answer: who sends one back means its rules. */
function checkRoute<T>(
  validate: ValidateFunction<T>,
  keys: readonly string[],
  message: unknown,
  at: At,
  instead: string,
): T {
  if (validate(message)) return message;
  const rules =
    typeof message === 'object' && message !== null && 'mfc_rules' in message ? message.mfc_rules : undefined;
  if (rules === undefined) return check(validate, keys, message, at);
  const hint = `Send the routes alone: msg.payload = msg.payload.mfc_rules${instead}.`;
  throw invalid(at, 'mfc_rules', rules, 'is not a field here.', hint);
}

const ADD_KEYS = Object.keys(addFields);
const DEL_KEYS = Object.keys(delFields);
const SET_KEYS = ['mfc_rules', 'label', 'allow_absent', 'dry_run'];
const FILTER_KEYS = Object.keys(filter.properties);

/** The fields of any message about a route. */
export const ROUTE_KEYS: readonly string[] = Array.from(new Set([...ADD_KEYS, ...DEL_KEYS]));

export const shapeOfAdd = (message: unknown, at: At): AddShape =>
  checkRoute(checkAdd, ADD_KEYS, message, at, ', or send it to mfc set, which also deletes what is not in it');
export const shapeOfDel = (message: unknown, at: At): DelShape => checkRoute(checkDel, DEL_KEYS, message, at, '');
export function shapeOfSet(message: unknown): SetShape {
  if (typeof message === 'object' && message !== null) refusePart(message);
  return check(checkSet, SET_KEYS, message, undefined);
}

/** An answer that has some of the routes only would delete all others. */
function refusePart(message: object): void {
  const hint = 'Send msg.payload.mfc_rules if these are all that you want.';
  if ('total' in message) {
    throw invalid(undefined, 'total', message.total, 'says that these are not all routes.', hint);
  }
  if ('changed' in message && !('previous' in message)) {
    const what = 'is of an answer of mfc add or mfc del, which is no table.';
    throw invalid(undefined, 'changed', message.changed, what, hint);
  }
}

export const shapeOfFilter = (message: unknown, at: At): FilterShape => check(checkFilter, FILTER_KEYS, message, at);
