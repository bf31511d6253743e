/**
 * The guard rails of a controller, as a user wrote them: what messages may do.
 */
import { ANY_SOURCE } from '../abi/family';
import { messageOf } from '../errors';
import { invalid, namedAfter } from './invalid';
import { parsePatterns } from './outputs';
import { formatPrefix, masked, type Prefix, parsePrefix } from './prefix';
import { parseAdd } from './request';
import { formatRoute, type Route, routeKey } from './route';

/** The settings, as they are in the controller's form; what is blank limits nothing. */
export interface RailSettings {
  /** Names, or patterns as `eth+`, separated by commas. */
  allowedInterfaces?: string | undefined;
  /** Addresses or prefixes of groups, separated by commas. */
  allowedGroups?: string | undefined;
  /** Addresses or prefixes of senders, separated by commas; `*` for routes that take any. */
  allowedSources?: string | undefined;
  /** The highest number of routes that messages may make. */
  maxRoutes?: string | number | undefined;
  /** A JSON array of routes, as `mfc add` takes them. The controller makes them, and messages cannot change them. */
  reservedRoutes?: string | undefined;
  /** What becomes of a message that sends a group from one interface to another, and back. */
  loops?: string | undefined;
}

export type LoopRule = 'refuse' | 'warn' | 'allow';

export interface Rails {
  readonly interfaces: readonly string[] | undefined;
  readonly groups: readonly Prefix[] | undefined;
  readonly sources: readonly Prefix[] | undefined;
  /** Whether routes that take any source are allowed. */
  readonly anySource: boolean;
  readonly maxRoutes: number | undefined;
  readonly reserved: readonly Route[];
  readonly loops: LoopRule;
}

/** Throws ERR_MFC_INVALID, which names the setting. */
export function parseRails(settings: RailSettings): Rails {
  const sources = listOf(settings.allowedSources);
  return {
    interfaces: parsePatterns(settings.allowedInterfaces, 'allowedInterfaces'),
    groups: listOf(settings.allowedGroups)?.map((text) => parseRange('allowedGroups', text)),
    sources: sources?.filter((text) => text !== ANY_SOURCE).map((text) => parseRange('allowedSources', text)),
    anySource: sources === undefined || sources.includes(ANY_SOURCE),
    maxRoutes: parseMaxRoutes(settings.maxRoutes),
    reserved: parseReserved(settings.reservedRoutes),
    loops: parseLoops(settings.loops),
  };
}

function listOf(value: string | undefined): string[] | undefined {
  const text = textOf(value);
  return text === '' ? undefined : text.split(',').map((one) => one.trim());
}

function textOf(value: string | number | undefined): string {
  return String(value ?? '').trim();
}

function parseRange(field: 'allowedGroups' | 'allowedSources', text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    const example = field === 'allowedGroups' ? '239.1.0.0/16, ff3e::/16' : '10.1.0.0/16, *';
    throw invalid(undefined, field, text, `has '${text}', which is no address or prefix.`, `Write it as "${example}".`);
  }
  const network = formatPrefix(masked(prefix));
  if (network === formatPrefix(prefix)) return prefix;
  throw invalid(undefined, field, text, `has '${text}' with bits beyond its length.`, `Write "${network}".`);
}

function parseMaxRoutes(value: string | number | undefined): number | undefined {
  const text = textOf(value);
  if (text === '') return undefined;
  if (/^(0|[1-9]\d{0,5})$/.test(text)) return Number(text);
  throw invalid(
    undefined,
    'maxRoutes',
    value,
    `is '${text}'.`,
    'Give a whole number up to 999999, or leave it blank for no limit.',
  );
}

function parseLoops(value: string | undefined): LoopRule {
  const text = textOf(value);
  if (text === '') return 'refuse';
  if (text === 'refuse' || text === 'warn' || text === 'allow') return text;
  throw invalid(undefined, 'loops', value, `is '${text}'.`, 'Give "refuse", "warn" or "allow".');
}

const RESERVED_HINT = 'Give a JSON array of routes, as mfc add takes them, or leave it blank.';

function parseReserved(value: string | undefined): Route[] {
  const text = textOf(value);
  if (text === '') return [];
  const rules = parseJson(text);
  if (!Array.isArray(rules)) throw invalid(undefined, 'reservedRoutes', value, 'is no array.', RESERVED_HINT);
  const routes = rules.map(parseReservedRoute);
  const keys = new Set<string>();
  for (const route of routes) {
    if (route.expiresAt !== undefined) {
      throw invalid(
        undefined,
        'reservedRoutes',
        value,
        `has ${formatRoute(route)} with an end.`,
        'Leave out its expires_in.',
      );
    }
    const key = routeKey(route.source, route.group);
    if (keys.has(key)) {
      throw invalid(
        undefined,
        'reservedRoutes',
        value,
        `has ${formatRoute(route)} twice.`,
        'Name each source and group once.',
      );
    }
    keys.add(key);
  }
  return routes;
}

function parseReservedRoute(rule: unknown, i: number): Route {
  try {
    return parseAdd(rule, {}, i).route;
  } catch (error) {
    throw namedAfter('reservedRoutes', error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = messageOf(error);
    throw invalid(undefined, 'reservedRoutes', text, `is no JSON: ${why}.`, RESERVED_HINT);
  }
}
