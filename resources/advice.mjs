/**
 * What the server takes in a field, but the user may not mean: {key, …} of a sentence in the catalog with its values, or undefined.
 */

import { stateOf } from './links.mjs';
import { isPattern, listed } from './names.mjs';

/** The first of some names that no interface has now, or whose interface cannot be used. */
function linkHint(value, other, links) {
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

export const advice = {
  iif: linkHint,
  oifs: (value, other, links) => (other('members') === 'true' ? undefined : linkHint(value, other, links)),
  membersAmong: (value, other, links) => (other('members') === 'true' ? linkHint(value, other, links) : undefined),
  interface: linkHint,
};
