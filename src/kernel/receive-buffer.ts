/**
 * Room in a socket for what the kernel tells faster than it is read.
 */
import { putU32 } from '../abi/endian';
import { SO_RCVBUF, SO_RCVBUFFORCE, SOL_SOCKET } from '../abi/socket-options';
import { isErrno } from '../errors';
import { setsockopt } from './libc';

/** The kernel doubles it. */
const SIZE = new Uint8Array(4);
putU32(SIZE, 0, 16 * 1024 * 1024);

/** Beyond net.core.rmem_max only with CAP_NET_ADMIN in the first user namespace; else up to it. */
export function enlargeReceiveBuffer(fd: number): void {
  try {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, SIZE, SIZE.length, 'SO_RCVBUFFORCE');
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, SIZE, SIZE.length, 'SO_RCVBUF');
  }
}
