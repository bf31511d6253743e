/**
 * What the service manager handed over at the start of this process: sd_listen_fds(3), descriptors from 3 on.
 */
import { fstatSync } from 'node:fs';
import { setCloseOnExec } from '../kernel/unix';
import { readStoredName, type Stored } from './stored-names';

const FIRST_FD = 3;

export interface HandedOver extends Stored {
  readonly fd: number;
}

/** Ours among the descriptors; those with other names are left alone. */
export function findHandedOver(env: NodeJS.ProcessEnv, pid: number, ppid: number): HandedOver[] {
  // A script that does not exec Node-RED leaves its own pid there, and its descriptors to its child.
  if (env.LISTEN_PID !== String(pid) && env.LISTEN_PID !== String(ppid)) return [];
  const names = (env.LISTEN_FDNAMES ?? '').split(':').slice(0, Number(env.LISTEN_FDS));
  return names.flatMap((text, i) => {
    const stored = readStoredName(text);
    const fd = FIRST_FD + i;
    if (stored === undefined || !isSocket(fd, stored.inode)) return [];
    setCloseOnExec(fd);
    return [{ ...stored, fd }];
  });
}

function isSocket(fd: number, inode: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isSocket() && stat.ino === inode;
  } catch {
    return false; // there is no such descriptor
  }
}
