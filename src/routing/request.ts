/**
 * Unknown input → requests in canonical form. Everything that can be said about a message without asking the kernel is said here.
 *
 * A field that is set in the node wins over the message's. Errors name the field: `group`, or `payload[3].group` in an array.
 */
import type { IpVersion } from '../abi/address';
import { MfcError, messageOf } from '../errors';
import { type At, invalid } from './invalid';
import { mergedShape } from './merge';
import { audible, isForMembers, isPlain, MEMBERS, parseOptions, refusePast } from './options';
import { checkNames, isTooLong, listOutputs, parseOutputs, plainOutput, tooLong } from './outputs';
import { ANY_INTERFACE, learns, type Route } from './route';
import { type AddShape, ROUTE_KEYS, shapeOfAdd, shapeOfDel, shapeOfFilter } from './schema';
import { parseGroup, parseSource, versionOf } from './stream';

/** What a node's own fields say, in the words of a message. */
export type Fields = Record<string, unknown>;

export interface AddRequest {
  readonly route: Route;
  /** Interfaces that do not exist yet are no error: the route waits for them. */
  readonly allowAbsent: boolean;
  /** Who made it, if no message did, by the answer that the rule is out of. A learnt entry comes with its stream. */
  readonly origin?: 'learnt' | 'reserved' | 'foreign';
  /** Makes of the route that is there the one that is wanted; undefined to replace it. Throws ERR_MFC_INVALID. */
  readonly merge?: (before: Route) => Route;
}

export interface DelRequest {
  readonly version: IpVersion;
  readonly source: string;
  readonly group: string;
  /** Only a route that comes in here. */
  readonly iif?: string;
  /** Only these outputs; the whole route if absent. */
  readonly outputs?: readonly string[];
  /** The rule of a learnt entry, out of an answer: it may have gone since. */
  readonly learnt?: true;
}

export interface Filter {
  readonly source?: string;
  readonly group?: string;
  readonly iif?: string;
}

/** The highest number of routes in one message. More is a mistake, not a plan. */
export const MAX_ROUTES = 100_000;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function reading<T>(at: At, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(error, at);
  }
}

/** What a function node sends may run code when it is read, a getter for one. That it throws is the message's fault. */
function unreadable(error: unknown, at: At): MfcError {
  if (error instanceof MfcError) return error;
  const why = messageOf(error);
  return invalid(at, '', undefined, `cannot be read: ${why}.`, 'Send plain objects, as JSON has them.');
}

/** Whether a message says anything of a route. */
function isRoute(message: unknown): message is Fields {
  return isObject(message) && !ArrayBuffer.isView(message) && ROUTE_KEYS.some((key) => key in message);
}

/** The messages in a payload: many in an array, else one. Where the node itself names the group, an array of anything else is one. */
export function messagesIn(payload: unknown, fields: Fields): readonly unknown[] {
  return reading(undefined, () => {
    if (!Array.isArray(payload) || ('group' in fields && !payload.some(isRoute))) return [payload];
    const { length } = payload;
    if (length === 0) throw invalid(undefined, '', payload, 'is an empty array.', 'Send at least one route.');
    if (length > MAX_ROUTES) {
      throw invalid(undefined, '', length, 'is too long.', `Send at most ${MAX_ROUTES} routes in one message.`);
    }
    return payload;
  });
}

/** Whether the node or any of the messages asks for a dry run: it holds for all, since all are done or none. */
export function wantsDryRun(messages: readonly unknown[], fields: Fields): boolean {
  const asks = (message: unknown): boolean => isObject(message) && message.dry_run === true;
  return fields.dry_run === true || reading(undefined, () => messages.some(asks));
}

/**
 * The node's fields laid over a message. One that says nothing of a route, such as a button's timestamp or another node's answer,
 * counts as empty where the node itself names the group.
 */
function overlay(message: unknown, fields: Fields): unknown {
  for (const _ in fields) {
    if (isRoute(message)) return laidOver(message, fields);
    if ('group' in fields) return fields;
    return isObject(message) && !ArrayBuffer.isView(message) ? laidOver(message, fields) : message;
  }
  return message;
}

/** The node's fields win, also over what says the same in other words. Of `members`, each setting is a field. */
function laidOver(message: Fields, fields: Fields): Fields {
  const route = { ...message, ...fields };
  const { members, oifs } = fields;
  if ('expires_in' in fields) delete route.expires_at;
  if (isObject(members) && isObject(message.members)) route.members = { ...message.members, ...members };
  else if (members === undefined && oifs !== undefined && oifs !== MEMBERS) delete route.members;
  return route;
}

/** Throws ERR_MFC_INVALID, which names the field. */
export function parseAdd(message: unknown, fields: Fields = {}, at?: number): AddRequest {
  try {
    return readAdd(message, fields, at); // thousands at once: `reading` would make a closure for each
  } catch (error) {
    throw unreadable(error, at);
  }
}

function readAdd(message: unknown, fields: Fields, at: At): AddRequest {
  const shape = shapeOfAdd(overlay(message, fields), at);
  refusePast(shape, at);
  const origin = originOf(shape);
  const plain = { route: audible(routeOf(shape, at), at), allowAbsent: shape.allow_absent === true };
  const request = origin === undefined ? plain : { ...plain, origin };
  if (shape.mode !== 'merge') return request;
  return { ...request, merge: (before) => audible(routeOf(mergedShape(before, shape, request.route, at), at), at) };
}

/** A route as the file has it. What a message may not ask for, it may have come to since: its time may be over. */
export function parseSaved(rule: unknown, at: number): Route {
  return reading(at, () => routeOf(shapeOfAdd(rule, at), at));
}

function originOf({ learnt, reserved, state }: AddShape): AddRequest['origin'] {
  if (learnt === true) return 'learnt';
  if (reserved === true) return 'reserved';
  return state === 'foreign' ? 'foreign' : undefined;
}

function routeOf(shape: AddShape, at: At): Route {
  const group = parseGroup(shape.group, at);
  const version = versionOf(group);
  const source = parseSource(shape.source, version, at);
  if (shape.iif !== undefined && isTooLong(shape.iif)) throw tooLong(shape.iif, 'iif', at);
  const iif = plainOutput(shape.iif ?? ANY_INTERFACE).name;
  const isOpen = isForMembers(shape);
  const outputs = isOpen ? [] : parseOutputs(shape, version, at);
  for (const { name } of outputs) {
    if (name === iif) {
      throw invalid(at, 'oifs', shape.oifs, `has the iif '${iif}'.`, 'A stream cannot leave where it comes in.');
    }
  }
  if ((outputs.length === 0 && !isOpen) !== (shape.stop_filter === true)) throw stopFilterFault(shape, at);
  const plain = { version, source, group, iif, outputs };
  return isPlain(shape) && !learns(plain) ? plain : { ...plain, ...parseOptions(shape, plain, at) };
}

function stopFilterFault(shape: AddShape, at: At): Error {
  return shape.stop_filter === true
    ? invalid(at, 'stop_filter', true, 'is set, but there are outputs.', 'Leave one of the two out.')
    : invalid(
        at,
        'oifs',
        shape.oifs,
        'is empty, so the stream would go nowhere.',
        'Name an output, or add "stop_filter": true if that is what you want.',
      );
}

/** Throws ERR_MFC_INVALID, which names the field. */
export function parseDel(message: unknown, fields: Fields = {}, at?: number): DelRequest {
  return reading(at, () => readDel(message, fields, at));
}

function readDel(message: unknown, fields: Fields, at: At): DelRequest {
  const shape = shapeOfDel(overlay(message, fields), at);
  const group = parseGroup(shape.group, at);
  const version = versionOf(group);
  const source = parseSource(shape.source, version, at);
  if (shape.learnt === true) return { version, source, group, learnt: true };
  const stream = { version, source, group };
  const request = shape.iif === undefined ? stream : { ...stream, iif: shape.iif };
  // The rule of a stop filter, as answers have it, names no outputs, and that of members those that were open: the route is meant.
  if (shape.oifs === undefined || isForMembers(shape)) return request;
  if (shape.stop_filter === true && shape.oifs.length === 0) return request;
  const outputs = listOutputs(shape.oifs, at).map((oif) => (typeof oif === 'string' ? { name: oif } : oif));
  if (outputs.length === 0) {
    const hint = 'Name the outputs to delete, or leave it out to delete the route.';
    throw invalid(at, 'oifs', shape.oifs, 'is empty.', hint);
  }
  checkNames(outputs, shape.oifs, at);
  return { ...request, outputs: outputs.map(({ name }) => name) };
}

/** What `mfc state` is to show. A payload that is no object asks for all; keys that are no filter are not looked at. */
export function parseFilter(payload: unknown, fields: Fields): Filter {
  return reading(undefined, () => readFilter(payload, fields));
}

function readFilter(payload: unknown, fields: Fields): Filter {
  const asked = isObject(payload) ? { source: payload.source, group: payload.group, iif: payload.iif } : {};
  const shape = shapeOfFilter(stripped({ ...asked, ...fields }), undefined);
  return {
    ...(shape.source === undefined ? {} : { source: parseSource(shape.source, undefined, undefined) }),
    ...(shape.group === undefined ? {} : { group: parseGroup(shape.group, undefined) }),
    ...(shape.iif === undefined ? {} : { iif: shape.iif }),
  };
}

/** Without the keys that have no value. */
function stripped(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
