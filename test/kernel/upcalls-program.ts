// node dist/test/kernel/upcalls-program.js MODE — a process that owns the IPv4 table, hears of new streams on the interface `camera`, and
// does what MODE says. It says what it heard, a line each.

import { linux } from '../../src/kernel/linux';

const socket = linux.openMroute(4, undefined);
socket.addVif(0, linux.findLink('camera')?.ifindex ?? -1);

const modes: Record<string, () => void> = {
  'end of work': () => socket.listen(() => undefined),
  'process.exit': () => {
    socket.listen(() => undefined);
    process.exit(7);
  },
  /** Until its input ends. */
  'failing listener'() {
    process.on('uncaughtException', (error) => console.log(error.message));
    socket.listen(({ group }) => {
      throw new Error(`I do not like ${group}.`);
    });
    process.stdin.resume();
    console.log('ready');
  },
};

modes[process.argv[2] ?? '']?.();
