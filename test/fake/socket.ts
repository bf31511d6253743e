// An owner socket of the fake kernel, and the open file behind it that several processes may hold.

import type { MfcCounters, MfcEntry, VifCounters } from '../../src/abi/family';
import { fault } from '../../src/kernel/faults';
import type { MrouteSocket } from '../../src/kernel/kernel';
import { formatRoute } from '../../src/routing/route';
import type { FakeKernel } from './kernel';
import type { FakeTable } from './table';

/** An open file. The table has its owner as long as anybody holds it. */
export class FakeFile {
  private holders = 0;

  constructor(
    readonly fd: number,
    readonly table: FakeTable,
    private readonly release: () => void,
  ) {}

  hold(): void {
    this.holders++;
  }

  letGo(): void {
    if (--this.holders === 0) this.release();
  }
}

export class FakeSocket implements MrouteSocket {
  private file: FakeFile | undefined;

  constructor(
    private readonly kernel: FakeKernel,
    file: FakeFile,
  ) {
    this.file = file;
    file.hold();
  }

  get fd(): number {
    return this.file?.fd ?? -1;
  }

  addVif(vifi: number, ifindex: number): void {
    const table = this.change('MRT_ADD_VIF', String(vifi));
    table.addVif(vifi, ifindex, this.kernel.findLinkName(ifindex) !== undefined);
  }

  delVif(vifi: number): void {
    this.change('MRT_DEL_VIF', String(vifi)).delVif(vifi);
  }

  addMfc(entry: MfcEntry): void {
    this.change('MRT_ADD_MFC', formatRoute(entry)).addMfc(entry, true);
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

  vifIndices(): Map<number, number> {
    return this.open('MRT_DEL_MFC').vifIndices();
  }

  close(): void {
    const { file } = this;
    this.file = undefined;
    file?.letGo();
  }

  private change(syscall: string, what: string): FakeTable {
    const table = this.open(syscall);
    this.kernel.attempt(syscall, what);
    return table;
  }

  private open(syscall: string): FakeTable {
    if (this.file === undefined) throw fault(syscall, 'EBADF');
    return this.file.table;
  }
}
