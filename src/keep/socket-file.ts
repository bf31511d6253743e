/**
 * The file of a holder's socket, seen from the holder: by an open directory, since its own working directory is /.
 */
import { lstatSync, unlinkSync } from 'node:fs';

export interface SocketFile {
  readonly directoryFd: number;
  readonly name: string;
  /** Tells it from one that another holder has put there since. */
  readonly inode: number;
}

/** A path to a file in an open directory: short, and right even if the directory was renamed. */
export function pathIn(directoryFd: number, name: string): string {
  return `/proc/self/fd/${directoryFd}/${name}`;
}

/** Removes the file if it is still there. */
export function removeSocketFile({ directoryFd, name, inode }: SocketFile): void {
  const path = pathIn(directoryFd, name);
  try {
    if (lstatSync(path).ino === inode) unlinkSync(path);
  } catch {
    // removed by somebody else
  }
}
