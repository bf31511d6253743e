// Finds holders, as an administrator would with `ps`, and looks into them.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isRunning } from '../lab/processes';

/** As `ps` shows them, before the id of the controller. */
const TITLE = 'node-red-mfc holder ';

const networkOf = (pid: string): string => readlinkSync(`/proc/${pid}/ns/net`);

function holds(pid: string, isIt: (title: string) => boolean): boolean {
  try {
    const [command = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return isIt(command) && networkOf(pid) === networkOf('self') && isRunning(Number(pid));
  } catch {
    return false; // it has ended, or is somebody else's
  }
}

/** Those that run now in this network namespace: others have the same tests under way. */
function list(isIt: (title: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && holds(name, isIt))
    .map(Number);
}

/** The holders of a controller. */
export function holdersOf(id: string): number[] {
  return list((title) => title === TITLE + id);
}

/** The holders of all controllers. */
export function allHolders(): number[] {
  return list((title) => title.startsWith(TITLE));
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
