/**
 * Finds the programs that may own a multicast routing table, so that "in use" can say by whom.
 *
 * The kernel does not tell the owner. It lists the raw sockets of this network namespace in /proc/net/raw; a routing daemon is a
 * process that holds one for IGMP (or ICMPv6). Processes of other users stay unseen without further rights.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Family } from '../abi/family';
import { MfcError } from '../errors';

interface Owner {
  pid: number;
  command: string;
}

/** How a process that keeps sockets for a Node-RED that has ended, or runs still, calls itself. */
export const HOLDER_TITLE = 'node-red-mfc holder';

/** What newer versions of Node.js call the first thread of every program, as its short name. */
const NODE_THREAD = 'MainThread';

/** The title of a holder, which also tells the controller; of others the short name, if it is one. */
function commandOf(pid: string): string {
  const [title = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  if (title.startsWith(HOLDER_TITLE)) return title;
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  return name === NODE_THREAD ? basename(title) : name;
}

/** What to do if nobody but these has the table: they keep it for a service or a Node-RED that does not run now. */
function keeperHint([owner, ...others]: Owner[]): string | undefined {
  if (owner === undefined || others.length > 0) return undefined;
  if (owner.command.startsWith(HOLDER_TITLE)) {
    return `It keeps the routes of another controller: start that one, or end the holder with 'kill ${owner.pid}'.`;
  }
  if (owner.command === 'systemd') {
    return "It keeps the routes of a service's process that has ended: stop that service and start it again.";
  }
  return undefined;
}

/** Inodes of the raw sockets with this protocol, which /proc prints in the place of the port. */
function rawSocketInodes(family: Family): Set<string> {
  const text = readFileSync(family.version === 4 ? '/proc/net/raw' : '/proc/net/raw6', 'utf8');
  const port = `:${family.protocol.toString(16).padStart(4, '0').toUpperCase()}`;
  const inodes = new Set<string>();
  for (const line of text.split('\n').slice(1)) {
    const [, local, , , , , , , , inode] = line.trim().split(/\s+/);
    if (local?.endsWith(port) && inode !== undefined) inodes.add(`socket:[${inode}]`);
  }
  return inodes;
}

function holdsOneOf(pid: string, sockets: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false; // closed meanwhile
      }
    });
  } catch {
    return false; // ended meanwhile, or not ours to look at
  }
}

function findOwners(family: Family): Owner[] {
  try {
    const sockets = rawSocketInodes(family);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && holdsOneOf(name, sockets))
      .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
  } catch {
    return []; // no /proc: the error stays without names
  }
}

/** Adds to the error ERR_MFC_TABLE_IN_USE who that is, this process where `own` is true; other errors stay as they are. */
export function nameOwners(error: unknown, family: Family, table: number | undefined, own: boolean): unknown {
  if (!(error instanceof MfcError) || error.code !== 'ERR_MFC_TABLE_IN_USE') return error;
  const which =
    table === undefined
      ? `the default IPv${family.version} multicast routing table`
      : `the IPv${family.version} multicast routing table ${table}`;
  if (own) {
    return new MfcError(error.code, `Another controller of this Node-RED owns ${which}.`, {
      ...error.cause,
      hint: 'Select that controller in the nodes, or give this one another table.',
    });
  }
  const owners = findOwners(family).filter(({ pid }) => pid !== process.pid);
  const names = owners.map(({ pid, command }) => `${command} (pid ${pid})`).join(' or ');
  const hint =
    names === ''
      ? "See 'ss -wap' as root for who it is. Stop that program, or choose another table in the controller."
      : (keeperHint(owners) ?? error.cause.hint);
  return new MfcError(error.code, `${names || 'Another program'} owns ${which}.`, {
    ...error.cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
