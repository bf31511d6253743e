/**
 * What keeps interfaces from carrying multicast, and the sentences that say so: one for each kind of fault, which names all that have it.
 */
import type { PlanLink } from './world';

export type LinkFault = 'absent' | 'loopback' | 'muted' | 'down' | 'unplugged';

/** Of one interface, and of more. In the order in which they are told. */
const SENTENCES: Record<LinkFault, readonly [one: string, more: string]> = {
  absent: ['not found', 'not found'],
  loopback: ['is a loopback, which never forwards multicast', 'are loopbacks, which never forward multicast'],
  muted: ['has multicast switched off', 'have multicast switched off'],
  down: ['is down', 'are down'],
  unplugged: ['has no carrier', 'have no carrier'],
};

const KINDS = Object.keys(SENTENCES) as LinkFault[];
/** So many are named; of the others it is said how many they are. */
const MAX_NAMED = 3;

/** Why an interface cannot be a VIF; undefined if it can. */
export function faultOf(link: PlanLink | undefined): LinkFault | undefined {
  if (link === undefined) return 'absent';
  if (link.loopback) return 'loopback';
  return link.multicast ? undefined : 'muted';
}

interface Described {
  readonly iif: string;
  readonly names: readonly string[];
  readonly faults: readonly (LinkFault | undefined)[];
  readonly text: string;
}

/** Thousands of routes wait for the same, and have one text then. */
let last: Described = { iif: '', names: [], faults: [], text: '' };

/**
 * What of these interfaces has a fault; undefined if none has. The same text for the same faults, in whichever order a route names its
 * outputs: a route that waits for the same is the same.
 *
 * @param iif the input, which is named first
 */
export function describeFaults(
  names: readonly string[],
  faultOf: (name: string) => LinkFault | undefined,
  iif: string,
): string | undefined {
  if (names.every((name) => faultOf(name) === undefined)) return undefined;
  const faults = names.map(faultOf);
  if (iif !== last.iif || !isEqual(names, last.names) || !isEqual(faults, last.faults)) {
    last = { iif, names, faults, text: textOf(names, faults, iif) };
  }
  return last.text;
}

function isEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function textOf(names: readonly string[], faults: readonly (LinkFault | undefined)[], iif: string): string {
  const sentences = KINDS.map((kind) => {
    const faulty = names.filter((_, i) => faults[i] === kind);
    return sentence(
      kind,
      faulty.sort((a, b) => Number(b === iif) - Number(a === iif) || (a < b ? -1 : 1)),
    );
  });
  return together(...sentences) ?? '';
}

/** The sentence for one interface. */
export function describeFault(fault: LinkFault, name: string): string {
  return `Interface '${name}' ${SENTENCES[fault][0]}.`;
}

/** Why a pattern means no interface. */
export function noMatch(pattern: string): string {
  return `No interface matches '${pattern}'.`;
}

/** Sentences one after the other; undefined if there is none. */
export function together(...sentences: readonly (string | undefined)[]): string | undefined {
  const said = sentences.filter((one) => one !== undefined);
  return said.length === 0 ? undefined : said.join(' ');
}

function sentence(fault: LinkFault, names: readonly string[]): string | undefined {
  const [first] = names;
  if (first === undefined) return undefined;
  if (names.length === 1) return describeFault(fault, first);
  const named = names.slice(0, MAX_NAMED).map((name) => `'${name}'`);
  const rest = names.length > MAX_NAMED ? `${names.length - MAX_NAMED} more` : named.pop();
  return `Interfaces ${named.join(', ')} and ${rest} ${SENTENCES[fault][1]}.`;
}
