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
import type { Upcall } from '../abi/upcall';
import type { StreamPrefix } from '../abi/upcall-filter';

export type { KernelEntry, StreamPrefix, Upcall };

/** A network interface as the kernel knows it now. */
export interface Link {
  readonly name: string;
  readonly ifindex: number;
  readonly up: boolean;
  /** It is up and has a carrier: the cable is in, and somebody is at its other end. */
  readonly running: boolean;
  readonly multicast: boolean;
  readonly loopback: boolean;
}

/** The upcall holds during the call only: the same object serves for the next one. Must not throw. May close the socket. */
export type UpcallListener = (upcall: Upcall) => void;

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
  /**
   * Milliseconds since a packet of an entry came in, on whatever interface, or the entry was written. Undefined if the kernel has no such
   * entry or does not tell.
   */
  idleTime(source: string, group: string): number | undefined;
  /** Undefined if the kernel has no such VIF. */
  vifCounters(vifi: number): VifCounters | undefined;
  /**
   * From now on the listener is told of packets that the kernel cannot route, the newest of those that wait first: of a new stream once,
   * or again if it goes unanswered for some ten seconds; of a packet on a wrong interface once per entry and three seconds. Does not keep
   * the process alive. Without a listener nothing is read: upcalls wait in the socket, a few hundred before there was a listener, some
   * ten thousand afterwards; no more streams wait than upcalls have room. Those that waited are told late.
   */
  listen(listener: UpcallListener | undefined): void;
  /** Tells the listener what waits now, for a few milliseconds at most. Answers whether there may be more. */
  drain(): boolean;
  /**
   * Of which new streams upcalls come from now on: all, before it is called. Of others the kernel drops the packets and keeps nothing,
   * which is the way to bear a flood of them. Not for good: it writes "mroute: pending queue full" to its log then, twice a second. More
   * may come than was asked for: it has little room for such lists, and a long one is shortened to what takes them all.
   */
  admit(streams: readonly StreamPrefix[] | 'all'): void;
  /** For handing the socket to a process that keeps it open. */
  readonly fd: number;
  /** Indices of the interfaces that have VIFs, by VIF number, as the kernel has them. */
  vifIndices(): Map<number, number>;
  /** Safe to call twice. */
  close(): void;
}

/** What an interface was when the kernel told of it. Without a carrier it is down. */
export type LinkState = 'up' | 'down' | 'gone';

/** Hears what happens in the kernel, in the order in which it happened. Must not throw. */
export interface WatchListener {
  /** An interface came, went or changed. Ask the kernel what it is now: more may have happened since. */
  link(name: string, ifindex: number, state: LinkState): void;
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

/**
 * Groups that this machine has joined, so that routers and switches send it their streams. Nothing is received. Needs no right.
 * A join outlives all changes to its interface but the end of it in this namespace.
 */
export interface Memberships {
  /** Joins any source, or that one. What is joined twice is to be left twice. Throws MfcError. */
  join(version: IpVersion, ifindex: number, group: string, source: string | undefined): void;
  /** The arguments of a join; what was not joined, or is gone with its interface, is no error. */
  leave(version: IpVersion, ifindex: number, group: string, source: string | undefined): void;
  /**
   * The indices of interfaces on which the kernel has forgotten what was joined: they are gone, or were gone for a while. All of it has
   * to be left before any of it is joined again.
   */
  lost(version: IpVersion): Set<number>;
  /** The sockets that hold it all. As long as any process has them open, only `leave` leaves, and it does so for all of them. */
  fds(): number[];
  /** How many sockets were opened until now. */
  readonly opened: number;
  /**
   * Closes the sockets, one at a time: the kernel takes a millisecond for each where thousands of groups are joined. What another process
   * has open is not left. Safe to call twice.
   */
  close(): Promise<void>;
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
  /** Opens nothing before the first join. */
  openMemberships(): Memberships;
  /** Does not keep the process alive. */
  openReports(listener: MembershipListener): Reports;
  findLink(name: string): Link | undefined;
  /** The name that the interface has now. */
  findLinkName(ifindex: number): string | undefined;
  /** The names of all interfaces. */
  listLinkNames(): string[];
  /** The rules that say which packets are looked up in which table. */
  listRules(version: IpVersion): Rule[];
}
