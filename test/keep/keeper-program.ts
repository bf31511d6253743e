// node dist/test/keep/keeper-program.js ID DIRECTORY SECONDS WHAT [IIF OIF SOURCE GROUP] — a stand-in for Node-RED: takes what an earlier
// one left. If that is nothing, keeps what it has: the IPv4 "table", with a route if one is given, a "socket", or a "socket-and-die": it
// ends at once then, without waiting. Says so in a line of JSON. Then obeys the lines of its input: "keep NAME" (another socket under
// that name), "again NAME" (the socket that is there already), "go-on SECONDS ID" (for that controller), "release", "close", "reopen"
// (close, and take once more). Where it has no input: SIGUSR2 is "keep ipv6-254", SIGWINCH is "release".

import { fstatSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { MfcError } from '../../src/errors';
import type { Keeper } from '../../src/keep/keeper';
import { openKeeper } from '../../src/keep/open-keeper';
import { linux } from '../../src/kernel/linux';
import { unixSocket } from '../../src/kernel/unix';

/** Each line that the program prints. */
export interface KeeperReport {
  pid: number;
  /** Inodes of the sockets that an earlier process left, by name. */
  taken: Record<string, number>;
  /** Inodes of those that are kept by now. */
  kept: Record<string, number>;
  /** The answer to "go-on". */
  goesOn?: boolean;
  code?: string;
  message?: string;
}

export const TABLE = 'ipv4-253';
export const OTHER_TABLE = 'ipv6-254';

const [id = '', directory = '', seconds, what, iif, oif, source = '', group = ''] = process.argv.slice(2);
/** What this process has, by name. */
const sockets = new Map<string, number>();
const report: KeeperReport = { pid: process.pid, taken: {}, kept: {} };

function openSockets(): number[] {
  return readdirSync('/proc/self/fd').map(Number).filter(isSocket);
}

/** Becomes the owner of the table and answers the socket's descriptor. */
function openTable(): number {
  const before = new Set(openSockets());
  const socket = linux.openMroute(4, undefined);
  const fd = openSockets().find((one) => !before.has(one));
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
  sockets.set(name, fd);
  await keeper.keep(name, fd);
  report.kept[name] = fstatSync(fd).ino;
}

async function open(): Promise<Keeper> {
  const keeper = await openKeeper({ id, directory, seconds: Number(seconds) });
  report.taken = {};
  for (const [name, fd] of keeper.take()) {
    report.taken[name] = fstatSync(fd).ino;
    sockets.set(name, fd);
  }
  return keeper;
}

async function start(): Promise<Keeper> {
  const keeper = await open();
  if (what === 'socket-and-die') {
    void keeper.keep(TABLE, unixSocket('datagram'));
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  } else if (!sockets.has(TABLE)) {
    await keep(keeper, TABLE, what === 'table' ? openTable() : unixSocket('datagram'));
  }
  return keeper;
}

async function obey(keeper: Keeper, line: string): Promise<Keeper> {
  const [command, name = '', other = id] = line.split(' ');
  if (command === 'keep') await keep(keeper, name, unixSocket('datagram'));
  if (command === 'again') await keep(keeper, name, sockets.get(name) ?? -1);
  if (command === 'go-on') report.goesOn = await keeper.goOnFor({ id: other, directory, seconds: Number(name) });
  if (command === 'release') await keeper.release();
  if (command === 'close') keeper.close();
  if (command !== 'reopen') return keeper;
  keeper.close();
  return open();
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
  let keeper = start();
  const tell = (line: string) => {
    keeper = keeper.then((one) => obey(one, line));
    void say(keeper);
  };
  void say(keeper).then(() => createInterface(process.stdin).on('line', tell));
  process.on('SIGUSR2', () => tell(`keep ${OTHER_TABLE}`));
  process.on('SIGWINCH', () => tell('release'));
  setInterval(() => undefined, 1_000_000); // it ends when it is killed
}
