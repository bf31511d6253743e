// An owner socket of the fake kernel, and the open file behind it that several processes may hold.

import type { MfcCounters, MfcEntry, VifCounters } from '../../src/abi/family';
import { fault } from '../../src/kernel/faults';
import type { MrouteSocket, Upcall } from '../../src/kernel/kernel';
import { formatRoute } from '../../src/routing/route';
import type { FakeKernel } from './kernel';
import type { FakeTable } from './table';

/** An open file. The table has its owner as long as any process holds it. */
export class FakeFile {
  private holders = 0;

  constructor(
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

/** Another process that holds an open file. */
export interface FakeHolder {
  /** Hands the file to the process of the tests: its number there. */
  give(): number;
  letGo(): void;
}

export class FakeSocket implements MrouteSocket {
  private number: number;

  constructor(
    private readonly kernel: FakeKernel,
    fd: number,
  ) {
    this.number = fd;
  }

  private listener: ((upcall: Upcall) => void) | undefined;
  private waiting: Upcall[] = [];
  private isPaused = false;

  listen(listener: (upcall: Upcall) => void): void {
    this.listener = listener;
    this.resume();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.tell();
  }

  /** What the kernel has to tell. */
  upcall(upcall: Upcall): void {
    this.waiting.push(upcall);
    this.tell();
  }

  private tell(): void {
    while (!this.isPaused && this.listener !== undefined) {
      const upcall = this.waiting.shift();
      if (upcall === undefined) return;
      this.listener(upcall);
    }
  }

  get fd(): number {
    return this.number;
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
    return this.table('SIOCGETSGCNT').mfcCounters(source, group);
  }

  vifCounters(vifi: number): VifCounters | undefined {
    return this.table('SIOCGETVIFCNT').vifCounters(vifi);
  }

  vifIndices(): Map<number, number> {
    return this.table('MRT_DEL_MFC').vifIndices();
  }

  close(): void {
    this.kernel.closeFile(this.number);
    this.number = -1;
  }

  private change(syscall: string, what: string): FakeTable {
    const table = this.table(syscall);
    this.kernel.attempt(syscall, what);
    return table;
  }

  private table(syscall: string): FakeTable {
    const file = this.kernel.fileOf(this.number);
    if (file === undefined) throw fault(syscall, 'EBADF');
    return file.table;
  }
}
