// node dist/test/controller/join-program.js DIRECTORY KEEP IIF (GROUP|SOURCE,GROUP)… — a stand-in for Node-RED: owns the table and joins,
// as an earlier one left it or anew. KEEP is yes or no. Says so in a line, with warnings if there are any, and stays until it is killed, or
// its input ends: then it closes.

import { Opening } from '../../src/controller/opening';
import { linux } from '../../src/kernel/linux';
import { Joins } from '../../src/streams/joins/joins';

const [directory = '', keep, iif = '', ...streams] = process.argv.slice(2);
const warnings: string[] = [];
const openSocket = (version: 4 | 6) => linux.openMroute(version, undefined);
const table = { kernel: linux, tableId: () => undefined, openSocket };
const keeping = { id: 'joins', directory, seconds: 60 };
const joins = new Joins(linux);
const opening = new Opening(table, { keeping, keepForwarding: keep === 'yes' }, ({ message }) =>
  warnings.push(message),
);

async function start(): Promise<void> {
  await opening.look();
  const { socket } = opening.open(4);
  await opening.keep(4, socket);
  for (const stream of streams) {
    const [group = '', source] = stream.split(',').reverse();
    joins.set(stream, { version: group.includes(':') ? 6 : 4, iif, group, source });
  }
  await opening.keepJoins(joins.fds());
  console.log(warnings.join(' ') || 'joined');
  process.stdin.resume().on('end', async () => {
    await opening.release();
    socket.close();
    await joins.close();
  });
}

void start();
