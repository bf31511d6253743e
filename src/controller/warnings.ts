/**
 * What keeps packets from flowing although the kernel took the route: a success that is none, unless it is said.
 */
import type { IpVersion } from '../abi/address';
import type { Kernel } from '../kernel/kernel';
import type { Route } from '../routing/route';
import type { Decision } from './answers';
import type { Survey } from './survey';

/** Sentences for the answer. `table` is undefined for the kernel's default one. */
export function warningsFor(
  decisions: readonly Decision[],
  survey: Survey,
  kernel: Kernel,
  table: number | undefined,
): string[] {
  const down = survey.downLinks().map((name) => {
    return `Interface '${name}' is down. Packets flow when it is up: 'ip link set ${name} up'.`;
  });
  if (table === undefined) return down;
  const routes = decisions.filter(({ outcome }) => outcome !== 'deleted').map(({ route }) => route);
  return [...down, ...missingRules(routes, 4, kernel, table), ...missingRules(routes, 6, kernel, table)];
}

/** Packets reach another table than the default one by a rule only. */
function missingRules(routes: readonly Route[], version: IpVersion, kernel: Kernel, table: number): string[] {
  const inputs = new Set(routes.filter((route) => route.version === version).map(({ iif }) => iif));
  if (inputs.size === 0) return [];
  const rules = kernel.listRules(version).filter((rule) => rule.table === table);
  const missing = Array.from(inputs).filter((name) => !rules.some(({ iif }) => iif === undefined || iif === name));
  const ip = version === 4 ? 'ip' : 'ip -6';
  return missing.map((name) => {
    return `No rule sends IPv${version} packets from '${name}' to table ${table}. Run '${ip} mrule add iif ${name} lookup ${table}' as root.`;
  });
}
