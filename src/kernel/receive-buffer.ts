/**
 * The size of a socket's receive buffer: net/core/sock.c sock_setsockopt.
 */
import { getLong, putU32 } from '../abi/endian';
import { SO_RCVBUF, SO_RCVBUFFORCE, SOL_SOCKET } from '../abi/socket-options';
import { isErrno } from '../errors';
import { getsockopt, setsockopt } from './libc';

/** The kernel doubles it. */
const SIZE = 16 * 1024 * 1024;

/** Beyond net.core.rmem_max only with CAP_NET_ADMIN in the first user namespace; else up to it. Never makes a buffer smaller. */
export function enlargeReceiveBuffer(fd: number): void {
  const value = new Uint8Array(4);
  getsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, 'SO_RCVBUF');
  if (getLong(value, 0, 4) >= 2 * SIZE) return;
  putU32(value, 0, SIZE);
  try {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, value, value.length, 'SO_RCVBUFFORCE');
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, value.length, 'SO_RCVBUF');
  }
}
