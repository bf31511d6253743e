/**
 * How this process comes to an owner socket: it becomes the owner of a table, or takes over from a process that was it.
 */
import type { IpVersion } from '../abi/address';
import { putU32 } from '../abi/endian';
import { familyOf } from '../abi/families';
import { type Family, MRT_ASSERT, MRT_INIT, MRT_PIM, MRT_TABLE } from '../abi/family';
import { encodeUpcallFilter } from '../abi/upcall-filter';
import { isErrno, MfcError } from '../errors';
import { fault } from './faults';
import type { MrouteSocket } from './kernel';
import { attachFilter, close, rawSocket, setCloseOnExec, setsockopt } from './libc';
import { LinuxMrouteSocket } from './mroute-socket';
import { isInOwnNamespace } from './namespace';
import { nameOwners } from './owners';
import { notOwner, probeVifs } from './vif-probe';

/** Most options take an int, MRT_INIT only this one. */
const ONE = new Uint8Array(4);
putU32(ONE, 0, 1);

/** The tables that this process owns. */
const owned = new Set<string>();

const nameOf = (family: Family, table: number): string => `${family.version} ${table}`;

/** Becomes the owner of a table. A table that is not there is made by the kernel. */
export function openMrouteSocket(version: IpVersion, table: number | undefined): MrouteSocket {
  const family = familyOf(version);
  const fd = rawSocket(family.domain, family.protocol);
  try {
    if (table !== undefined) {
      const id = new Uint8Array(4);
      putU32(id, 0, table);
      setsockopt(fd, family.level, MRT_TABLE, id, id.length, 'MRT_TABLE');
    }
    setsockopt(fd, family.level, MRT_INIT, ONE, ONE.length, 'MRT_INIT');
    prepare(fd, family);
  } catch (error) {
    close(fd);
    throw nameOwners(error, family, table, owned.has(nameOf(family, table ?? family.defaultTable)));
  }
  return own(family, table ?? family.defaultTable, fd);
}

/**
 * Takes over an owner socket, with the upcalls that wait in it. Whatever else `fd` may be, the kernel refuses a call, or its entries are not
 * listed as the owner's.
 */
export function adoptMrouteSocket(version: IpVersion, table: number | undefined, fd: number): MrouteSocket {
  const family = familyOf(version);
  const id = table ?? family.defaultTable;
  try {
    // Closing one of two would not free the table.
    if (owned.has(nameOf(family, id))) throw nameOwners(fault('MRT_INIT', 'EADDRINUSE'), family, table, true);
    if (!isInOwnNamespace(fd)) throw notOwner(version, id);
    setCloseOnExec(fd);
    probeVifs(new LinuxMrouteSocket(family, fd, id), version, id);
    prepare(fd, family);
  } catch (error) {
    close(fd);
    const refused = error instanceof MfcError && error.code === 'ERR_MFC_SYSCALL';
    throw refused ? notOwner(version, id, error.cause) : error;
  }
  return own(family, id, fd);
}

/**
 * Upcalls only, no packets of hosts; and upcalls about all packets on wrong interfaces: MRT_ASSERT alone has them for interfaces among
 * the entry's outputs. What MRT_PIM changes besides is that PIMv1 registers are taken out of IGMP, for a register VIF, which nobody
 * makes here. Kernels without PIM know MRT_ASSERT only. net/ipv4/ipmr.c ip_mr_forward, pim_rcv_v1
 */
function prepare(fd: number, family: Family): void {
  attachFilter(fd, encodeUpcallFilter(family.version, 'all'));
  try {
    setsockopt(fd, family.level, MRT_PIM, ONE, ONE.length, 'MRT_PIM');
  } catch (error) {
    if (!isErrno(error, 'ENOPROTOOPT')) throw error;
    setsockopt(fd, family.level, MRT_ASSERT, ONE, ONE.length, 'MRT_ASSERT');
  }
}

function own(family: Family, table: number, fd: number): MrouteSocket {
  const name = nameOf(family, table);
  owned.add(name);
  return new LinuxMrouteSocket(family, fd, table, () => owned.delete(name));
}
