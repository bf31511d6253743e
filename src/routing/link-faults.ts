/**
 * What keeps interfaces from carrying multicast, and the sentences that say so: one for each kind of fault, which names all that have it.
 */
import { ANY_INTERFACE } from './route';
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

const NONE: ReadonlyMap<string, LinkFault> = new Map();

/** By name, those interfaces that have a fault. Most have none, and thousands of routes ask. */
export function faultsAmong(
  names: readonly string[],
  faultOf: (name: string) => LinkFault | undefined,
): ReadonlyMap<string, LinkFault> {
  let faults: Map<string, LinkFault> | undefined;
  for (const name of names) {
    const fault = faultOf(name);
    if (fault === undefined) continue;
    faults ??= new Map();
    faults.set(name, fault);
  }
  return faults ?? NONE;
}

/**
 * The same text for the same faults, in whichever order a route names its outputs: a route that waits for the same is the same.
 *
 * @param iif the input, which is named first
 */
export function describeFaults(faults: ReadonlyMap<string, LinkFault>, iif = ANY_INTERFACE): string | undefined {
  if (faults.size === 0) return undefined;
  const names = Array.from(faults.keys());
  if (names.length > 1) names.sort((a, b) => Number(b === iif) - Number(a === iif) || (a < b ? -1 : 1));
  const sentences = KINDS.flatMap((kind) =>
    sentence(
      kind,
      names.filter((name) => faults.get(name) === kind),
    ),
  );
  return sentences.join(' ');
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

function sentence(fault: LinkFault, names: readonly string[]): string[] {
  const [first, ...others] = names;
  if (first === undefined) return [];
  if (others.length === 0) return [describeFault(fault, first)];
  const left = names.length - MAX_NAMED;
  const named = names.slice(0, MAX_NAMED).map((name) => `'${name}'`);
  const last = left > 0 ? `${left} more` : named.pop();
  return [`Interfaces ${named.join(', ')} and ${last} ${SENTENCES[fault][1]}.`];
}
