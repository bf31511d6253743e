/**
 * Makes the routes what they were before a change that could not be saved.
 */
import type { IpVersion } from '../abi/address';
import { MAXVIFS } from '../abi/family';
import { Pace } from '../pace';
import { isOwn, ownRoute } from '../routing/entry';
import { Plan } from '../routing/plan';
import type { Route } from '../routing/route';
import { followed, type TableState, type Vifs } from '../routing/table';
import { type Installer, MANY } from './installer';
import type { Survey } from './survey';

/** A route that is to be there again, or one that is to go. */
interface Step {
  readonly key: string;
  /** Undefined if there was none. */
  readonly route: Route | undefined;
}

/**
 * With the same VIF numbers as far as they are free, and under the names that the interfaces have now. Answers false if the kernel
 * refused any of it.
 */
export async function takeBack(installer: Installer, before: TableState): Promise<boolean> {
  const survey = installer.survey();
  const steps = stepsOf(installer, before);
  const perform = async (): Promise<boolean> => {
    if (isShort(installer, before.vifs)) await makeRoom(installer, steps, survey, before.vifs);
    const pace = new Pace();
    let isWhole = true;
    for (const { key, route } of steps) {
      const now = ownRoute(installer.table.get(key));
      if (route !== undefined) isWhole = (await installer.place(route, survey, before.vifs)) && isWhole;
      else if (now !== undefined) isWhole = (await drop(installer, now, survey)) && isWhole;
      if (pace.isDue()) await pace.rest();
    }
    return isWhole;
  };
  return before.changes.size > MANY ? installer.quietly(perform) : perform();
}

/** The newest change first. */
function stepsOf(installer: Installer, { changes, vifs }: TableState): Step[] {
  const names = { 4: newNames(installer, 4, vifs), 6: newNames(installer, 6, vifs) };
  const steps: Step[] = [];
  for (const [key, entry] of Array.from(changes).reverse()) {
    const isRoute = entry !== undefined && isOwn(entry); // what is learnt follows the route that makes it
    steps.push({ key, route: isRoute ? followed(entry, names[entry.route.version]) : undefined });
  }
  return steps;
}

/** By earlier names, the names that the interfaces have now that had VIFs before. */
function newNames({ kernel }: Installer, version: IpVersion, before: Vifs): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, ifindex } of before[version].list()) {
    const now = kernel.findLinkName(ifindex);
    if (now !== undefined && now !== name) names.set(name, now);
  }
  return names;
}

/** Whether what there was and what there is do not fit in a table together. */
function isShort({ table }: Installer, before: Vifs): boolean {
  return ([4, 6] as const).some((version) => {
    const vifs = [...before[version].list(), ...table.vifs[version].list()];
    return new Set(vifs.map(({ ifindex }) => ifindex)).size > MAXVIFS;
  });
}

/** What is not to be there leaves its interfaces first. If the kernel refuses that, each route tries for itself. */
async function makeRoom(installer: Installer, steps: readonly Step[], survey: Survey, wished: Vifs): Promise<void> {
  const plan = new Plan(installer.table, survey, wished);
  for (const { key, route } of steps) {
    const now = ownRoute(installer.table.get(key));
    if (route === undefined && now !== undefined) plan.drop(now);
  }
  plan.settle();
  plan.makeRoom(steps.flatMap(({ route }) => route ?? []));
  await installer.attempt(plan);
}

async function drop(installer: Installer, route: Route, survey: Survey): Promise<boolean> {
  const plan = new Plan(installer.table, survey);
  plan.drop(route);
  try {
    await installer.apply(plan);
    return true;
  } catch (error) {
    installer.tellStuck(error);
    return false;
  }
}
