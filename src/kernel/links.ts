/**
 * Asks the kernel about network interfaces, by name or index: net/core/dev_ioctl.c. All of them are listed by netlink.
 *
 * Not through /sys, which shows the network namespace that it was mounted in and not the process's own.
 */
import {
  decodeIfreqFlags,
  decodeIfreqIndex,
  decodeIfreqName,
  encodeIfreqIndex,
  encodeIfreqName,
  IFF_LOOPBACK,
  IFF_MULTICAST,
  IFF_RUNNING,
  IFF_UP,
  ifreq,
  SIOCGIFFLAGS,
  SIOCGIFINDEX,
  SIOCGIFNAME,
} from '../abi/ifreq';
import { decodeLink, encodeLinkDump, LINK_DUMP_SIZE, type LinkMessage, RTM_NEWLINK } from '../abi/link-message';
import { eachMessage } from '../abi/netlink';
import { dump } from './dump';
import type { Link } from './kernel';
import { ioctl, querySocket } from './libc';

const request = new Uint8Array(ifreq.size);
/** One socket for the life of the process; it belongs to the namespace that the process is in. */
let socket: number | undefined;

function ask(code: number, name: string): boolean {
  socket ??= querySocket();
  return ioctl(socket, code, request, name, 'ENODEV');
}

/** Undefined if there is no such interface. */
export function findLink(name: string): Link | undefined {
  encodeIfreqName(request, name);
  if (!ask(SIOCGIFINDEX, 'SIOCGIFINDEX')) return undefined;
  const ifindex = decodeIfreqIndex(request);
  if (!ask(SIOCGIFFLAGS, 'SIOCGIFFLAGS')) return undefined;
  const flags = decodeIfreqFlags(request);
  return {
    name,
    ifindex,
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    multicast: (flags & IFF_MULTICAST) !== 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
  };
}

/** The name that the interface with this index has now; undefined if it is gone. */
export function findLinkName(ifindex: number): string | undefined {
  encodeIfreqIndex(request, ifindex);
  return ask(SIOCGIFNAME, 'SIOCGIFNAME') ? decodeIfreqName(request) : undefined;
}

/** All interfaces, in the order of their indices. */
export function listLinks(): LinkMessage[] {
  const request = new Uint8Array(LINK_DUMP_SIZE);
  encodeLinkDump(request);
  const links: LinkMessage[] = [];
  for (const { bytes, size } of dump(request)) {
    eachMessage(bytes, size, (type, start, end) => {
      if (type === RTM_NEWLINK) links.push(decodeLink(bytes, start, end));
    });
  }
  return links.sort((a, b) => a.ifindex - b.ifindex);
}

/** The names of all interfaces, in the order of their indices. */
export function listLinkNames(): string[] {
  return listLinks().map(({ name }) => name);
}
