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
  /** Safe to call twice. */
  close(): void;
}

export interface Kernel {
  /** Becomes the owner of `table`; undefined is the family's default table. */
  openMroute(version: IpVersion, table: number | undefined): MrouteSocket;
  findLink(name: string): Link | undefined;
  /** The name that the interface has now. */
  findLinkName(ifindex: number): string | undefined;
  /** The rules that say which packets are looked up in which table. */
  listRules(version: IpVersion): Rule[];
}
