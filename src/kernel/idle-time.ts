/**
 * Asks rtnetlink how long ago an entry was last used. No right is needed. To write it counts as use: ipmr_update_thresholds.
 */
import type { IpVersion } from '../abi/address';
import { RTM_NEWROUTE } from '../abi/entry-message';
import { decodeIdleTime, encodeEntryRequest, entryRequestSize } from '../abi/entry-request';
import { eachMessage } from '../abi/netlink';
import { close, netlinkSocket, receive, send } from './libc';

const requests = { 4: new Uint8Array(entryRequestSize(4)), 6: new Uint8Array(entryRequestSize(6)) };
/** An entry has at most 32 outputs. */
const answer = new Uint8Array(1024);
/** One socket for the life of the process, in whose namespace it is: to open one takes longer than to ask. */
let socket: number | undefined;

/** Milliseconds; undefined if there is no such entry, or if the kernel does not tell: of IPv6 it does since Linux 6.0. */
export function idleTime(version: IpVersion, table: number, source: string, group: string): number | undefined {
  const request = requests[version];
  encodeEntryRequest(request, version, table, source, group);
  let ms: number | undefined;
  eachMessage(answer, ask(request), (type, start, end) => {
    if (type === RTM_NEWROUTE) ms = decodeIdleTime(answer, start, end); // else it is an errno
  });
  return ms;
}

/** The kernel writes its answer within send(). Answers its size; 0 if nothing could be asked, which nobody is to fail for. */
function ask(request: Uint8Array): number {
  try {
    socket ??= netlinkSocket();
    send(socket, request);
    return receive(socket, answer);
  } catch {
    if (socket !== undefined) close(socket); // or the next one who asks may read this answer
    socket = undefined;
    return 0;
  }
}
