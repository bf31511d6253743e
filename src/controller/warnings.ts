/**
 * What keeps packets from flowing although the kernel took the route: a success that is none, unless it is said.
 */
import type { IpVersion } from '../abi/address';
import { familyOf } from '../abi/families';
import type { Rule } from '../abi/rule';
import type { Kernel, Link } from '../kernel/kernel';
import { describeFault } from '../routing/link-faults';
import type { Plan } from '../routing/plan';
import { namedInterfaces } from '../routing/resolve';
import { formatRoute, isPattern, matchesPattern, type Route } from '../routing/route';
import { keyOf } from '../routing/table';
import type { RouteJoins } from '../streams/joins/route-joins';
import type { Decision } from './answers';
import type { Installer } from './installer';
import type { Survey } from './survey';

/** Sentences for the answer. */
export function warningsFor(
  decisions: readonly Decision[],
  plan: Plan,
  survey: Survey,
  installer: Installer,
  joins: RouteJoins,
  dryRun: boolean,
): string[] {
  const takenOver = (route: Route): string => {
    const stream = formatRoute(route);
    return dryRun
      ? `${stream} is another program's entry. It would be this controller's then.`
      : `${stream} was another program's entry. It is this controller's now.`;
  };
  const routes = decisions.filter(({ outcome }) => outcome !== 'deleted').map(({ route }) => route);
  const table = installer.tableId();
  const { kernel, foreign } = installer;
  return [
    ...waiting(routes, plan),
    ...(foreign.size > 0 ? routes.filter((route) => takesOver(route, plan, foreign)).map(takenOver) : []),
    ...(joins.hasFailed ? routes.flatMap((route) => joins.failure(keyOf(route))?.message ?? []) : []),
    ...downLinks(routes, survey).map((link) => {
      const remedy = link.up
        ? 'Packets flow when it has one: look at its cable and the other end.'
        : `Packets flow when it is up: 'ip link set ${link.name} up'.`;
      return `${describeFault(link.up ? 'unplugged' : 'down', link.name)} ${remedy}`;
    }),
    ...(table === undefined
      ? []
      : [...missingRules(routes, plan, 4, kernel, table), ...missingRules(routes, plan, 6, kernel, table)]),
  ];
}

/** Those that routes name: of a pattern some may be down. */
function downLinks(routes: readonly Route[], survey: Survey): Link[] {
  const down = survey.downLinks();
  return down.length === 0
    ? down
    : down.filter(({ name }) => routes.some((route) => namedInterfaces(route).includes(name)));
}

function waiting(routes: readonly Route[], plan: Plan): string[] {
  if (plan.isWhole) return [];
  return routes.flatMap((route) => {
    const reason = plan.find(keyOf(route))?.reason;
    return reason === undefined ? [] : [`${formatRoute(route)} waits: ${reason}`];
  });
}

function takesOver(route: Route, plan: Plan, foreign: ReadonlyMap<string, unknown>): boolean {
  const key = keyOf(route);
  return foreign.has(key) && plan.find(key)?.installed !== undefined;
}

function holds({ iif, inverted }: Rule, name: string): boolean {
  return (iif === undefined || iif === name) !== (inverted === true);
}

/** Those that a pattern means. */
function inputsOf(route: Route, plan: Plan): readonly string[] {
  if (!isPattern(route.iif)) return [route.iif];
  const reserved = plan.find(keyOf(route))?.installed?.reserved ?? [];
  return reserved.filter((name) => matchesPattern(route.iif, name));
}

/** Packets reach another table than the default one by a rule only. */
function missingRules(
  routes: readonly Route[],
  plan: Plan,
  version: IpVersion,
  kernel: Kernel,
  table: number,
): string[] {
  const inputs = new Set(routes.filter((route) => route.version === version).flatMap((route) => inputsOf(route, plan)));
  if (inputs.size === 0) return [];
  const rules = kernel.listRules(version);
  const missing = Array.from(inputs).filter((name) => {
    // The kernel takes the first rule that holds. Which other tables there are it does not tell, but the default one is.
    const first = rules.find(
      (rule) => holds(rule, name) && [table, familyOf(version).defaultTable].includes(rule.table),
    );
    return first?.table !== table;
  });
  const ip = version === 4 ? 'ip' : 'ip -6';
  return missing.map((name) => {
    return `No rule sends IPv${version} packets from '${name}' to table ${table}. Run '${ip} mrule add iif ${name} lookup ${table}' as root.`;
  });
}
