/**
 * Asks rtnetlink for a list, without waiting: the kernel writes its answer within send() and recv(). net/netlink/af_netlink.c
 */
import { putU32 } from '../abi/endian';
import { dumpEnd, NETLINK_GET_STRICT_CHK, SOL_NETLINK } from '../abi/netlink';
import { isErrno } from '../errors';
import { close, failure, netlinkSocket, receive, send, setsockopt } from './libc';

/** The kernel's datagrams are at most 32 KiB: netlink_dump. */
const DATAGRAM_SIZE = 32_768;

const ON = new Uint8Array(4);
putU32(ON, 0, 1);

/** One datagram of the answer; `size` of its bytes count. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** The datagrams of the answer, all in one buffer: each holds until the next is asked for. */
export function* dump(request: Uint8Array): Generator<Datagram, void> {
  const bytes = new Uint8Array(DATAGRAM_SIZE);
  const fd = netlinkSocket();
  try {
    beStrict(fd);
    send(fd, request);
    for (let end: number | undefined; end === undefined; ) {
      const size = receive(fd, bytes);
      end = dumpEnd(bytes, size);
      if (end !== undefined && end !== 0) throw failure('netlink', end);
      yield { bytes, size };
    }
  } finally {
    close(fd);
  }
}

/** The kernel lists only what the request asks for, since 4.20; before that it lists all. */
function beStrict(fd: number): void {
  try {
    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, ON, ON.length, 'NETLINK_GET_STRICT_CHK');
  } catch (error) {
    if (!isErrno(error, 'ENOPROTOOPT')) throw error;
  }
}
