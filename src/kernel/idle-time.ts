/**
 * Asks rtnetlink how long ago an entry was last used. No right is needed. To write it counts as use: ipmr_update_thresholds.
 */
import type { IpVersion } from '../abi/address';
import { RTM_NEWROUTE } from '../abi/entry-message';
import { decodeIdleTime, encodeEntryRequest, entryRequestSize } from '../abi/entry-request';
import { dumpEnd, eachMessage } from '../abi/netlink';
import { isErrno } from '../errors';
import { close, failure, netlinkSocket, receive, send } from './libc';

const requests = { 4: new Uint8Array(entryRequestSize(4)), 6: new Uint8Array(entryRequestSize(6)) };
/** An entry has at most 32 outputs. */
const answer = new Uint8Array(1024);
/** One socket for the life of the process, in whose namespace it is: to open one takes longer than to ask. */
let socket: number | undefined;

/** Milliseconds; undefined if there is no such entry, or if the kernel does not tell: of IPv6 it does since Linux 6.0. */
export function idleTime(version: IpVersion, table: number, source: string, group: string): number | undefined {
  const request = requests[version];
  encodeEntryRequest(request, version, table, source, group);
  const size = ask(request);
  const errno = dumpEnd(answer, size);
  if (errno !== undefined && errno !== 0) {
    const error = failure('netlink', errno);
    if (isErrno(error, 'ENOENT') || isErrno(error, 'EOPNOTSUPP')) return undefined;
    throw error;
  }
  let ms: number | undefined;
  eachMessage(answer, size, (type, start, end) => {
    if (type === RTM_NEWROUTE) ms = decodeIdleTime(answer, start, end);
  });
  return ms;
}

/** The kernel writes its answer within send(). Answers its size. */
function ask(request: Uint8Array): number {
  socket ??= netlinkSocket();
  try {
    send(socket, request);
    return receive(socket, answer);
  } catch (error) {
    close(socket); // or the next one who asks may read this answer
    socket = undefined;
    throw error;
  }
}
