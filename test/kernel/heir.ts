// An owner socket whose first process was killed while another one, this one, held it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import { familyOf } from '../../src/abi/families';
import type { MfcEntry } from '../../src/abi/family';
import { rawSocket } from '../../src/kernel/libc';

/** What the first process did with its table. */
export interface Estate {
  readonly version: IpVersion;
  /** Blank for the default table. */
  readonly table?: number;
  /** Interface indices of the VIFs 0, 1, … */
  readonly vifs: readonly number[];
  readonly entries: readonly MfcEntry[];
}

/** Answers the file that is left. The first process had it as its file 3. */
export async function inherit(estate: Estate): Promise<number> {
  const { domain, protocol } = familyOf(estate.version);
  const fd = rawSocket(domain, protocol);
  const first = fork(join(__dirname, 'heir-program.js'), { stdio: ['ignore', 'inherit', 'inherit', fd, 'ipc'] });
  const exit = once(first, 'exit');
  first.send(estate);
  await Promise.race([once(first, 'message'), exit.then(() => Promise.reject(new Error('The first process failed.')))]);
  first.kill('SIGKILL');
  await exit;
  return fd;
}
