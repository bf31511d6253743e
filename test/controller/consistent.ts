// Whether the kernel has what `mfc state` says, entry by entry and VIF by VIF, for the interfaces that there are.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { RouteState, StateAnswer } from '../../src/controller/answers';
import type { TableSnapshot } from '../fake/table';

type Vifs = StateAnswer['vif_map'];
type Output = { name: string; threshold: number };

/** What of a route should be in the kernel. */
interface Installed {
  readonly rule: RouteState;
  readonly outputs: readonly Output[];
}

const EMPTY: TableSnapshot = { vifs: {}, entries: {} };

/** Undefined if none of it can be. */
function installedOf(rule: RouteState, isLost: (name: string) => boolean): Installed | undefined {
  const wanted = rule.oifs.map((oif) => (typeof oif === 'string' ? { name: oif, threshold: 1 } : oif));
  const outputs = wanted.filter(({ name }) => !isLost(name));
  return isLost(rule.iif) || (outputs.length === 0 && wanted.length > 0) ? undefined : { rule, outputs };
}

function stateOf(rule: RouteState, installed: Installed | undefined): RouteState['state'] {
  if (installed === undefined) return 'pending';
  return installed.outputs.length < rule.oifs.length ? 'degraded' : 'active';
}

function expectedEntry({ rule, outputs }: Installed, vifs: Vifs): TableSnapshot['entries'][string] {
  const vifiOf = (name: string): number => vifs[name]?.vifi ?? -1;
  const ttls = outputs.map(({ name, threshold }) => [vifiOf(name), threshold]);
  // An any-source entry has its own incoming VIF among the outputs.
  if (rule.source === '*') ttls.push([vifiOf(rule.iif), 1]);
  return { parent: vifiOf(rule.iif), outputs: Object.fromEntries(ttls) };
}

function checkTable(installed: readonly Installed[], vifs: Vifs, kernel: TableSnapshot): void {
  deepEqual(kernel.vifs, Object.fromEntries(Object.values(vifs).map(({ vifi, ifindex }) => [vifi, ifindex])));
  const uses = installed.flatMap(({ rule, outputs }) => [rule.iif, ...outputs.map(({ name }) => name)]);
  for (const [name, vif] of Object.entries(vifs)) {
    equal(vif.ref_count, uses.filter((used) => used === name).length, `uses of ${name}`);
  }
  deepEqual(Array.from(new Set(uses)).sort(), Object.keys(vifs).sort());
  const entries = installed.map((one) => [`(${one.rule.source}, ${one.rule.group})`, expectedEntry(one, vifs)]);
  deepEqual(kernel.entries, Object.fromEntries(entries));
}

/** Throws where the kernel's default tables are not what the state says, or a route is less than its interfaces allow. */
export function checkConsistent(
  state: StateAnswer,
  kernel: (version: IpVersion) => TableSnapshot | undefined,
  isLost: (name: string) => boolean = () => false,
): void {
  for (const version of [4, 6] as const) {
    const rules = state.mfc_rules.filter((rule) => rule.group.includes(':') === (version === 6));
    const installed = rules.flatMap((rule) => {
      const one = installedOf(rule, isLost);
      equal(rule.state, stateOf(rule, one), JSON.stringify(rule));
      return one === undefined ? [] : [one];
    });
    checkTable(installed, version === 4 ? state.vif_map : state.vif6_map, kernel(version) ?? EMPTY);
  }
}
