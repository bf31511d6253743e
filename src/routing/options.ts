/**
 * What a route can have besides its stream and its interfaces: a label, a join, an alarm, an end, and how it learns and opens outputs.
 */

import { type At, invalid } from './invalid';
import { isTooLong, listNames, tooLong } from './outputs';
import { type Learning, learns, type Members, type Route } from './route';
import { type AddShape, type DelShape, MAX_EXCLUDED, MAX_SECONDS } from './schema';
import { parseExclude } from './stream';

/** The text that stands for outputs that open as hosts join. */
export const MEMBERS = 'members';

/** Seconds without packets after which a learnt entry goes. The next packet brings it back within microseconds. */
const IDLE_TIMEOUT = 60;
/** A prefix of more groups is not joined. */
const MAX_JOINED = 4096;

/** Whether a message says nothing of these. Most do not, and thousands may come at once. */
export function isPlain(shape: AddShape): boolean {
  return (
    shape.label === undefined &&
    shape.join === undefined &&
    shape.alarm === undefined &&
    shape.expires_in === undefined &&
    shape.expires_at === undefined &&
    shape.exclude === undefined &&
    shape.idle_timeout === undefined &&
    !isForMembers(shape)
  );
}

type Options = Partial<Pick<Route, 'label' | 'join' | 'alarm' | 'expiresAt' | 'learning' | 'members'>>;

/** Throws ERR_MFC_INVALID, which names the field. */
export function parseOptions(shape: AddShape, route: Route, at: At): Options {
  return {
    ...(shape.label === undefined ? {} : { label: shape.label }),
    ...(shape.join === true ? { join: parseJoin(route, at) } : {}),
    ...(shape.alarm === undefined ? {} : { alarm: { idle: shape.alarm.idle } }),
    ...parseEnd(shape, at),
    ...parseLearning(shape, route, at),
    ...parseMembers(shape, route, at),
  };
}

function parseJoin({ group }: Route, at: At): true {
  const [, length] = group.split('/');
  const bits = group.includes(':') ? 128 : 32;
  if (length === undefined || 2 ** (bits - Number(length)) <= MAX_JOINED) return true;
  const hint = `Join at most ${MAX_JOINED} groups, a /${bits - Math.log2(MAX_JOINED)}.`;
  throw invalid(at, 'join', true, `is set, but ${group} has too many groups.`, hint);
}

function parseEnd({ expires_in, expires_at }: AddShape, at: At): Options {
  if (expires_in === undefined) return expires_at === undefined ? {} : { expiresAt: expires_at };
  if (expires_at === undefined) return { expiresAt: Date.now() + 1000 * expires_in };
  throw invalid(at, 'expires_at', expires_at, 'is set as well as expires_in.', 'Leave one of the two out.');
}

/** Who asks for a route that has ended already has a clock that is wrong, or sends what was meant for another time. */
export function refusePast({ expires_at }: AddShape, at: At): void {
  if (expires_at === undefined || expires_at > Date.now()) return;
  const hint = 'Give a time to come, in milliseconds since 1970, or expires_in, in seconds.';
  throw invalid(at, 'expires_at', expires_at, 'is over already.', hint);
}

/** The route, if its alarm can ring: an entry that is forgotten before takes its alarm along. */
export function audible(route: Route, at: At): Route {
  const { alarm, learning } = route;
  if (alarm === undefined || learning === undefined || alarm.idle <= learning.idleTimeout) return route;
  const what = `is longer than the idle_timeout of ${learning.idleTimeout}, so it could not ring.`;
  throw invalid(at, 'alarm.idle', alarm.idle, what, 'Let idle_timeout be the longer one.');
}

function parseLearning(shape: AddShape, route: Route, at: At): { learning?: Learning } {
  if (learns(route)) {
    const exclude = parseExclude(listExcluded(shape.exclude ?? [], at), route.version, at);
    return { learning: { exclude, idleTimeout: shape.idle_timeout ?? idleTimeoutFor(shape) } };
  }
  for (const field of ['exclude', 'idle_timeout'] as const) {
    if (shape[field] === undefined) continue;
    const hint = 'Leave it out, or give a prefix such as 239.1.0.0/16 as the group.';
    throw invalid(at, field, shape[field], 'is set, but the route is for one stream.', hint);
  }
  return {};
}

/** An entry that goes before its alarm is due takes the alarm along. */
function idleTimeoutFor({ alarm }: AddShape): number {
  return Math.min(Math.max(IDLE_TIMEOUT, 2 * (alarm?.idle ?? 0)), MAX_SECONDS);
}

/** The schema counts the items of an array; a text with as many is as long as any array of them. */
function listExcluded(exclude: string | readonly string[], at: At): readonly string[] {
  if (typeof exclude !== 'string') return exclude;
  const texts = exclude.split(',', MAX_EXCLUDED + 1);
  if (texts.length <= MAX_EXCLUDED) return texts;
  throw invalid(at, 'exclude', exclude, `names more than ${MAX_EXCLUDED}.`, 'Use shorter prefixes.');
}

/** Whether hosts are to open the outputs. An answer's rule says so in `members` and names those that were open. */
export function isForMembers({ oifs, members }: AddShape | DelShape): boolean {
  return oifs === MEMBERS || members !== undefined;
}

function parseMembers(shape: AddShape, { iif }: Route, at: At): { members?: Members } {
  if (!isForMembers(shape)) return {};
  const { members, threshold = 1, learnt } = shape;
  if (threshold !== 1) {
    const hint = 'Leave it out, or name the outputs.';
    throw invalid(at, 'threshold', threshold, 'is set, but hosts open the outputs.', hint);
  }
  if (members === undefined) return { members: {} };
  const { among, timeout } = members;
  const names = among === undefined ? undefined : listNames(among, 'members.among', at);
  for (const name of names ?? []) {
    if (isTooLong(name)) throw tooLong(name, 'members.among', at);
    // Those of a route with a pattern as its input are also those of what it has learnt, wherever that comes in.
    if (name === iif && learnt !== true) {
      const hint = 'A stream cannot leave where it comes in.';
      throw invalid(at, 'members.among', among, `has the iif '${iif}'.`, hint);
    }
  }
  if (names !== undefined && (names.length === 0 || new Set(names).size < names.length)) {
    throw invalid(at, 'members.among', among, 'is empty or names one twice.', 'Name each interface once.');
  }
  return {
    members: { ...(names === undefined ? {} : { among: names }), ...(timeout === undefined ? {} : { timeout }) },
  };
}
