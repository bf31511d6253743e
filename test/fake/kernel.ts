// A kernel that behaves as Linux does (test/kernel/contract.ts runs on both) and fails when it is told to.
//
//   const kernel = new FakeKernel(); kernel.addLink('eth1'); …
//   kernel.failAt(3);                 // the third of the calls that change something fails, and changes nothing
//   const before = kernel.snapshot(); … deepEqual(kernel.snapshot(), before);

import type { IpVersion } from '../../src/abi/address';
import { familyOf } from '../../src/abi/families';
import type { MfcEntry } from '../../src/abi/family';
import type { MembershipMessage } from '../../src/abi/membership';
import type { Rule } from '../../src/abi/rule';
import { fault } from '../../src/kernel/faults';
import type {
  Kernel,
  KernelEntry,
  Link,
  MembershipListener,
  Memberships,
  MrouteSocket,
  Reports,
  Watch,
  WatchListener,
} from '../../src/kernel/kernel';
import { notOwner } from '../../src/kernel/vif-probe';
import { FakeMemberships } from './memberships';
import { FakeReports } from './reports';
import { FakeFile, type FakeHolder, FakeSocket } from './socket';
import { FakeTable, type TableSnapshot } from './table';
import type { Report } from './upcalls';
import { FakeWatch } from './watch';

/** By `4 253`: family and table. Tables that nobody owns, and in which nothing is, are not there. */
export type Snapshot = Record<string, TableSnapshot>;

/** What an owner changes in its table. */
export type Call =
  | { op: 'add_vif'; version: IpVersion; vifi: number; ifindex: number }
  | { op: 'del_vif'; version: IpVersion; vifi: number }
  | { op: 'add_mfc' | 'del_mfc'; version: IpVersion; entry: MfcEntry };

export interface OtherProgram {
  addMfc(entry: MfcEntry): void;
  delMfc(entry: MfcEntry): void;
  addVif(vifi: number, link: string): void;
}

/** As of the kernel's datagrams of 32 KiB. */
const ENTRIES_PER_DATAGRAM = 250;

export class FakeKernel implements Kernel {
  private readonly links = new Map<string, Link>();
  private readonly tables = new Map<string, FakeTable>();
  /** The owner sockets of all processes, by the name of the table. */
  private readonly owners = new Map<string, FakeFile>();
  /** The open files of the process that the tests are, by number. */
  private readonly files = new Map<number, FakeFile>();
  private readonly watches = new Set<FakeWatch>();
  private readonly memberships = new Set<FakeMemberships>();
  private readonly reports = new Set<FakeReports>();
  private nextIfindex = 1;
  private nextFd = 20;
  private failure = { from: Infinity, to: Infinity, errno: '' };
  private refusedCall: { call: RegExp; errno: string } | undefined;
  private refusal: { syscall: string; errno: string } | undefined;
  /** The calls that changed something, and those that were to fail: `MRT_ADD_VIF 0`, `MRT_ADD_MFC (10.0.0.1, 239.1.1.1)`. */
  readonly log: string[] = [];
  /** Sees what the owners of tables change, just before it is done. */
  witness: (call: Call) => void = () => undefined;

  constructor(...links: string[]) {
    this.addLink('lo', { multicast: false, loopback: true });
    for (const name of links) this.addLink(name);
  }

  addLink(name: string, flags: Partial<Omit<Link, 'name' | 'ifindex'>> = {}): number {
    if (this.links.has(name)) throw new Error(`There is a link '${name}' already.`);
    const ifindex = this.nextIfindex++;
    this.setLinkTo({
      name,
      ifindex,
      up: true,
      running: flags.up !== false,
      multicast: true,
      loopback: false,
      ...flags,
    });
    return ifindex;
  }

  /** The VIFs of the link go, the entries that name them stay. */
  delLink(name: string): void {
    const { ifindex } = this.link(name);
    this.links.delete(name);
    for (const table of this.tables.values()) table.forget(ifindex);
    for (const joins of this.memberships) joins.forget(ifindex);
    for (const reports of this.reports) reports.forget(ifindex);
    this.tell((listener) => listener.link(name, ifindex, 'gone'));
  }

  /** It comes back from another network namespace: without its VIFs, with the index that it had. */
  returnLink(link: Link): void {
    this.setLinkTo(link);
  }

  renameLink(from: string, to: string): void {
    const link = this.link(from);
    if (this.links.has(to)) throw new Error(`There is a link '${to}' already.`);
    this.links.delete(from);
    this.setLinkTo({ ...link, name: to });
  }

  /** One that goes up has a carrier, if nothing else is said. */
  setLink(name: string, flags: Partial<Pick<Link, 'up' | 'running' | 'multicast'>>): void {
    const link = this.link(name);
    this.setLinkTo({ ...link, running: flags.up ?? link.running, ...flags });
  }

  /** Packets of a stream come in on a link, in the default table. */
  receive(name: string, version: IpVersion, source: string, group: string, count: number): void {
    this.tables.get(tableName(version, undefined))?.receive(this.link(name).ifindex, source, group, count);
  }

  /** The owner of the default table is told of a packet, whatever entries there are. */
  upcall(version: IpVersion, { iif, ...upcall }: Omit<Report, 'vifi'> & { iif: string }): void {
    const name = tableName(version, undefined);
    const vifi = this.tables.get(name)?.vifiOf(this.link(iif).ifindex);
    if (vifi === undefined) throw new Error(`There is no VIF of '${iif}'.`);
    this.owners.get(name)?.upcalls.push({ ...upcall, vifi });
  }

  /** A host behind a link says something about groups: see test/streams/said.ts. */
  report(name: string, host: string, message: MembershipMessage): void {
    const version = host.includes(':') ? 6 : 4;
    for (const reports of this.reports) reports.tell({ version, ifindex: this.link(name).ifindex, host, message });
  }

  /** From now on, the n-th call that changes something fails, and `times - 1` calls after it. */
  failAt(n: number, errno = 'ENOBUFS', times = 1): void {
    const from = this.log.length + n;
    this.failure = { from, to: from + times, errno };
  }

  /** The next call that changes something and reads so in the log fails. */
  refuseOnce(call: RegExp, errno = 'ENOBUFS'): void {
    this.refusedCall = { call, errno };
  }

  /** No call fails any more. */
  recover(): void {
    this.failure = { from: Infinity, to: Infinity, errno: '' };
    this.refusedCall = undefined;
  }

  /** The next opening of a table fails. */
  refuse(syscall: string, errno: string): void {
    this.refusal = { syscall, errno };
  }

  snapshot(): Snapshot {
    const there = Array.from(this.tables).filter(([name, table]) => this.owners.has(name) || !table.isEmpty);
    return Object.fromEntries(there.map(([name, table]) => [name, table.snapshot()]).sort());
  }

  table(version: IpVersion): TableSnapshot | undefined {
    return this.snapshot()[tableName(version, undefined)];
  }

  /** What another program with CAP_NET_ADMIN does to a table that it does not own. */
  otherProgram(version: IpVersion, table?: number): OtherProgram {
    const found = this.tableOf(version, table);
    return {
      addMfc: (entry) => found.addMfc(entry, false),
      delMfc: (entry) => found.delMfc(entry),
      addVif: (vifi, name) => found.addVif(vifi, this.link(name).ifindex, true),
    };
  }

  /** The open file of this process that owns the default table. */
  ownerFd(version: IpVersion): number | undefined {
    const owner = this.owners.get(tableName(version, undefined));
    return Array.from(this.files).find(([, file]) => file === owner)?.[0];
  }

  /** Another process holds the open file from now on. */
  hold(fd: number): FakeHolder {
    const file = this.fileOf(fd);
    if (file === undefined) throw new Error(`There is no open file ${fd}.`);
    file.hold();
    return { give: () => this.openFile(file), letGo: () => file.letGo() };
  }

  /** The process ends, as by SIGKILL: its files are closed, and it hears nothing any more. */
  kill(): void {
    for (const watch of this.watches) watch.close();
    for (const reports of this.reports) reports.close();
    for (const joins of this.memberships) void joins.close();
    for (const fd of this.files.keys()) this.closeFile(fd);
  }

  /** The watches are told nothing, unless they are drained, until releaseEvents(). */
  holdEvents(): void {
    for (const watch of this.watches) watch.hold();
  }

  releaseEvents(): void {
    for (const watch of this.watches) watch.release();
  }

  /** The buffers of the watches are full: what happens from now on is lost, until they are drained. */
  loseEvents(): void {
    for (const watch of this.watches) watch.lose();
  }

  findLink(name: string): Link | undefined {
    return this.links.get(name);
  }

  findLinkName(ifindex: number): string | undefined {
    return Array.from(this.links.values()).find((link) => link.ifindex === ifindex)?.name;
  }

  listLinkNames(): string[] {
    return Array.from(this.links.keys());
  }

  /** As on a kernel that nobody gave rules: all packets are looked up in the default table. */
  listRules(version: IpVersion): Rule[] {
    return [{ table: familyOf(version).defaultTable }];
  }

  openMroute(version: IpVersion, table: number | undefined): MrouteSocket {
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined) throw fault(refusal.syscall, refusal.errno);
    const name = tableName(version, table);
    if (this.owners.has(name)) throw fault('MRT_INIT', 'EADDRINUSE');
    const owned = this.tableOf(version, table);
    const file = new FakeFile(version, owned, () => {
      this.owners.delete(name);
      this.tell((listener) => listener.ownerChanged(version));
      owned.disown();
    });
    this.owners.set(name, file);
    this.tell((listener) => listener.ownerChanged(version));
    return new FakeSocket(this, this.openFile(file));
  }

  adoptMroute(version: IpVersion, table: number | undefined, fd: number): MrouteSocket {
    const file = this.fileOf(fd);
    const owner = this.owners.get(tableName(version, table));
    const ownedHere = Array.from(this.files).some(([other, one]) => one === owner && other !== fd);
    if (file !== undefined && file === owner && !ownedHere) {
      file.upcalls.admit('all');
      return new FakeSocket(this, fd);
    }
    this.closeFile(fd);
    if (ownedHere) throw fault('MRT_INIT', 'EADDRINUSE');
    throw notOwner(version, table ?? familyOf(version).defaultTable);
  }

  /** Undefined if there is no such open file. */
  fileOf(fd: number): FakeFile | undefined {
    return this.files.get(fd);
  }

  closeFile(fd: number): void {
    const file = this.files.get(fd);
    this.files.delete(fd);
    file?.letGo();
  }

  *listEntries(version: IpVersion, table: number | undefined): Generator<KernelEntry[], void> {
    const entries = this.tables.get(tableName(version, table))?.list() ?? [];
    while (entries.length > 0) yield entries.splice(0, ENTRIES_PER_DATAGRAM);
  }

  watch(table: number | undefined, listener: WatchListener): Watch {
    const watch = new FakeWatch(table, listener, (closed) => this.watches.delete(closed));
    this.watches.add(watch);
    return watch;
  }

  openMemberships(): Memberships {
    const memberships = new FakeMemberships(this, (closed) => this.memberships.delete(closed));
    this.memberships.add(memberships);
    return memberships;
  }

  /** What this machine has joined: `eth1 (*, 239.1.1.1)`. */
  joined(): string[] {
    return Array.from(this.memberships).flatMap((joins) => joins.list());
  }

  openReports(listener: MembershipListener): Reports {
    const isLink = (ifindex: number): boolean => this.findLinkName(ifindex) !== undefined;
    const reports = new FakeReports(isLink, listener, (closed) => this.reports.delete(closed));
    this.reports.add(reports);
    return reports;
  }

  /** Every call that changes something comes through here first. */
  attempt(syscall: string, what: string): void {
    const { from, to, errno } = this.failure;
    const n = this.log.push(`${syscall} ${what}`);
    if (n >= from && n < to) throw fault(syscall, errno);
    const refused = this.refusedCall;
    if (refused === undefined || !refused.call.test(`${syscall} ${what}`)) return;
    this.refusedCall = undefined;
    throw fault(syscall, refused.errno);
  }

  private openFile(file: FakeFile): number {
    const fd = this.nextFd++;
    file.hold();
    this.files.set(fd, file);
    return fd;
  }

  /** A table that is not there is made. */
  private tableOf(version: IpVersion, id: number | undefined): FakeTable {
    const name = tableName(version, id);
    const found = this.tables.get(name);
    if (found !== undefined) return found;
    const number = id ?? familyOf(version).defaultTable;
    const onChange = (entry: KernelEntry, gone: boolean): void => {
      this.tell(
        (listener) => listener.entry(entry, gone),
        (watch) => watch.isAbout(version, number),
      );
    };
    const made = new FakeTable(version, onChange, (upcall) => this.owners.get(name)?.upcalls.push(upcall) ?? false);
    this.tables.set(name, made);
    return made;
  }

  private tell(event: (listener: WatchListener) => void, concerns: (watch: FakeWatch) => boolean = () => true): void {
    for (const watch of this.watches) if (concerns(watch)) watch.push(event);
  }

  private setLinkTo(link: Link): void {
    this.links.set(link.name, link);
    this.tell((listener) => listener.link(link.name, link.ifindex, link.running ? 'up' : 'down'));
  }

  private link(name: string): Link {
    const link = this.links.get(name);
    if (link === undefined) throw new Error(`There is no link '${name}'.`);
    return link;
  }
}

function tableName(version: IpVersion, table: number | undefined): string {
  return `${version} ${table ?? familyOf(version).defaultTable}`;
}
