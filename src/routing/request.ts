/**
 * Unknown input → requests in canonical form. Everything that can be said about a message without asking the kernel is said here.
 *
 * A field that is set in the node wins over the message's. Errors name the field: `group`, or `payload[3].group` in an array.
 */
import {
  formatIpv6,
  type IpVersion,
  ipv4GroupFault,
  ipv4SourceFault,
  ipv6GroupFault,
  ipv6SourceFault,
  parseIpv4,
  parseIpv6,
} from '../abi/address';
import { ANY_SOURCE } from '../abi/family';
import type { Output, Route } from './route';
import { type AddShape, type At, INTERFACE_NAME, invalid, shapeOfAdd, shapeOfDel, shapeOfFilter } from './schema';

/** What a node's own fields say, in the words of a message. */
export type Fields = Record<string, unknown>;

export interface DelRequest {
  readonly version: IpVersion;
  readonly source: string;
  readonly group: string;
  /** Only a route that comes in here. */
  readonly iif?: string;
  /** Only these outputs; the whole route if absent. */
  readonly outputs?: readonly string[];
}

export interface Filter {
  readonly source?: string;
  readonly group?: string;
  readonly iif?: string;
}

/** The highest number of routes in one message. More is a mistake, not a plan. */
const MAX_ROUTES = 100_000;

const NOT_AN_ADDRESS = 'is not an IP address';
const GROUP_HINT = 'Use a group that routers forward: 224.0.1.0–239.255.255.255, or ff03:: and wider scopes.';
const SOURCE_HINT = 'Use the address of the sender as "10.1.1.5", without leading zeros, or "*" for any source.';
const encoder = new TextEncoder();

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The messages in a payload: many in an array, else one. */
export function messagesIn(payload: unknown): readonly unknown[] {
  if (!Array.isArray(payload)) return [payload];
  if (payload.length === 0) throw invalid(undefined, '', payload, 'is an empty array.', 'Send at least one route.');
  if (payload.length > MAX_ROUTES) {
    throw invalid(undefined, '', payload.length, 'is too long.', `Send at most ${MAX_ROUTES} routes in one message.`);
  }
  return payload;
}

/** Whether the node or any of the messages asks for a dry run: it holds for all, since all are done or none. */
export function wantsDryRun(messages: readonly unknown[], fields: Fields): boolean {
  return fields.dry_run === true || messages.some((message) => isObject(message) && message.dry_run === true);
}

/**
 * The node's fields laid over a message. A payload that is no object, such as a button's timestamp, counts as empty where the node
 * itself names the group.
 */
function overlay(message: unknown, fields: Fields, at: At): unknown {
  for (const _ in fields) {
    if (isObject(message)) return { ...message, ...fields };
    return at === undefined && 'group' in fields && !Array.isArray(message) ? fields : message;
  }
  return message;
}

/** Which family a group is of; nothing is said about its validity. */
function versionOf(group: string): IpVersion {
  return group.includes(':') ? 6 : 4;
}

/** The canonical text of a group. */
function parseGroup(text: string, at: At): string {
  if (versionOf(text) === 4) {
    const address = parseIpv4(text);
    const fault = address < 0 ? NOT_AN_ADDRESS : ipv4GroupFault(address);
    if (fault !== undefined) throw invalid(at, 'group', text, `${fault}.`, GROUP_HINT);
    return text;
  }
  const words = parseIpv6(text);
  const fault = words === undefined ? NOT_AN_ADDRESS : ipv6GroupFault(words);
  if (words === undefined || fault !== undefined) throw invalid(at, 'group', text, `${fault}.`, GROUP_HINT);
  return formatIpv6(words);
}

/** The canonical text of a source, `*` for any. With a version, the source has to be of that family. */
function parseSource(text: string | undefined, version: IpVersion | undefined, at: At): string {
  if (text === undefined || text === ANY_SOURCE) return ANY_SOURCE;
  const own = versionOf(text);
  if (version !== undefined && own !== version && isAddress(text)) {
    const what = `is IPv${own}, but the group is IPv${version}.`;
    throw invalid(at, 'source', text, what, 'Use addresses of one family.');
  }
  if (own === 4) {
    const address = parseIpv4(text);
    if (address === 0) return ANY_SOURCE;
    const fault = address < 0 ? NOT_AN_ADDRESS : ipv4SourceFault(address);
    if (fault !== undefined) throw invalid(at, 'source', text, `${fault}.`, SOURCE_HINT);
    return text;
  }
  const words = parseIpv6(text);
  if (words?.every((word) => word === 0)) return ANY_SOURCE;
  const fault = words === undefined ? NOT_AN_ADDRESS : ipv6SourceFault(words);
  if (words === undefined || fault !== undefined) throw invalid(at, 'source', text, `${fault}.`, SOURCE_HINT);
  return formatIpv6(words);
}

function isAddress(text: string): boolean {
  return parseIpv4(text) >= 0 || parseIpv6(text) !== undefined;
}

/** The schema counts characters; the kernel counts bytes, of which a UTF-16 unit has at most three. */
function isTooLong(name: string): boolean {
  return name.length > 5 && encoder.encode(name).length > 15;
}

function tooLong(name: string, field: string, at: At): Error {
  return invalid(at, field, name, 'is not an interface name.', 'The kernel takes at most 15 bytes.');
}

/** The outputs as a list, whichever way they were written. */
function listOutputs(oifs: AddShape['oifs'], at: At): (string | { name: string; threshold?: number })[] {
  if (typeof oifs !== 'string') return oifs;
  const names = oifs.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!INTERFACE_NAME.test(name)) {
      throw invalid(at, 'oifs', oifs, `has '${name}', which is not an interface name.`, "Write it as 'eth2, eth3'.");
    }
  }
  return names;
}

function checkNames(outputs: readonly { name: string }[], oifs: AddShape['oifs'], at: At): void {
  for (let i = 0; i < outputs.length; i++) {
    const name = outputs[i]?.name ?? '';
    if (isTooLong(name)) throw tooLong(name, typeof oifs === 'string' ? 'oifs' : `oifs[${i}]`, at);
    for (let j = 0; j < i; j++) {
      if (outputs[j]?.name === name)
        throw invalid(at, 'oifs', oifs, `names '${name}' twice.`, 'Name each output once.');
    }
  }
}

/** One object per interface name instead of one per route: a table of thousands of routes has few interfaces. */
const plainOutputs = new Map<string, Output>();
const MAX_PLAIN_OUTPUTS = 1000;

function plainOutput(name: string): Output {
  let output = plainOutputs.get(name);
  if (output === undefined) {
    if (plainOutputs.size >= MAX_PLAIN_OUTPUTS) plainOutputs.clear();
    output = { name, threshold: 1 };
    plainOutputs.set(name, output);
  }
  return output;
}

function parseOutputs(message: AddShape, version: IpVersion, at: At): Output[] {
  const outputs = listOutputs(message.oifs, at).map((oif) => {
    const name = typeof oif === 'string' ? oif : oif.name;
    const threshold = (typeof oif === 'string' ? undefined : oif.threshold) ?? message.threshold ?? 1;
    if (threshold !== 1 && version === 6) throw noThreshold(threshold, at);
    return threshold === 1 ? plainOutput(name) : { name, threshold };
  });
  checkNames(outputs, message.oifs, at);
  return outputs;
}

function noThreshold(threshold: number, at: At): Error {
  return invalid(
    at,
    'threshold',
    threshold,
    'is set, but the kernel has no thresholds for IPv6.',
    'Leave it out, or limit the scope with the group (ff05:: is one site).',
  );
}

/** Throws ERR_MFC_INVALID, which names the field. */
export function parseAdd(message: unknown, fields: Fields = {}, at?: number): Route {
  const shape = shapeOfAdd(overlay(message, fields, at), at);
  const group = parseGroup(shape.group, at);
  const version = versionOf(group);
  const source = parseSource(shape.source, version, at);
  if (isTooLong(shape.iif)) throw tooLong(shape.iif, 'iif', at);
  const iif = plainOutput(shape.iif).name;
  const outputs = parseOutputs(shape, version, at);
  for (const { name } of outputs) {
    if (name === iif) {
      throw invalid(at, 'oifs', shape.oifs, `has the iif '${iif}'.`, 'A stream cannot leave where it comes in.');
    }
  }
  if ((outputs.length === 0) !== (shape.stop_filter === true)) throw stopFilterFault(shape, at);
  return shape.label === undefined
    ? { version, source, group, iif, outputs }
    : { version, source, group, iif, outputs, label: shape.label };
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
  const shape = shapeOfDel(overlay(message, fields, at), at);
  const group = parseGroup(shape.group, at);
  const version = versionOf(group);
  const stream = { version, source: parseSource(shape.source, version, at), group };
  const request = shape.iif === undefined ? stream : { ...stream, iif: shape.iif };
  if (shape.oifs === undefined) return request;
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
  const shape = shapeOfFilter({ ...(isObject(payload) ? payload : {}), ...fields }, undefined);
  return {
    ...(shape.source === undefined ? {} : { source: parseSource(shape.source, undefined, undefined) }),
    ...(shape.group === undefined ? {} : { group: parseGroup(shape.group, undefined) }),
    ...(shape.iif === undefined ? {} : { iif: shape.iif }),
  };
}
