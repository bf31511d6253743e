/**
 * What the controller needs of a kernel. linux.ts has the real one.
 *
 * One suite of tests runs on the real kernel and on a fake that can be made to fail.
 */
import type { IpVersion } from '../abi/address';
import type { KernelEntry } from '../abi/entry-message';
import type { MfcCounters, MfcEntry, VifCounters } from '../abi/family';
import type { Heard } from '../abi/membership';
import type { Rule } from '../abi/rule';

export type { KernelEntry };

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
  /** Tells the listener what has happened until now, for a few milliseconds at most. Answers whether there may be more. */
  drain(): boolean;
  /** Entries are not told any more: many changes of our own cost more than what they tell is worth. */
  mute(): void;
  /** Entries are told again. What happened to them meanwhile is an overflow. */
  unmute(): void;
  /** Safe to call twice. */
  close(): void;
}

/** What a host or a querier said about groups, and where it was heard. */
export interface HeardMembership extends Heard {
  readonly version: IpVersion;
  readonly ifindex: number;
}

/** Must not throw. */
export type MembershipListener = (heard: HeardMembership) => void;

/** Hears IGMP and MLD of other machines. Reports of versions before IGMPv3 and MLDv2 are heard where an interface has a VIF only. */
export interface Reports {
  /** From now on. An interface that was deleted, or moved to another namespace, is heard again only after another call. */
  hear(version: IpVersion, ifindex: number): void;
  /** Safe to call for what is not heard. */
  unhear(version: IpVersion, ifindex: number): void;
  /** Safe to call twice. */
  close(): void;
}

export interface Kernel {
  /** Becomes the owner of `table`; undefined is the family's default table. */
  openMroute(version: IpVersion, table: number | undefined): MrouteSocket;
  /**
   * Takes over an owner socket that an earlier process had; needs no right. Throws, and closes `fd`, if it is not the owner socket of
   * that table in this network namespace.
   */
  adoptMroute(version: IpVersion, table: number | undefined, fd: number): MrouteSocket;
  /**
   * All entries of a table, one array per datagram of the kernel's, so that the caller can pace itself. Streams that wait for a route
   * are left out. Where entries are deleted between two datagrams, the list may miss others.
   */
  listEntries(version: IpVersion, table: number | undefined): Iterable<KernelEntry[]>;
  /** Needs no right. Does not keep the process alive. */
  watch(table: number | undefined, listener: WatchListener): Watch;
  /** Does not keep the process alive. */
  openReports(listener: MembershipListener): Reports;
  findLink(name: string): Link | undefined;
  /** The name that the interface has now. */
  findLinkName(ifindex: number): string | undefined;
  /** The rules that say which packets are looked up in which table. */
  listRules(version: IpVersion): Rule[];
}
