/**
 * Keeps routes and VIFs in line with the interfaces as they come and go.
 *
 * An interface that is deleted or moved away takes its VIF along, and the entries that name it stay as they are: net/ipv4/ipmr.c
 * ipmr_device_event. So the entries are repaired first, and the number is free after. One that is renamed keeps its VIF.
 */
import type { IpVersion } from '../abi/address';
import type { MrouteSocket } from '../kernel/kernel';
import { Pace } from '../pace';
import { Plan } from '../routing/plan';
import type { Installer } from './installer';
import type { Survey } from './survey';

/** What became of the interfaces that have VIFs. */
interface Moves {
  /** Numbers of the VIFs that the kernel has lost. */
  readonly gone: Set<number>;
  /** New names by those that they had. */
  readonly renamed: Map<string, string>;
}

function findMoves(installer: Installer, version: IpVersion, socket: MrouteSocket): Moves {
  const moves: Moves = { gone: new Set(), renamed: new Map() };
  for (const { vifi, name, ifindex } of installer.table.vifs[version].list()) {
    const now = installer.kernel.findLinkName(ifindex);
    // An index can be that of another interface by now, but the kernel has lost the VIF in any case.
    if (now === undefined || socket.vifCounters(vifi) === undefined) moves.gone.add(vifi);
    else if (now !== name) moves.renamed.set(name, now);
  }
  return moves;
}

/**
 * Touches only the routes that need it. Answers how many the kernel refused although their interfaces are there. Throws if it refused
 * to take routes off an interface that is gone.
 *
 * @param onRename routes have other names now, which is to be saved
 */
export async function heal(installer: Installer, onRename: () => void): Promise<number> {
  for (const [version, socket] of installer.sockets) {
    const { gone, renamed } = findMoves(installer, version, socket);
    if (gone.size > 0) await leave(installer, version, gone);
    if (renamed.size > 0 && (await rename(installer, version, renamed))) onRename();
  }
  const survey = installer.survey();
  if (installer.hasToRelearn) await exchange(installer, survey);
  const pace = new Pace();
  let failures = 0;
  for (const { route } of new Set([...installer.table.listIncomplete(), ...installer.table.listOpenEnded()])) {
    if (installer.sockets.has(route.version) && !(await installer.place(route, survey))) failures++;
    if (pace.isDue()) await pace.rest();
  }
  return (await relearn(installer, survey)) ? failures : failures + 1;
}

/**
 * Where a pattern means another interface now, the streams of that one pass from route to route in one plan: else they would be nobody's
 * in between. What the kernel refuses is done for each route by itself.
 */
async function exchange(installer: Installer, survey: Survey): Promise<void> {
  const plan = new Plan(installer.table, survey);
  try {
    for (const { route } of installer.table.listOpenEnded()) {
      if (route.learning !== undefined && installer.sockets.has(route.version)) plan.place(route);
    }
  } catch {
    return; // there are too few VIF numbers for all
  }
  if (plan.next.changes.size > 0) await installer.attempt(plan);
}

/** A pattern can mean other interfaces after a rename, although its route uses the same ones. Answers false if the kernel refuses. */
async function relearn(installer: Installer, survey: Survey): Promise<boolean> {
  if (!installer.hasToRelearn) return true;
  const plan = new Plan(installer.table, survey);
  plan.relearn();
  if (plan.next.changes.size > 0 && !(await installer.attempt(plan))) return false;
  installer.hasToRelearn = false;
  return true;
}

/** Answers whether a route has another name now. */
async function rename(installer: Installer, version: IpVersion, names: ReadonlyMap<string, string>): Promise<boolean> {
  let isAny = false;
  installer.learner.pause(); // routes and VIFs have different names meanwhile
  installer.table.renameVifs(version, names);
  installer.hasToRelearn = installer.table.learntSize > 0;
  const pace = new Pace();
  for (const [key, entry] of installer.table.keyed()) {
    if (entry.route.version === version && installer.table.renameRoute(key, entry, names)) isAny = true;
    if (pace.isDue()) await pace.rest();
  }
  installer.learner.reconsider();
  installer.learner.listen();
  return isAny;
}

async function leave(installer: Installer, version: IpVersion, gone: ReadonlySet<number>): Promise<void> {
  const plan = new Plan(installer.table, installer.survey());
  const names = plan.loseVifs(version, gone);
  const pace = new Pace();
  for (const entry of installer.table.list()) {
    if (entry.route.version === version) plan.leave(entry, names);
    if (pace.isDue()) await pace.rest();
  }
  await installer.apply(plan);
}
