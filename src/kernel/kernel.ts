/**
 * What the controller needs of a kernel. linux.ts has the real one.
 *
 * One suite of tests runs on the real kernel and on a fake that can be made to fail.
 */
import type { IpVersion } from '../abi/address';
import type { MfcCounters, MfcEntry, VifCounters } from '../abi/family';
import type { Rule } from '../abi/rule';

/** A network interface as the kernel knows it now. */
export interface Link {
  readonly name: string;
  readonly ifindex: number;
  readonly up: boolean;
  readonly multicast: boolean;
  readonly loopback: boolean;
}

/**
 * The owner of one multicast routing table. All calls are synchronous and throw MfcError.
 * Closing it takes every VIF and entry out of the kernel.
 */
export interface MrouteSocket {
  addVif(vifi: number, ifindex: number): void;
  /** A VIF that is gone already, since its interface is, is no error. */
  delVif(vifi: number): void;
  /** Adds the entry, or replaces in place the one with the same source and group: no packet is lost. */
  addMfc(entry: MfcEntry): void;
  /** An entry that is gone already is no error: it is out of the kernel. */
  delMfc(entry: MfcEntry): void;
  /** Undefined if the kernel has no such entry. */
  mfcCounters(source: string, group: string): MfcCounters | undefined;
  /** Undefined if the kernel has no such VIF. */
  vifCounters(vifi: number): VifCounters | undefined;
  /** For handing the socket to a process that keeps it open. */
  readonly fd: number;
  /** Indices of the interfaces that have VIFs, by VIF number, as the kernel has them. */
  vifIndices(): Map<number, number>;
  /** Safe to call twice. */
  close(): void;
}

/** An entry as the kernel lists it: in interface indices, for it does not tell VIF numbers. */
export interface KernelEntry {
  readonly version: IpVersion;
  /** Address, or `*` for any source. */
  readonly source: string;
  readonly group: string;
  /** Index of the incoming interface; 0 if its VIF is gone. */
  readonly iif: number;
  /** In a native any-source entry the incoming interface is among them. */
  readonly outputs: readonly { readonly ifindex: number; readonly threshold: number }[];
  /** A program that is not the table's owner made or changed it. The kernel keeps such an entry when the owner ends. */
  readonly foreign: boolean;
}

/** Hears what happens in the kernel, in the order in which it happened. Must not throw. */
export interface WatchListener {
  /** An interface came, went or changed. Ask the kernel what it is now. */
  link(name: string, ifindex: number): void;
  /** An entry of the table was made or changed, or is gone. Streams that wait for a route are no entries. */
  entry(entry: KernelEntry, gone: boolean): void;
  /** The table of a family may have lost its owner. */
  ownerChanged(version: IpVersion): void;
  /** The kernel had more to tell than there was room for: everything has to be looked at again. */
  overflow(): void;
}

export interface Watch {
  /** Tells the listener all that has happened until now, without waiting. */
  drain(): void;
  /** Safe to call twice. */
  close(): void;
}

export interface Kernel {
  /** Becomes the owner of `table`; undefined is the family's default table. */
  openMroute(version: IpVersion, table: number | undefined): MrouteSocket;
  /** Takes over an owner socket that an earlier process had. Throws, and closes `fd`, if it is none of that table. */
  adoptMroute(version: IpVersion, table: number | undefined, fd: number): MrouteSocket;
  /** All entries of a table but the streams that wait for a route; one array for each of the kernel's datagrams. */
  listEntries(version: IpVersion, table: number | undefined): Iterable<KernelEntry[]>;
  /** Hears of interfaces, and of the entries of one table. */
  watch(table: number | undefined, listener: WatchListener): Watch;
  findLink(name: string): Link | undefined;
  /** The name that the interface has now. */
  findLinkName(ifindex: number): string | undefined;
  /** The rules that say which packets are looked up in which table. */
  listRules(version: IpVersion): Rule[];
}
