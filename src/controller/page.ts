/**
 * A part of a long list of routes: as many as somebody looks at. To read the counters of ten thousand each second takes 4 % of a core.
 */
import { invalid } from '../routing/invalid';

export interface Page {
  /** So many of those that match are left out before. */
  readonly offset: number;
  readonly limit: number;
  /** Only routes in which this is written somewhere: addresses, interfaces, label. In small letters. */
  readonly search: string;
}

/** A route, as far as it can be searched. */
interface Searchable {
  readonly source: string;
  readonly group: string;
  readonly iif: string;
  readonly label?: string | undefined;
}

/** `limit`, `offset` and `search` as texts; undefined if none of them is given. Throws ERR_MFC_INVALID. */
export function parsePage({ limit, offset, search }: Readonly<Record<string, unknown>>): Page | undefined {
  if (limit === undefined && offset === undefined && search === undefined) return undefined;
  return {
    limit: parseCount('limit', limit, Number.MAX_SAFE_INTEGER),
    offset: parseCount('offset', offset, 0),
    search: parseSearch(search),
  };
}

export function isFound({ search }: Page, route: Searchable, outputs: readonly string[]): boolean {
  const isIn = (text: string): boolean => text.toLowerCase().includes(search);
  const { source, group, iif, label = '' } = route;
  return search === '' || isIn(group) || isIn(source) || isIn(iif) || isIn(label) || outputs.some(isIn);
}

/** What a page has of a list that others come before. */
export function cut<T>(list: readonly T[], page: Page | undefined, before = 0): readonly T[] {
  if (page === undefined) return list;
  const start = page.offset - before;
  return list.slice(Math.max(0, start), Math.max(0, start + page.limit));
}

function parseCount(field: string, value: unknown, none: number): number {
  if (value === undefined || value === '') return none;
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw invalid(undefined, field, value, 'is not a whole number.', 'Use one such as 500.');
}

function parseSearch(value: unknown): string {
  if (value === undefined || typeof value === 'string') return (value ?? '').trim().toLowerCase();
  throw invalid(
    undefined,
    'search',
    value,
    'is not a text.',
    'Use a part of an address, an interface name or a label.',
  );
}
