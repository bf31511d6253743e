/**
 * What is wrong with the routes that the controller itself puts in: a text with a JSON array of them.
 */
import { isAny, parsePrefix } from './addresses.js';
import type { Fault } from './fault.js';
import { routeFaults } from './route-faults.js';

/** The fields of a route in a message, in the words of the forms, and what JSON has to have there. */
const FIELDS: Readonly<Record<string, { field: string; types: readonly string[] }>> = {
  source: { field: 'source', types: ['string'] },
  group: { field: 'group', types: ['string'] },
  iif: { field: 'iif', types: ['string'] },
  oifs: { field: 'oifs', types: ['string', 'object'] },
  threshold: { field: 'threshold', types: ['number'] },
  label: { field: 'label', types: ['string'] },
  exclude: { field: 'exclude', types: ['string', 'object'] },
  idle_timeout: { field: 'idleTimeout', types: ['number'] },
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value in the spelling of the forms, which have lists as texts with commas. */
function textOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value ?? '');
  return value.map((item: unknown) => (isObject(item) ? item.name : item)).join(',');
}

/** What is wrong with one route. */
function ruleFault(rule: Record<string, unknown>): Fault | undefined {
  if (rule.expires_in !== undefined || rule.expires_at !== undefined) return { key: 'reserved-expires' };
  for (const name of ['group', 'oifs']) if (rule[name] === undefined) return { key: 'reserved-lacks', name };
  const goesNowhere = Array.isArray(rule.oifs) && rule.oifs.length === 0 && rule.stop_filter !== true;
  if (goesNowhere && rule.members === undefined) return { key: 'reserved-lacks', name: 'oifs' };
  const texts = Object.fromEntries(Object.entries(FIELDS).map(([name, { field }]) => [field, textOf(rule[name])]));
  const all: Record<string, string> = {
    ...texts,
    members: String(rule.members !== undefined),
    join: String(rule.join ?? false),
  };
  for (const [name, { field, types }] of Object.entries(FIELDS)) {
    const value = rule[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (!types.includes(typeof value)) return { key: 'reserved-type', name };
    const fault = routeFaults[field]?.(all[field] ?? '', (other) => all[other] ?? '');
    if (fault) return fault;
  }
  return undefined;
}

/** Source and group, whichever way they are written. */
function streamOf({ source = '*', group }: Record<string, unknown>): string {
  const [from, to] = [source, group].map((text) => parsePrefix(String(text)));
  const isAnySource = from === undefined || isAny(from);
  return JSON.stringify([to?.first, to?.last, isAnySource ? '*' : [from.first, from.last]]);
}

export function reservedFault(value: string): Fault | undefined {
  let rules: unknown;
  try {
    rules = JSON.parse(value);
  } catch {
    return { key: 'reserved-no-json' };
  }
  if (!Array.isArray(rules)) return { key: 'reserved-no-array' };
  const streams: string[] = [];
  for (const [i, rule] of rules.entries()) {
    const why = isObject(rule) ? ruleFault(rule) : { key: 'reserved-no-object' };
    if (why) return { key: 'reserved-route', n: i + 1, why };
    const stream = streamOf(rule);
    if (streams.includes(stream)) return { key: 'reserved-twice', n: i + 1 };
    streams.push(stream);
  }
  return undefined;
}
