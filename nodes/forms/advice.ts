/**
 * What the server takes in a field, but the user may not mean.
 */

import type { Fault, Other } from './fault.js';
import { type Link, stateOf } from './links.js';
import { isPattern, listed } from './names.js';

/** The live interfaces, if they are known. */
export type Links = readonly Link[] | undefined;

/** The first of some names that no interface has now, or whose interface cannot be used. */
function linkHint(value: string, other: Other, links: Links): Fault | undefined {
  if (value === '' || value === 'members' || !links || other('allowAbsent') === 'true') return undefined;
  for (const name of listed(value)) {
    if (name === '' || isPattern(name)) continue;
    const link = links.find((one) => one.name === name);
    if (!link) return { key: 'link-absent', name };
    const state = stateOf(link);
    if (state === 'no-multicast' || state === 'down') return { key: `link-${state}`, name };
  }
  return undefined;
}

export const advice: Readonly<Record<string, (value: string, other: Other, links: Links) => Fault | undefined>> = {
  iif: linkHint,
  oifs: (value, other, links) => (other('members') === 'true' ? undefined : linkHint(value, other, links)),
  membersAmong: (value, other, links) => (other('members') === 'true' ? linkHint(value, other, links) : undefined),
  interface: linkHint,
};
