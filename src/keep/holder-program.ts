/**
 * node holder-program.js ID SECONDS NAME INODE — the holder's process: see holder-process.ts for what it inherits. It says nothing.
 */
import { HOLDER_TITLE } from '../kernel/owners';
import { Holder } from './holder';

/** Descriptors that it is started with, after stdin, stdout and stderr. */
const LISTENING_FD = 3;
const DIRECTORY_FD = 4;

const [id = '', seconds, name = '', inode] = process.argv.slice(2);
process.title = `${HOLDER_TITLE} ${id}`;

const holder = new Holder(LISTENING_FD, Number(seconds), { directoryFd: DIRECTORY_FD, name, inode: Number(inode) });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => holder.end());
process.on('SIGHUP', () => undefined);
