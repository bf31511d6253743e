// node dist/test/kernel/adopt-program.js VERSION [TABLE] — takes over the owner socket that it has as its file 3, adds an entry, lists and
// watches the table, says in one line of JSON how that went.

import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { MfcError } from '../../src/errors';
import { close } from '../../src/kernel/libc';
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

/** The socket as it comes by a message from another process. What is inherited, Node.js keeps from children by itself. */
function received(inherited: number): number {
  const dup = koffi.load(null).func('int dup(int fd)') as (fd: number) => number;
  const fd = dup(inherited);
  close(inherited);
  return fd;
}

function adopt(version: 4 | 6, table: number | undefined): AdoptReport {
  const diary = new Diary();
  try {
    const watch = linux.watch(table, diary);
    const fd = received(3);
    const socket = linux.adoptMroute(version, table, fd);
    const [source, group] = version === 4 ? ['10.0.0.1', '239.1.1.1'] : ['fd00::1', 'ff3e::1'];
    socket.addMfc({ version, source, group, parent: 0, outputs: [] });
    drain(watch);
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '';
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
