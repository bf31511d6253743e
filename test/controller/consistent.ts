// Whether the kernel has what `mfc state` says, entry by entry and VIF by VIF.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { RouteState, StateAnswer } from '../../src/controller/answers';
import type { TableSnapshot } from '../fake/table';

type Vifs = StateAnswer['vif_map'];

const EMPTY: TableSnapshot = { vifs: {}, entries: {} };

function usedNames(rule: RouteState): string[] {
  return [rule.iif, ...rule.oifs.map((oif) => (typeof oif === 'string' ? oif : oif.name))];
}

function expectedEntry(rule: RouteState, vifs: Vifs, kernel: TableSnapshot): TableSnapshot['entries'][string] {
  const vifiOf = (name: string): number => vifs[name]?.vifi ?? -1;
  const outputs = rule.oifs.map((oif) =>
    typeof oif === 'string' ? [vifiOf(oif), 1] : [vifiOf(oif.name), oif.threshold],
  );
  // An any-source entry has its own incoming VIF among the outputs.
  if (rule.source === '*') outputs.push([vifiOf(rule.iif), 1]);
  return {
    parent: vifiOf(rule.iif),
    outputs: Object.fromEntries(outputs.filter(([vifi = -1]) => vifi in kernel.vifs)),
  };
}

/** `kernel` is what can be seen there. VIFs of interfaces that are gone may be missing from it, and outputs that need them. */
function checkTable(
  rules: readonly RouteState[],
  vifs: Vifs,
  kernel: TableSnapshot,
  isLost: (name: string) => boolean,
): void {
  const there = Object.entries(vifs).filter(([name]) => !isLost(name));
  deepEqual(kernel.vifs, Object.fromEntries(there.map(([, { vifi, ifindex }]) => [vifi, ifindex])));
  const uses = rules.flatMap(usedNames);
  for (const [name, vif] of Object.entries(vifs)) {
    equal(vif.ref_count, uses.filter((used) => used === name).length, `uses of ${name}`);
  }
  deepEqual(Array.from(new Set(uses)).sort(), Object.keys(vifs).sort());
  const expected = rules.map((rule) => [`(${rule.source}, ${rule.group})`, expectedEntry(rule, vifs, kernel)]);
  deepEqual(kernel.entries, Object.fromEntries(expected));
}

/** Throws where the kernel's default tables are not what the state says. */
export function checkConsistent(
  state: StateAnswer,
  kernel: (version: IpVersion) => TableSnapshot | undefined,
  isLost: (name: string) => boolean = () => false,
): void {
  for (const version of [4, 6] as const) {
    const rules = state.mfc_rules.filter((rule) => rule.group.includes(':') === (version === 6));
    for (const rule of rules) {
      equal(rule.state, usedNames(rule).some(isLost) ? 'degraded' : 'active', JSON.stringify(rule));
    }
    checkTable(rules, version === 4 ? state.vif_map : state.vif6_map, kernel(version) ?? EMPTY, isLost);
  }
}
