// node dist/test/kernel/adopt-program.js VERSION [TABLE] — takes over the owner socket that it has as its file 3, adds an entry, lists and
// watches the table, says in one line of JSON how that went.

import { readFileSync } from 'node:fs';
import { MfcError } from '../../src/errors';
import { linux } from '../../src/kernel/linux';
import { Diary } from './diary';
import { drain } from './drain';

/** What the program prints. */
export interface AdoptReport {
  adopted: boolean;
  /** VIF numbers. */
  vifs?: number[];
  /** Groups. */
  entries?: string[];
  heard?: string[];
  /** Whether a child process would not inherit the socket. */
  closesOnExec?: boolean;
  message?: string;
}

const O_CLOEXEC = 0o2000000;

function adopt(version: 4 | 6, table: number | undefined): AdoptReport {
  const diary = new Diary();
  try {
    const watch = linux.watch(table, diary);
    const socket = linux.adoptMroute(version, table, 3);
    const [source, group] = version === 4 ? ['10.0.0.1', '239.1.1.1'] : ['fd00::1', 'ff3e::1'];
    socket.addMfc({ version, source, group, parent: 0, outputs: [] });
    drain(watch);
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync('/proc/self/fdinfo/3', 'utf8'))?.[1] ?? '';
    return {
      adopted: true,
      vifs: Array.from(socket.vifIndices().keys()),
      entries: Array.from(linux.listEntries(version, table)).flatMap((entries) => entries.map((entry) => entry.group)),
      heard: diary.lines,
      closesOnExec: (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0,
    };
  } catch (error) {
    if (!(error instanceof MfcError)) throw error;
    return { adopted: false, message: error.message };
  }
}

const [version, table] = process.argv.slice(2);
console.log(JSON.stringify(adopt(version === '6' ? 6 : 4, table === undefined ? undefined : Number(table))));
