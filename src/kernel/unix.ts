/**
 * UNIX sockets, and file descriptors that are sent through them: net/unix/af_unix.c, net/core/scm.c.
 *
 * No call waits. Every descriptor made here is close-on-exec. A failed call throws an MfcError, except where the name says `try`.
 */
import { putU32 } from '../abi/endian';
import { SOL_SOCKET } from '../abi/socket-options';
import {
  AF_UNIX,
  DATA_AT,
  decodeEnvelope,
  decodeUcred,
  encodeEmptyEnvelope,
  encodeEnvelope,
  encodeSockaddrUn,
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  type Peer,
  SO_PEERCRED,
  sockaddr_un,
  ucred,
} from '../abi/unix';
import { fault } from './faults';
import { addressOf, cFunction, lastErrno, longSize } from './libc';

export type SocketKind = 'stream' | 'datagram' | 'seqpacket';
const SOCK: Record<SocketKind, number> = { stream: 1, datagram: 2, seqpacket: 5 };
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const F_DUPFD_CLOEXEC = 1030;
const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const LOCK_EX_NB = 2 | 4;
const LOCK_UN = 8;
/** Connections that wait to be accepted. */
const BACKLOG = 16;
/** Bytes of the longest message. */
export const MAX_MESSAGE = 16_384;

interface Unix {
  socket(domain: number, type: number, protocol: number): number;
  socketpair(domain: number, type: number, protocol: number, fds: Uint8Array): number;
  bind(fd: number, address: Uint8Array, size: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: null, size: null, flags: number): number;
  connect(fd: number, address: Uint8Array, size: number): number;
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, size: Uint8Array): number;
  sendmsg(fd: number, message: Uint8Array, flags: number): number;
  recvmsg(fd: number, message: Uint8Array, flags: number): number;
  fcntl(fd: number, command: number, type: 'int', value: number): number;
  flock(fd: number, operation: number): number;
}

let loaded: Unix | undefined;

function unix(): Unix {
  loaded ??= {
    socket: cFunction('int socket(int domain, int type, int protocol)'),
    socketpair: cFunction('int socketpair(int domain, int type, int protocol, void *fds)'),
    bind: cFunction('int bind(int fd, const void *address, uint32_t size)'),
    listen: cFunction('int listen(int fd, int backlog)'),
    accept4: cFunction('int accept4(int fd, void *address, void *size, int flags)'),
    connect: cFunction('int connect(int fd, const void *address, uint32_t size)'),
    getsockopt: cFunction('int getsockopt(int fd, int level, int option, void *value, void *size)'),
    sendmsg: cFunction('long sendmsg(int fd, const void *message, int flags)'),
    recvmsg: cFunction('long recvmsg(int fd, void *message, int flags)'),
    fcntl: cFunction('int fcntl(int fd, int command, ...)'),
    flock: cFunction('int flock(int fd, int operation)'),
  };
  return loaded;
}

/** Answers what a call answered, or throws. */
function check(result: number, syscall: string): number {
  if (result < 0) throw fault(syscall, lastErrno());
  return result;
}

/** Like check, but undefined for an errno that is an answer and not a failure. */
function checkUnless(result: number, syscall: string, ...expected: string[]): number | undefined {
  if (result >= 0) return result;
  const errno = lastErrno();
  if (expected.includes(errno)) return undefined;
  throw fault(syscall, errno);
}

const address = new Uint8Array(sockaddr_un.size);

export function unixSocket(kind: SocketKind): number {
  return check(unix().socket(AF_UNIX, SOCK[kind] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), 'socket');
}

/** Two sockets that are connected to each other. */
export function unixSocketPair(kind: SocketKind): [number, number] {
  const fds = new Int32Array(2);
  const type = SOCK[kind] | SOCK_CLOEXEC | SOCK_NONBLOCK;
  check(unix().socketpair(AF_UNIX, type, 0, new Uint8Array(fds.buffer)), 'socketpair');
  return [fds[0] ?? -1, fds[1] ?? -1];
}

/** False if there is a file with this name. The socket's file gets the mode that fchmod gave to the descriptor. */
export function tryBind(fd: number, path: string): boolean {
  return checkUnless(unix().bind(fd, address, encodeSockaddrUn(address, path)), 'bind', 'EADDRINUSE') !== undefined;
}

/** Those who connect see the credentials of the process that listened last. */
export function listen(fd: number): void {
  check(unix().listen(fd, BACKLOG), 'listen');
}

/** Undefined if nobody has connected. */
export function tryAccept(fd: number): number | undefined {
  const accepted = unix().accept4(fd, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return checkUnless(accepted, 'accept', 'EAGAIN', 'ECONNABORTED', 'EMFILE', 'ENFILE');
}

/** Why there is no connection: no file, or nobody who listens at it, or too many who wait. */
export type NotConnected = 'ENOENT' | 'ECONNREFUSED' | 'EAGAIN';

/** Undefined when connected. */
export function tryConnect(fd: number, path: string): NotConnected | undefined {
  if (unix().connect(fd, address, encodeSockaddrUn(address, path)) === 0) return undefined;
  const errno = lastErrno();
  if (errno === 'ENOENT' || errno === 'ECONNREFUSED' || errno === 'EAGAIN') return errno;
  throw fault('connect', errno);
}

/** Who is at the other end: when it connected, or when it listened. */
export function peerOf(fd: number): Peer {
  const value = new Uint8Array(ucred.size);
  const size = new Uint8Array(4);
  putU32(size, 0, value.length);
  check(unix().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, size), 'SO_PEERCRED');
  return decodeUcred(value);
}

/** Another descriptor of the same file. */
export function duplicate(fd: number): number {
  return check(unix().fcntl(fd, F_DUPFD_CLOEXEC, 'int', 0), 'fcntl');
}

/** Whether a process that is started from now on does not get the descriptor. */
export function setCloseOnExec(fd: number, on = true): void {
  check(unix().fcntl(fd, F_SETFD, 'int', on ? FD_CLOEXEC : 0), 'fcntl');
}

/** Whether the descriptor is there and goes to every process that is started. */
export function isInherited(fd: number): boolean {
  return checkUnless(unix().fcntl(fd, F_GETFD, 'int', 0), 'fcntl', 'EBADF') === 0;
}

/** Whether this process has the lock of an open file or directory now; false while another one has it. */
export function tryLock(fd: number): boolean {
  return checkUnless(unix().flock(fd, LOCK_EX_NB), 'flock', 'EAGAIN') !== undefined;
}

export function unlock(fd: number): void {
  check(unix().flock(fd, LOCK_UN), 'flock');
}

/** One for all messages of this process: a message has left, or has been read, before the next one is thought of. */
let envelope: { bytes: Buffer; at: bigint } | undefined;

function theEnvelope(): { bytes: Buffer; at: bigint } {
  if (envelope === undefined) {
    const bytes = Buffer.allocUnsafeSlow(DATA_AT + MAX_MESSAGE);
    envelope = { bytes, at: addressOf(bytes) };
  }
  return envelope;
}

/** False if the other end takes no more for now. */
export function trySend(fd: number, text: string, fds: readonly number[] = []): boolean {
  const { bytes, at } = theEnvelope();
  const size = bytes.write(text, DATA_AT);
  encodeEnvelope(bytes, at, size, fds, longSize);
  return checkUnless(unix().sendmsg(fd, bytes, MSG_DONTWAIT | MSG_NOSIGNAL), 'sendmsg', 'EAGAIN') !== undefined;
}

export interface Received {
  /** Empty at the end of the connection. */
  readonly text: string;
  /** Descriptors of this process now. */
  readonly fds: number[];
  /** Whether something did not fit: nothing is known of what was left out. */
  readonly truncated: boolean;
}

/** Undefined if there is nothing to read now. A connection that broke reads as one that ended, after what came before. */
export function tryReceive(fd: number): Received | undefined {
  const { bytes, at } = theEnvelope();
  encodeEmptyEnvelope(bytes, at, MAX_MESSAGE, longSize);
  const size = unix().recvmsg(fd, bytes, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) {
    const errno = lastErrno();
    if (errno === 'EAGAIN') return undefined;
    if (errno === 'ECONNRESET') return tryReceive(fd); // told once, and before what waits to be read
    throw fault('recvmsg', errno);
  }
  return { text: bytes.toString('utf8', DATA_AT, DATA_AT + size), ...decodeEnvelope(bytes, longSize) };
}
