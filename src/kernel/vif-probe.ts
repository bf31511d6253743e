/**
 * Which interface each VIF stands for, and whether a socket owns a table: one way for both families and all tables.
 *
 * The kernel lists entries with interface indices. So an entry is made for every VIF number, the table is listed, and the entries are
 * deleted. It also tells who made an entry: if these are listed as made by the owner, in this table of this network namespace, then the
 * socket is the owner's. (RTM_GETLINK tells the VIFs of IPv4 only, /proc/net/ip6_mr_vif those of the default table only.)
 */
import type { IpVersion } from '../abi/address';
import type { KernelEntry } from '../abi/entry-message';
import { MAXVIFS } from '../abi/family';
import { isProbe, probe } from '../abi/probe';
import { type ErrorCause, MfcError } from '../errors';
import { listAllEntries } from './entries';
import type { MrouteSocket } from './kernel';

/** Interface index by VIF number. Throws if `socket` does not own the table. */
export function probeVifs(
  socket: Pick<MrouteSocket, 'addMfc' | 'delMfc'>,
  version: IpVersion,
  table: number,
): Map<number, number> {
  const probes = Array.from({ length: MAXVIFS }, (_, vifi) => probe(version, vifi));
  const clear = (): void => probes.forEach((entry) => void socket.delMfc(entry));
  clear(); // what a process left that was killed while it probed
  try {
    for (const entry of probes) socket.addMfc(entry);
    const found = listProbes(version, table);
    const indices = new Map<number, number>();
    for (const { source, parent } of probes) {
      const entry = found.get(source);
      if (entry === undefined || entry.foreign) throw notOwner(version, table);
      if (entry.iif !== 0) indices.set(parent, entry.iif);
    }
    return indices;
  } finally {
    clear();
  }
}

function listProbes(version: IpVersion, table: number): Map<string, KernelEntry> {
  const found = new Map<string, KernelEntry>();
  for (const entries of listAllEntries(version, table)) {
    for (const entry of entries) if (isProbe(entry)) found.set(entry.source, entry);
  }
  return found;
}

/** The error for a socket that is not what it was taken for. */
export function notOwner(version: IpVersion, table: number, why: ErrorCause = {}): MfcError {
  return new MfcError('ERR_MFC_SYSCALL', `The socket that was kept does not own the IPv${version} table ${table}.`, {
    ...why,
    hint: 'Let go of it and open the table anew.',
  });
}
