/**
 * The entries of a table, asked of the kernel by netlink. No right is needed to read them.
 */
import type { IpVersion } from '../abi/address';
import {
  decodeEntry,
  ENTRY_DUMP_SIZE,
  encodeEntryDump,
  entryVersion,
  type KernelEntry,
  RTM_NEWROUTE,
} from '../abi/entry-message';
import { familyOf } from '../abi/families';
import { eachMessage } from '../abi/netlink';
import { isProbe } from '../abi/probe';
import { isErrno } from '../errors';
import { dump } from './dump';

export function* listEntries(version: IpVersion, table: number | undefined): Generator<KernelEntry[], void> {
  const id = table ?? familyOf(version).defaultTable;
  for (const entries of listAllEntries(version, id)) yield entries.filter((entry) => !isProbe(entry));
}

/** With the probes that vif-probe.ts makes. */
export function* listAllEntries(version: IpVersion, table: number): Generator<KernelEntry[], void> {
  const request = new Uint8Array(ENTRY_DUMP_SIZE);
  encodeEntryDump(request, version, table);
  try {
    for (const { bytes, size } of dump(request)) yield decodeEntries(bytes, size, version, table);
  } catch (error) {
    // The kernel has no such table: net/ipv4/ipmr.c ipmr_rtm_dumproute.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function decodeEntries(bytes: Uint8Array, size: number, version: IpVersion, table: number): KernelEntry[] {
  const entries: KernelEntry[] = [];
  eachMessage(bytes, size, (type, start, end) => {
    if (type !== RTM_NEWROUTE || entryVersion(bytes, start) !== version) return;
    const entry = decodeEntry(bytes, start, end, version, table);
    if (entry !== undefined) entries.push(entry);
  });
  return entries;
}
