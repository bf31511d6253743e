/**
 * What a list of interfaces offers for a field, and what is in the field after a choice.
 */
import type { Link } from './links.js';

export interface Situation {
  /** Whether the field takes many. */
  readonly isList: boolean;
  /** Else the list was opened, and all are asked for. */
  readonly isTyping: boolean;
  /** The input of the route: a stream cannot leave where it comes in. Blank if there is none. */
  readonly input: string;
}

/** The items of a text with commas: those before the last, and the last. */
function splitList(text: string): { others: string[]; last: string } {
  const items = text.split(',').map((item) => item.trim());
  return { others: items.slice(0, -1), last: items.at(-1) ?? '' };
}

/** One name, or one more in a list. What was the beginning of the name is completed. */
export function withChoice(text: string, name: string, isList: boolean): string {
  if (!isList) return name;
  const { others, last } = splitList(text);
  return [...others, ...(name.startsWith(last) ? [] : [last]), name].join(', ');
}

/** While one types, those that complete what is there. A list offers no name twice, and not the input. */
export function offered(links: readonly Link[], text: string, { isList, isTyping, input }: Situation): Link[] {
  const { others, last } = isList ? splitList(text) : { others: [], last: text.trim() };
  const named = [...others, ...(isTyping ? [] : [last]), input];
  const rest = links.filter(({ name }) => !isList || !named.includes(name));
  if (!isTyping) return rest;
  return last === '' ? [] : rest.filter(({ name }) => name.startsWith(last) && name !== last);
}
