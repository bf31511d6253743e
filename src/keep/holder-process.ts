/**
 * Starts a holder: a process in a session of its own, so that neither Ctrl-C nor the end of Node-RED's process group reaches it.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isInherited, setCloseOnExec } from '../kernel/unix';
import type { KeeperOptions } from './keeper';
import type { Place } from './place';
import { MAX_SECONDS } from './requests';

/** No threads for the compiler and the garbage collector: there is next to nothing to do. */
const FLAGS = ['--v8-pool-size=0', '--no-warnings'];
/** What Node.js itself may need to start. */
const ENVIRONMENT = ['LD_LIBRARY_PATH'];

export function spawnHolder({ id, seconds }: KeeperOptions, place: Place, listening: number): void {
  const program = join(__dirname, 'holder-program.js');
  const args = [...FLAGS, program, id, String(Math.min(seconds, MAX_SECONDS)), place.name, String(place.inode)];
  const child = withNothingInherited(() =>
    spawn(process.execPath, args, {
      cwd: '/',
      env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]])),
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', listening, place.directoryFd],
    }),
  );
  // If it does not start, nobody has the socket any more, which ends the connection.
  child.on('error', () => undefined);
  child.unref();
}

/**
 * A descriptor that Node-RED was started with, or that a library of it opened, would stay open in the holder: a log that is never closed,
 * a reader that waits for ever. What the child gets for itself, it gets all the same.
 */
function withNothingInherited<T>(work: () => T): T {
  const inherited = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd));
  for (const fd of inherited) setCloseOnExec(fd);
  try {
    return work();
  } finally {
    for (const fd of inherited) setCloseOnExec(fd, false);
  }
}
