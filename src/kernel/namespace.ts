/**
 * Whether a socket belongs to the network namespace of this process: net/core/sock.c SO_NETNS_COOKIE, since Linux 5.14.
 */
import { SO_NETNS_COOKIE, SOL_SOCKET } from '../abi/socket-options';
import { close, getsockopt, querySocket } from './libc';

const COOKIE_SIZE = 8;

/** Also true where the kernel does not tell. Throws if `fd` is not a socket. */
export function isInOwnNamespace(fd: number): boolean {
  const cookie = cookieOf(fd);
  const own = querySocket();
  try {
    const ownCookie = cookieOf(own);
    return cookie.every((byte, i) => byte === ownCookie[i]);
  } finally {
    close(own);
  }
}

/** Zeros where the kernel does not tell. */
function cookieOf(fd: number): Uint8Array {
  const cookie = new Uint8Array(COOKIE_SIZE);
  getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, 'SO_NETNS_COOKIE');
  return cookie;
}
