// node dist/test/kernel/open-program.js VERSION [TABLE] — becomes the owner of a table, adds a VIF and a route, says in one line of JSON
// how that went, and stays until its input ends.

import { MfcError } from '../../src/errors';
import { linux } from '../../src/kernel/linux';

/** What the program prints. */
export interface Report {
  opened: boolean;
  code?: string;
  message?: string;
  errno?: string;
  syscall?: string;
}

function open(version: 4 | 6, table: number | undefined): Report {
  try {
    const socket = linux.openMroute(version, table);
    socket.addVif(0, linux.findLink('lo')?.ifindex ?? -1); // the kernel takes any interface
    const [source, group] = version === 4 ? ['10.0.0.1', '239.1.1.1'] : ['fd00::1', 'ff3e::1'];
    socket.addMfc({ version, source, group, parent: 0, outputs: [] });
    return { opened: true };
  } catch (error) {
    if (!(error instanceof MfcError)) throw error;
    const { errno = '', syscall = '' } = error.cause;
    return { opened: false, code: error.code, message: error.message, errno, syscall };
  }
}

process.title = 'mfc-open';
const [version, table] = process.argv.slice(2);
console.log(JSON.stringify(open(version === '6' ? 6 : 4, table === undefined ? undefined : Number(table))));
process.stdin.resume();
