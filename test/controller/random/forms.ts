// Routes in a form that can be compared: those of answers, of the file and of messages alike.

import type { RouteState } from '../../../src/controller/answers';
import type { Output, Rule } from '../../../src/routing/route';
import type { Wish } from './wishes';

/** What a route is, without what it is just doing. */
export interface Form {
  readonly source: string;
  readonly group: string;
  readonly iif: string;
  /** Sorted by name. */
  readonly outputs: readonly Output[] | 'members';
  readonly among?: readonly string[];
  readonly label?: string;
  readonly exclude: readonly string[];
  /** It ends by itself. */
  readonly isLeased: boolean;
}

const byName = (a: Output, b: Output): number => (a.name < b.name ? -1 : 1);

export function formOf(rule: Rule | Wish): Form {
  const { source, group, iif = '*', oifs, members, label, exclude = [], expires_in } = rule;
  const isOpen = members !== undefined || oifs === 'members';
  const outputs = isOpen ? [] : oifs.map((oif) => (typeof oif === 'string' ? { name: oif, threshold: 1 } : oif));
  return {
    source,
    group,
    iif,
    outputs: isOpen ? 'members' : outputs.sort(byName),
    ...(members?.among === undefined ? {} : { among: [...members.among].sort() }),
    ...(label === undefined ? {} : { label }),
    exclude: [...exclude].sort(),
    isLeased: expires_in !== undefined || 'expires_at' in rule,
  };
}

export const streamOf = ({ source, group }: { source: string; group: string }): string => `(${source}, ${group})`;

export const isPattern = (iif: string): boolean => iif === '*' || iif.endsWith('+');

/** A route for it and the entry that it has learnt are two. */
export const isOneStream = ({ source, group }: Pick<Form, 'source' | 'group'>): boolean =>
  source !== '*' && !source.includes('/') && !group.includes('/');

/** Whether entries are made for each stream that it takes. */
export const learns = ({ source, group, iif }: Pick<Form, 'source' | 'group' | 'iif'>): boolean =>
  isPattern(iif) || source.includes('/') || group.includes('/');

export const matches = (pattern: string, name: string): boolean =>
  pattern === '*' || (pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : pattern === name);

/** The interfaces that a route names. */
export function namesOf({ iif, outputs, among = [] }: Form): string[] {
  const out = outputs === 'members' ? among : outputs.map(({ name }) => name);
  return isPattern(iif) ? [...out] : [iif, ...out];
}

/** Whether anything of a route can be in the kernel while these interfaces are there. */
export function isUsable({ iif, outputs }: Form, links: readonly string[]): boolean {
  const isOpen = isPattern(iif) ? links.some((name) => matches(iif, name)) : links.includes(iif);
  return isOpen && (outputs === 'members' || outputs.length === 0 || outputs.some(({ name }) => links.includes(name)));
}

export const isOwn = ({ learnt, state }: RouteState): boolean => learnt !== true && state !== 'foreign';

/** One text for all that is the same. */
export const textOf = ({ source, group, iif, outputs, among, label, exclude, isLeased }: Form): string =>
  JSON.stringify({ source, group, iif, outputs, among, label, exclude, isLeased });

export const sameForm = (a: Form, b: Form): boolean => textOf(a) === textOf(b);

/** By stream. */
export type Forms = Map<string, Form>;

export function formsOf(rules: readonly (Rule | Wish)[]): Forms {
  return new Map(rules.map((rule) => [streamOf(rule), formOf(rule)]));
}

/** The order of routes means nothing. */
export const written = (forms: Iterable<Form>): string[] => Array.from(forms, textOf).sort();
