// An owner socket of the fake kernel, and the open file behind it that several processes may hold.

import type { IpVersion } from '../../src/abi/address';
import type { MfcCounters, MfcEntry, VifCounters } from '../../src/abi/family';
import { fault } from '../../src/kernel/faults';
import type { MrouteSocket, StreamPrefix, UpcallListener } from '../../src/kernel/kernel';
import { formatRoute } from '../../src/routing/route';
import type { Call, FakeKernel } from './kernel';
import type { FakeTable } from './table';
import { FakeUpcall, FakeUpcalls } from './upcalls';

/** An open file. The table has its owner as long as any process holds it. */
export class FakeFile {
  private holders = 0;
  readonly upcalls: FakeUpcalls;

  constructor(
    readonly version: IpVersion,
    readonly table: FakeTable,
    private readonly release: () => void,
  ) {
    this.upcalls = new FakeUpcalls(version);
  }

  hold(): void {
    this.holders++;
  }

  letGo(): void {
    if (--this.holders === 0) this.release();
  }
}

/** Another process that holds an open file. */
export interface FakeHolder {
  /** Hands the file to the process of the tests: its number there. */
  give(): number;
  letGo(): void;
}

export class FakeSocket implements MrouteSocket {
  private number: number;
  private listener: UpcallListener | undefined;
  private reading = false;

  constructor(
    private readonly kernel: FakeKernel,
    fd: number,
  ) {
    this.number = fd;
  }

  get fd(): number {
    return this.number;
  }

  addVif(vifi: number, ifindex: number): void {
    const table = this.change('MRT_ADD_VIF', String(vifi), (version) => ({ op: 'add_vif', version, vifi, ifindex }));
    table.addVif(vifi, ifindex, this.kernel.findLinkName(ifindex) !== undefined);
  }

  delVif(vifi: number): void {
    this.change('MRT_DEL_VIF', String(vifi), (version) => ({ op: 'del_vif', version, vifi })).delVif(vifi);
  }

  addMfc(entry: MfcEntry): void {
    const table = this.change('MRT_ADD_MFC', formatRoute(entry), (version) => ({ op: 'add_mfc', version, entry }));
    table.addMfc(entry, true);
  }

  delMfc(entry: MfcEntry): void {
    const table = this.change('MRT_DEL_MFC', formatRoute(entry), (version) => ({ op: 'del_mfc', version, entry }));
    table.delMfc(entry);
  }

  mfcCounters(source: string, group: string): MfcCounters | undefined {
    return this.table('SIOCGETSGCNT').mfcCounters(source, group);
  }

  idleTime(source: string, group: string): number | undefined {
    return this.file?.table.idleTime(source, group);
  }

  vifCounters(vifi: number): VifCounters | undefined {
    return this.table('SIOCGETVIFCNT').vifCounters(vifi);
  }

  vifIndices(): Map<number, number> {
    return this.table('MRT_DEL_MFC').vifIndices();
  }

  listen(listener: UpcallListener | undefined): void {
    const upcalls = this.file?.upcalls;
    if (upcalls === undefined) return;
    this.listener = listener;
    upcalls.onReadable = listener && (() => void setImmediate(() => this.drain()));
    if (!upcalls.isEmpty) upcalls.onReadable?.();
  }

  drain(): boolean {
    if (this.reading) return true;
    this.reading = true;
    try {
      this.tell();
      return false;
    } finally {
      this.reading = false;
    }
  }

  admit(streams: readonly StreamPrefix[] | 'all'): void {
    this.file?.upcalls.admit(streams);
  }

  close(): void {
    this.listen(undefined);
    this.kernel.closeFile(this.number);
    this.number = -1;
  }

  private tell(): void {
    const { file } = this;
    if (file === undefined) return;
    const upcall = new FakeUpcall(file.version);
    while (this.listener !== undefined) {
      const report = file.upcalls.pop();
      if (report === undefined) return;
      upcall.during(report, this.listener);
    }
  }

  private change(syscall: string, what: string, call: (version: IpVersion) => Call): FakeTable {
    const table = this.table(syscall);
    this.kernel.attempt(syscall, what);
    this.kernel.witness(call(table.version));
    return table;
  }

  private get file(): FakeFile | undefined {
    return this.kernel.fileOf(this.number);
  }

  private table(syscall: string): FakeTable {
    const { file } = this;
    if (file === undefined) throw fault(syscall, 'EBADF');
    return file.table;
  }
}
