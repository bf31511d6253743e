// Finds holders, as an administrator would with `ps`, and looks into them.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isRunning } from '../lab/processes';

const networkOf = (pid: string): string => readlinkSync(`/proc/${pid}/ns/net`);

function holds(pid: string, title: string): boolean {
  try {
    const [command] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return command === title && networkOf(pid) === networkOf('self') && isRunning(Number(pid));
  } catch {
    return false; // it has ended, or is somebody else's
  }
}

/** The holders of a controller that run now in this network namespace: others have the same tests under way. */
export function holdersOf(id: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && holds(name, `node-red-mfc holder ${id}`))
    .map(Number);
}

/** What a process has open, by number. */
export function descriptorsOf(pid: number): Map<number, string> {
  const folder = `/proc/${pid}/fd`;
  return new Map(readdirSync(folder).map((fd) => [Number(fd), readlinkSync(`${folder}/${fd}`)]));
}

/** Kilobytes of a process's memory by the names of smaps_rollup. */
export function memoryOf(pid: number): Record<string, number> {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^(\w+): +(\d+) kB$/gm);
  return Object.fromEntries(Array.from(lines, ([, name = '', size]) => [name, Number(size)]));
}
