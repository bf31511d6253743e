/**
 * Which route takes a stream that the kernel has no entry for, and the entry that it gets.
 *
 * The longest prefix wins: that of the group first, then that of the source.
 */
import { ANY_SOURCE } from '../abi/family';
import { addressBytes, contains, type Prefix, parsePrefix } from './prefix';
import { openOutputs } from './resolve';
import { isPattern, matchesPattern, type Route, sameForwarding, sameOptions } from './route';
import type { Entry } from './table';
import type { World } from './world';

/** A stream as the kernel tells of it. */
export interface Stream {
  readonly source: string;
  readonly group: string;
  /** Name of the interface that it comes in by. */
  readonly iif: string;
  readonly sourceBytes: Uint8Array;
  readonly groupBytes: Uint8Array;
}

/** A route that learns, ready to be compared with streams. */
export interface Template {
  readonly key: string;
  /** As it is installed. */
  readonly route: Route;
  readonly group: Prefix;
  /** Undefined for any source. */
  readonly source: Prefix | undefined;
  readonly exclude: readonly Prefix[];
}

/** Undefined for a route that does not learn. */
export function templateOf(key: string, route: Route): Template | undefined {
  const group = parsePrefix(route.group);
  if (route.learning === undefined || group === undefined) return undefined;
  const source = route.source === ANY_SOURCE ? undefined : parsePrefix(route.source);
  const exclude = route.learning.exclude.map(parsePrefix).filter((prefix) => prefix !== undefined);
  return { key, route, group, source, exclude };
}

/** Whether the addresses of a stream are those of a route, wherever it comes in. */
function covers({ group, source }: Template, { sourceBytes, groupBytes }: Omit<Stream, 'iif'>): boolean {
  return contains(group, groupBytes) && (source === undefined || contains(source, sourceBytes));
}

function excludes({ exclude }: Template, { sourceBytes, groupBytes }: Omit<Stream, 'iif'>): boolean {
  return exclude.some((prefix) => contains(prefix, groupBytes) || contains(prefix, sourceBytes));
}

function takesFrom({ iif, reserved }: Route, name: string): boolean {
  return isPattern(iif) ? matchesPattern(iif, name) && reserved?.includes(name) === true : iif === name;
}

/** Negative if `a` is more specific. */
function compare(a: Template, b: Template): number {
  return b.group.length - a.group.length || (b.source?.length ?? 0) - (a.source?.length ?? 0);
}

/** The routes that learn, of both families. */
export class Templates {
  /** The most specific first. */
  readonly sorted: readonly Template[];

  constructor(templates: Iterable<Template>) {
    this.sorted = Array.from(templates).sort(compare);
  }

  /** The one that takes a stream; undefined if none does. What one excludes, a less specific one may take. */
  find(stream: Stream): Template | undefined {
    for (const template of this.sorted) {
      if (covers(template, stream) && takesFrom(template.route, stream.iif) && !excludes(template, stream))
        return template;
    }
    return undefined;
  }

  /** Where a route waits for a stream that has come in elsewhere; undefined if none does. */
  inputOf(stream: Stream): string | undefined {
    for (const template of this.sorted) {
      const { iif, reserved } = template.route;
      const input = isPattern(iif) ? reserved?.[0] : iif;
      if (input !== undefined && covers(template, stream) && !excludes(template, stream)) return input;
    }
    return undefined;
  }
}

/** Whether a route of any source takes what comes in here: the kernel asks for no other entry then. */
export function isNative(entry: Entry | undefined, iif: string): boolean {
  return entry?.installed !== undefined && entry.installed.learning === undefined && entry.installed.iif === iif;
}

/** The entry of a stream under a template. Undefined if it could leave nowhere but where it came in. */
export function learn(
  { route }: Pick<Template, 'route'>,
  { source, group, iif }: Pick<Route, 'source' | 'group' | 'iif'>,
  world: Pick<World, 'isMember'>,
): Route | undefined {
  const { version, outputs, members, label, alarm } = route;
  const own =
    members === undefined
      ? outputs.filter(({ name }) => name !== iif)
      : openOutputs(route, { source, group, iif }, world);
  if (own.length === 0 && outputs.length > 0) return undefined;
  const entry = { version, source, group, iif, outputs: own.length === outputs.length ? outputs : own };
  return label === undefined && alarm === undefined && members === undefined
    ? entry
    : {
        ...entry,
        ...(label === undefined ? {} : { label }),
        ...(alarm === undefined ? {} : { alarm }),
        ...(members === undefined ? {} : { members }),
      };
}

/** A learnt entry as the stream that it was learnt from. */
export function streamOf({ source, group, iif }: Pick<Route, 'source' | 'group' | 'iif'>): Stream | undefined {
  const sourceBytes = addressBytes(source);
  const groupBytes = addressBytes(group);
  return sourceBytes && groupBytes && { source, group, iif, sourceBytes, groupBytes };
}

/** What becomes of learnt entries now that other routes learn, or learn otherwise: those that change, undefined if they go. */
export function* relearn(
  entries: Iterable<readonly [string, Entry]>,
  templates: Templates,
  world: Pick<World, 'isMember'>,
): Generator<[key: string, entry: Entry | undefined], void> {
  for (const [key, entry] of entries) {
    const stream = streamOf(entry.route);
    const template = stream && templates.find(stream);
    const route = template && learn(template, entry.route, world);
    if (template === undefined || route === undefined) yield [key, undefined];
    else if (template.key !== entry.learnt || !sameForwarding(route, entry.route) || !sameOptions(route, entry.route)) {
      yield [key, { route, installed: route, learnt: template.key }];
    }
  }
}
