// node dist/test/keep/keeper-program.js ID DIRECTORY SECONDS WHAT [IIF OIF SOURCE GROUP] — a stand-in for Node-RED: takes what an earlier
// one left. If that is nothing, keeps what it has: the IPv4 "table", with a route if one is given, a "socket", or a "socket-and-die": it
// ends at once then, without waiting. Says so in a line of JSON. Then obeys the lines of its input: "keep NAME" (another socket under
// that name), "release", "close". Where it has no input: SIGUSR2 is "keep ipv6-254", SIGWINCH is "release".

import { fstatSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { MfcError } from '../../src/errors';
import { type Keeper, openKeeper } from '../../src/keep/keeper';
import { linux } from '../../src/kernel/linux';
import { unixSocket } from '../../src/kernel/unix';

/** Each line that the program prints. */
export interface KeeperReport {
  pid: number;
  /** Inodes of the sockets that an earlier process left, by name. */
  taken: Record<string, number>;
  /** Inodes of those that are kept by now. */
  kept: Record<string, number>;
  code?: string;
  message?: string;
}

export const TABLE = 'ipv4-253';
export const OTHER_TABLE = 'ipv6-254';

const [id = '', directory = '', seconds, what, iif, oif, source = '', group = ''] = process.argv.slice(2);
const report: KeeperReport = { pid: process.pid, taken: {}, kept: {} };

function sockets(): number[] {
  return readdirSync('/proc/self/fd').map(Number).filter(isSocket);
}

/** Becomes the owner of the table and answers the socket's descriptor. */
function openTable(): number {
  const before = new Set(sockets());
  const socket = linux.openMroute(4, undefined);
  const fd = sockets().find((one) => !before.has(one));
  if (iif !== undefined && oif !== undefined) {
    [iif, oif].forEach((name, vifi) => {
      socket.addVif(vifi, linux.findLink(name)?.ifindex ?? -1);
    });
    socket.addMfc({ version: 4, source, group, parent: 0, outputs: [{ vifi: 1, threshold: 1 }] });
  }
  return fd ?? -1;
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false; // that of reading the directory
  }
}

async function keep(keeper: Keeper, name: string, fd: number): Promise<void> {
  await keeper.keep(name, fd);
  report.kept[name] = fstatSync(fd).ino;
}

async function start(): Promise<Keeper> {
  const keeper = await openKeeper({ id, directory, seconds: Number(seconds) });
  const taken = keeper.take();
  for (const [name, fd] of taken) report.taken[name] = fstatSync(fd).ino;
  if (what === 'socket-and-die') {
    void keeper.keep(TABLE, unixSocket('datagram'));
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  } else if (!taken.has(TABLE)) await keep(keeper, TABLE, what === 'table' ? openTable() : unixSocket('datagram'));
  return keeper;
}

async function obey(keeper: Keeper, line: string): Promise<void> {
  const [command, name = ''] = line.split(' ');
  if (command === 'keep') await keep(keeper, name, unixSocket('datagram'));
  if (command === 'release') await keeper.release();
  if (command === 'close') keeper.close();
}

async function say(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof MfcError)) throw error;
    report.code = error.code;
    report.message = error.message;
  }
  console.log(JSON.stringify(report));
}

if (require.main === module) {
  process.title = 'mfc-keeper';
  const keeper = start();
  void say(keeper).then(() => {
    createInterface(process.stdin).on('line', (line) => void say(keeper.then((one) => obey(one, line))));
  });
  process.on('SIGUSR2', () => void say(keeper.then((one) => obey(one, `keep ${OTHER_TABLE}`))));
  process.on('SIGWINCH', () => void say(keeper.then((one) => obey(one, 'release'))));
  setInterval(() => undefined, 1_000_000); // it ends when it is killed
}
