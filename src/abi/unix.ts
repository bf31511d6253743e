/**
 * What the kernel takes and gives for UNIX sockets: addresses, peers, and messages that carry file descriptors.
 *
 * linux/un.h, linux/socket.h, linux/uio.h. A message is laid out in one block of bytes, an `Envelope`, with pointers into itself:
 *
 *   offset size
 *   0      64    struct msghdr
 *   64     16    struct iovec: where the data is
 *   80     1040  control: one struct cmsghdr with up to SCM_MAX_FD descriptors
 *   1120   …     data
 */

import { getI32, getLong, putLong, putU16, putU32 } from './endian';
import type { LongSize } from './family';
import { SOL_SOCKET } from './socket-options';

/** struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; } */
export const sockaddr_un = { size: 110, sun_family: 0, sun_path: 2 } as const;
/** struct ucred { pid_t pid; uid_t uid; gid_t gid; } */
export const ucred = { size: 12, pid: 0, uid: 4, gid: 8 } as const;
/** struct iovec { void *iov_base; size_t iov_len; } */
export const iovec = {
  8: { size: 16, iov_base: 0, iov_len: 8 },
  4: { size: 8, iov_base: 0, iov_len: 4 },
} as const;
/** struct msghdr { void *msg_name; socklen_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen; void *msg_control; size_t …len; int msg_flags; } */
export const msghdr = {
  8: {
    size: 56,
    msg_name: 0,
    msg_namelen: 8,
    msg_iov: 16,
    msg_iovlen: 24,
    msg_control: 32,
    msg_controllen: 40,
    msg_flags: 48,
  },
  4: {
    size: 28,
    msg_name: 0,
    msg_namelen: 4,
    msg_iov: 8,
    msg_iovlen: 12,
    msg_control: 16,
    msg_controllen: 20,
    msg_flags: 24,
  },
} as const;
/** struct cmsghdr { size_t cmsg_len; int cmsg_level, cmsg_type; }; the descriptors follow at once, they need no more than its alignment. */
export const cmsghdr = {
  8: { size: 16, cmsg_len: 0, cmsg_level: 8, cmsg_type: 12 },
  4: { size: 12, cmsg_len: 0, cmsg_level: 4, cmsg_type: 8 },
} as const;

export const AF_UNIX = 1;
export const SO_PEERCRED = 17;
export const SCM_RIGHTS = 1;
export const MSG_CTRUNC = 0x08;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_CMSG_CLOEXEC = 0x40000000;
/** The kernel's limit for one message; in no header for programs: include/net/scm.h. */
export const SCM_MAX_FD = 253;
const FD_SIZE = 4;

export const IOVEC_AT = 64;
export const CONTROL_AT = 80;
const CONTROL_SIZE = 1040;
export const DATA_AT = CONTROL_AT + CONTROL_SIZE;

const encoder = new TextEncoder();

/** Longest path, in bytes: sun_path ends with a zero. */
export const MAX_PATH = sockaddr_un.size - sockaddr_un.sun_path - 1;

/** Writes an address and answers its size. A path that starts with `@` is an abstract name, which has a zero in its place. */
export function encodeSockaddrUn(bytes: Uint8Array, path: string): number {
  bytes.fill(0, 0, sockaddr_un.size);
  putU16(bytes, sockaddr_un.sun_family, AF_UNIX);
  const { written } = encoder.encodeInto(path, bytes.subarray(sockaddr_un.sun_path, sockaddr_un.size - 1));
  if (!path.startsWith('@')) return sockaddr_un.sun_path + written + 1;
  bytes[sockaddr_un.sun_path] = 0;
  return sockaddr_un.sun_path + written;
}

export interface Peer {
  /** 0 for a process that this one's pid namespace does not have. */
  readonly pid: number;
  readonly uid: number;
}

export function decodeUcred(bytes: Uint8Array): Peer {
  return { pid: getI32(bytes, ucred.pid), uid: getLong(bytes, ucred.uid, 4) };
}

/**
 * Makes an envelope at `address` ready to send `size` bytes of data, which are there already, and descriptors.
 */
export function encodeEnvelope(
  bytes: Uint8Array,
  address: bigint,
  size: number,
  fds: readonly number[],
  long: LongSize,
): void {
  const header = cmsghdr[long];
  const used = header.size + FD_SIZE * fds.length;
  encodeHeaders(bytes, address, size, fds.length === 0 ? 0 : align(used, long), long);
  if (fds.length === 0) return;
  bytes.fill(0, CONTROL_AT, CONTROL_AT + align(used, long));
  putLong(bytes, CONTROL_AT + header.cmsg_len, BigInt(used), long);
  putU32(bytes, CONTROL_AT + header.cmsg_level, SOL_SOCKET);
  putU32(bytes, CONTROL_AT + header.cmsg_type, SCM_RIGHTS);
  fds.forEach((fd, i) => {
    putU32(bytes, CONTROL_AT + header.size + FD_SIZE * i, fd);
  });
}

/** Makes an envelope at `address` ready to receive up to `size` bytes of data, and as many descriptors as can come. */
export function encodeEmptyEnvelope(bytes: Uint8Array, address: bigint, size: number, long: LongSize): void {
  encodeHeaders(bytes, address, size, CONTROL_SIZE, long);
}

function encodeHeaders(bytes: Uint8Array, address: bigint, size: number, controlSize: number, long: LongSize): void {
  const header = msghdr[long];
  bytes.fill(0, 0, CONTROL_AT);
  putLong(bytes, header.msg_iov, address + BigInt(IOVEC_AT), long);
  putLong(bytes, header.msg_iovlen, 1n, long);
  putLong(bytes, header.msg_control, controlSize === 0 ? 0n : address + BigInt(CONTROL_AT), long);
  putLong(bytes, header.msg_controllen, BigInt(controlSize), long);
  putLong(bytes, IOVEC_AT + iovec[long].iov_base, address + BigInt(DATA_AT), long);
  putLong(bytes, IOVEC_AT + iovec[long].iov_len, BigInt(size), long);
}

export interface EnvelopeContents {
  readonly fds: number[];
  /** Whether data or descriptors did not fit. */
  readonly truncated: boolean;
}

/** What a received envelope has besides its data. */
export function decodeEnvelope(bytes: Uint8Array, long: LongSize): EnvelopeContents {
  const fds: number[] = [];
  const header = cmsghdr[long];
  const end = CONTROL_AT + getLong(bytes, msghdr[long].msg_controllen, long);
  let at: number = CONTROL_AT;
  while (at + header.size <= end) {
    const size = getLong(bytes, at + header.cmsg_len, long);
    if (size < header.size) break;
    const isRights =
      getI32(bytes, at + header.cmsg_level) === SOL_SOCKET && getI32(bytes, at + header.cmsg_type) === SCM_RIGHTS;
    for (let fd = at + header.size; isRights && fd + FD_SIZE <= at + size; fd += FD_SIZE) fds.push(getI32(bytes, fd));
    at += align(size, long);
  }
  return { fds, truncated: (getI32(bytes, msghdr[long].msg_flags) & (MSG_TRUNC | MSG_CTRUNC)) !== 0 };
}

const align = (size: number, long: LongSize): number => (size + long - 1) & ~(long - 1);
