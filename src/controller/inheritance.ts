/**
 * Puts the saved routes into a table that was just opened, or that is in the kernel already: an earlier process, or an earlier
 * controller of this one, made it.
 *
 * What is there as it should be is not written again. Only what differs from the saved routes is changed. But the kernel lists no output
 * whose VIF is gone, keeps it, and forwards to it again when the number is taken. So where a VIF may have gone unnoticed, all entries are
 * written as they are listed, before any number is taken.
 */
import type { IpVersion } from '../abi/address';
import type { KernelEntry, MrouteSocket } from '../kernel/kernel';
import { Pace } from '../pace';
import { streamOf } from '../routing/learning';
import { routeInterfaces, routeKey } from '../routing/route';
import { VifRegistry } from '../routing/vifs';
import { isSameEntry } from './drift';
import type { Installer } from './installer';
import type { Survey } from './survey';

/** What a table has before this controller does anything. */
interface Estate {
  /** Indices of interfaces by VIF number. */
  readonly indices: ReadonlyMap<number, number>;
  readonly entries: ReadonlyMap<string, KernelEntry>;
}

/** @param isFresh nobody had the table before: what is in it is another program's */
export async function inherit(
  installer: Installer,
  version: IpVersion,
  socket: MrouteSocket,
  isFresh: boolean,
): Promise<void> {
  const estate = await look(installer, version, socket);
  const { indices, entries } = estate;
  const vifs = registryOf(installer, estate, isFresh);
  if (!isFresh && lacksVif(installer, version, vifs)) await installer.quietly(() => writeAsListed(socket, estate));
  installer.table.adopt(version, vifs);
  for (const [key, entry] of entries) if (isOthers(installer, key, entry)) installer.foreign.set(key, entry);
  if (!isFresh) presumeMembers(installer, entries.values());
  const survey = installer.survey((entry) => {
    const seen = entries.get(routeKey(entry.source, entry.group));
    return seen?.foreign === false && isSameEntry(entry, seen, (vifi) => indices.get(vifi));
  });
  await installer.quietly(() => restore(installer, version, survey));
  if (!isFresh) await dropRest(installer, socket, entries);
}

/** Nobody is cut off because this process has not heard him yet. */
function presumeMembers({ members, table }: Installer, entries: Iterable<KernelEntry>): void {
  if (!table.listOpenEnded().some(({ route }) => route.members !== undefined)) return;
  for (const { version, source, group, iif, outputs } of entries) {
    for (const { ifindex } of outputs) if (ifindex !== iif) members.presume(version, ifindex, group, source);
  }
}

async function look(installer: Installer, version: IpVersion, socket: MrouteSocket): Promise<Estate> {
  const indices = socket.vifIndices();
  const entries = new Map<string, KernelEntry>();
  const pace = new Pace();
  for (const some of installer.list(version)) {
    for (const entry of some) entries.set(routeKey(entry.source, entry.group), entry);
    await pace.rest();
  }
  return { indices, entries };
}

/** Whether a saved route names an interface without a VIF: it may have had one. */
function lacksVif(installer: Installer, version: IpVersion, vifs: VifRegistry): boolean {
  const routes = installer.table.listIncomplete().filter(({ route }) => route.version === version);
  return routes.some(({ route }) => routeInterfaces(route).some((name) => vifs.byName(name) === undefined));
}

/** No packet is lost: each entry is replaced in place. One without its input forwards nothing, and goes. */
async function writeAsListed(socket: MrouteSocket, { indices, entries }: Estate): Promise<void> {
  const numbers = new Map(Array.from(indices, ([vifi, ifindex]) => [ifindex, vifi]));
  const pace = new Pace();
  for (const { version, source, group, iif, outputs, foreign } of entries.values()) {
    if (foreign) continue;
    const parent = numbers.get(iif);
    const vifs = outputs.flatMap(({ ifindex, threshold }) => {
      const vifi = numbers.get(ifindex);
      return vifi === undefined ? [] : [{ vifi, threshold }];
    });
    if (parent === undefined) socket.delMfc({ version, source, group, parent: 0, outputs: [] });
    else socket.addMfc({ version, source, group, parent, outputs: vifs });
    if (pace.isDue()) await pace.rest();
  }
}

/** What is in a table that nobody had before is another program's, VIFs as well. */
function registryOf(installer: Installer, { indices }: Estate, isFresh: boolean): VifRegistry {
  const vifs = VifRegistry.empty();
  for (const [vifi, ifindex] of indices) {
    const name = installer.kernel.findLinkName(ifindex);
    if (name !== undefined) vifs.adopt(isFresh ? { vifi, name, ifindex, foreign: true } : { vifi, name, ifindex });
  }
  return vifs;
}

/** One of ours that another program has changed is marked as its own as well. A route that learns has no entry. */
function isOthers({ table }: Installer, key: string, { foreign }: KernelEntry): boolean {
  const route = table.get(key)?.route;
  return foreign && (route === undefined || route.learning !== undefined);
}

/** Puts the saved routes of a family into the kernel. What cannot be there now waits, with the reason. */
async function restore(installer: Installer, version: IpVersion, survey: Survey): Promise<void> {
  const pace = new Pace();
  for (const { route } of installer.table.listIncomplete()) {
    if (route.version === version) await installer.place(route, survey);
    if (pace.isDue()) await pace.rest();
  }
}

/** Whether a route that learns takes the stream of an entry: it made it. */
function isLearnt({ kernel, learner }: Installer, { version, source, group, iif }: KernelEntry): boolean {
  const name = kernel.findLinkName(iif);
  const stream = name === undefined ? undefined : streamOf({ source, group, iif: name });
  return stream !== undefined && learner.claim(version, stream);
}

/**
 * Entries that no saved route stands for: a change that the earlier process did not live to save. Then the VIFs of no use. What the
 * kernel refuses to delete is found again as drift.
 */
async function dropRest(
  installer: Installer,
  socket: MrouteSocket,
  entries: ReadonlyMap<string, KernelEntry>,
): Promise<void> {
  let isClean = true;
  const pace = new Pace();
  for (const [key, entry] of entries) {
    const installed = installer.table.get(key)?.installed;
    if (isOthers(installer, key, entry) || (installed !== undefined && installed.learning === undefined)) continue;
    if (isLearnt(installer, entry)) continue;
    try {
      socket.delMfc({ ...entry, parent: 0, outputs: [] });
    } catch {
      isClean = false;
    }
    if (pace.isDue()) await pace.rest();
  }
  // A number is not free while an entry names it.
  if (isClean) await installer.freeUnused();
}
