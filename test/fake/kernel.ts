// A kernel that behaves as Linux does (test/kernel/contract.ts runs on both) and fails when it is told to.
//
//   const kernel = new FakeKernel(); kernel.addLink('eth1'); …
//   kernel.failAt(3);                 // the third of the calls that change something fails, and changes nothing
//   const before = kernel.snapshot(); … deepEqual(kernel.snapshot(), before);

import type { IpVersion } from '../../src/abi/address';
import type { MfcCounters, MfcEntry, VifCounters } from '../../src/abi/family';
import { ipv4 } from '../../src/abi/ipv4';
import { ipv6 } from '../../src/abi/ipv6';
import type { Rule } from '../../src/abi/rule';
import { fault } from '../../src/kernel/faults';
import type { Kernel, Link, MrouteSocket } from '../../src/kernel/kernel';
import { formatRoute } from '../../src/routing/route';
import { FakeTable, type TableSnapshot } from './table';

/** By `4 253`: family and table. Tables that nobody owns are not there. */
export type Snapshot = Record<string, TableSnapshot>;

type Owned = FakeTable | undefined;

export class FakeKernel implements Kernel {
  private readonly links = new Map<string, Link>();
  private readonly tables = new Map<string, FakeTable>();
  private nextIfindex = 1;
  private failure = { from: Infinity, to: Infinity, errno: '' };
  private refusal: { syscall: string; errno: string } | undefined;
  /** The calls that changed something, and those that were to fail: `MRT_ADD_VIF 0`, `MRT_ADD_MFC (10.0.0.1, 239.1.1.1)`. */
  readonly log: string[] = [];

  constructor(...links: string[]) {
    this.addLink('lo', { multicast: false, loopback: true });
    for (const name of links) this.addLink(name);
  }

  addLink(name: string, flags: Partial<Omit<Link, 'name' | 'ifindex'>> = {}): number {
    if (this.links.has(name)) throw new Error(`There is a link '${name}' already.`);
    const ifindex = this.nextIfindex++;
    this.links.set(name, { name, ifindex, up: true, multicast: true, loopback: false, ...flags });
    return ifindex;
  }

  /** The VIFs of the link go, the entries that name them stay. */
  delLink(name: string): void {
    const { ifindex } = this.link(name);
    this.links.delete(name);
    for (const table of this.tables.values()) table.forget(ifindex);
  }

  renameLink(from: string, to: string): void {
    const link = this.link(from);
    if (this.links.has(to)) throw new Error(`There is a link '${to}' already.`);
    this.links.delete(from);
    this.links.set(to, { ...link, name: to });
  }

  setLink(name: string, flags: Partial<Pick<Link, 'up' | 'multicast'>>): void {
    this.links.set(name, { ...this.link(name), ...flags });
  }

  /** Packets of a stream come in on a link, in the default table. */
  receive(name: string, version: IpVersion, source: string, group: string, count: number): void {
    this.tables.get(tableName(version, undefined))?.receive(this.link(name).ifindex, source, group, count);
  }

  /** From now on, the n-th call that changes something fails, and `times - 1` calls after it. */
  failAt(n: number, errno = 'ENOBUFS', times = 1): void {
    const from = this.log.length + n;
    this.failure = { from, to: from + times, errno };
  }

  /** No call fails any more. */
  recover(): void {
    this.failure = { from: Infinity, to: Infinity, errno: '' };
  }

  /** The next opening of a table fails. */
  refuse(syscall: string, errno: string): void {
    this.refusal = { syscall, errno };
  }

  snapshot(): Snapshot {
    return Object.fromEntries(Array.from(this.tables, ([name, table]) => [name, table.snapshot()]).sort());
  }

  table(version: IpVersion): TableSnapshot | undefined {
    return this.tables.get(tableName(version, undefined))?.snapshot();
  }

  findLink(name: string): Link | undefined {
    return this.links.get(name);
  }

  findLinkName(ifindex: number): string | undefined {
    return Array.from(this.links.values()).find((link) => link.ifindex === ifindex)?.name;
  }

  /** As on a kernel that nobody gave rules: all packets are looked up in the default table. */
  listRules(version: IpVersion): Rule[] {
    return [{ table: (version === 4 ? ipv4 : ipv6).defaultTable }];
  }

  openMroute(version: IpVersion, table: number | undefined): MrouteSocket {
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined) throw fault(refusal.syscall, refusal.errno);
    const name = tableName(version, table);
    if (this.tables.has(name)) throw fault('MRT_INIT', 'EADDRINUSE');
    const owned = new FakeTable(version);
    this.tables.set(name, owned);
    return new FakeSocket(this, owned, () => this.tables.delete(name));
  }

  /** Every call that changes something comes through here first. */
  attempt(syscall: string, what: string): void {
    const { from, to, errno } = this.failure;
    const n = this.log.push(`${syscall} ${what}`);
    if (n >= from && n < to) throw fault(syscall, errno);
  }

  private link(name: string): Link {
    const link = this.links.get(name);
    if (link === undefined) throw new Error(`There is no link '${name}'.`);
    return link;
  }
}

class FakeSocket implements MrouteSocket {
  constructor(
    private readonly kernel: FakeKernel,
    private owned: Owned,
    private readonly release: () => void,
  ) {}

  addVif(vifi: number, ifindex: number): void {
    const table = this.change('MRT_ADD_VIF', String(vifi));
    table.addVif(vifi, ifindex, this.kernel.findLinkName(ifindex) !== undefined);
  }

  delVif(vifi: number): void {
    this.change('MRT_DEL_VIF', String(vifi)).delVif(vifi);
  }

  addMfc(entry: MfcEntry): void {
    this.change('MRT_ADD_MFC', formatRoute(entry)).addMfc(entry);
  }

  delMfc(entry: MfcEntry): void {
    this.change('MRT_DEL_MFC', formatRoute(entry)).delMfc(entry);
  }

  mfcCounters(source: string, group: string): MfcCounters | undefined {
    return this.open('SIOCGETSGCNT').mfcCounters(source, group);
  }

  vifCounters(vifi: number): VifCounters | undefined {
    return this.open('SIOCGETVIFCNT').vifCounters(vifi);
  }

  close(): void {
    if (this.owned === undefined) return;
    this.owned = undefined;
    this.release();
  }

  private change(syscall: string, what: string): FakeTable {
    const table = this.open(syscall);
    this.kernel.attempt(syscall, what);
    return table;
  }

  private open(syscall: string): FakeTable {
    if (this.owned === undefined) throw fault(syscall, 'EBADF');
    return this.owned;
  }
}

function tableName(version: IpVersion, table: number | undefined): string {
  return `${version} ${table ?? (version === 4 ? ipv4 : ipv6).defaultTable}`;
}
