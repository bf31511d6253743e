/**
 * The C library calls that the package makes. Only this file and readiness.ts import koffi.
 *
 * A failed call throws an MfcError made by faults.ts. koffi.errno() holds only until the next call, so it is read in the statement
 * after. Structs go through `void *` as plain byte arrays: koffi's struct objects cost three times as much per call.
 */
import koffi from 'koffi';
import type { LongSize } from '../abi/family';
import { AF_NETLINK, NETLINK_ROUTE } from '../abi/netlink';
import { sock_filter } from '../abi/socket-filter';
import { SO_ATTACH_FILTER, SOL_SOCKET } from '../abi/socket-options';
import { MfcError } from '../errors';
import { fault } from './faults';

/** SOCK_RAW | SOCK_CLOEXEC: a child process must not inherit the socket, or routes would outlive their owner. */
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const AF_INET = 2;
/** Answer EAGAIN rather than wait: the event loop must not stand still. */
const MSG_DONTWAIT = 0x40;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, size: number): number;
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, size: Uint8Array): number;
  /** As setsockopt, for the one option whose value points to other bytes. */
  setFilter(fd: number, level: number, option: number, value: FilterProgram, size: number): number;
  fcntl(fd: number, command: number, type: 'int', value: number): number;
  bind(fd: number, address: Uint8Array, size: number): number;
  ioctl(fd: number, request: number, value: Uint8Array): number;
  send(fd: number, bytes: Uint8Array, size: number, flags: number): number;
  recv(fd: number, bytes: Uint8Array, size: number, flags: number): number;
  recvfrom(fd: number, bytes: Uint8Array, size: number, flags: number, from: Uint8Array, fromSize: Uint8Array): number;
  close(fd: number): number;
}

/** struct sock_fprog { unsigned short len; struct sock_filter *filter; } of linux/filter.h */
interface FilterProgram {
  readonly len: number;
  readonly filter: Uint8Array;
}

let loaded: Libc | undefined;

function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  if (process.platform !== 'linux') {
    throw new MfcError('ERR_MFC_UNSUPPORTED', `Multicast routing needs Linux; this is ${process.platform}.`, {
      hint: 'Run Node-RED on the Linux machine that is to route.',
    });
  }
  // The process itself has the C library's symbols, be it glibc or musl.
  const self = koffi.load(null);
  const program = koffi.pointer(koffi.struct({ len: 'unsigned short', filter: 'void *' }));
  return {
    socket: self.func('int socket(int domain, int type, int protocol)'),
    setsockopt: self.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t size)'),
    getsockopt: self.func('int getsockopt(int fd, int level, int option, void *value, void *size)'),
    setFilter: self.func('setsockopt', 'int', ['int', 'int', 'int', program, 'uint32_t']),
    fcntl: self.func('int fcntl(int fd, int command, ...)'),
    bind: self.func('int bind(int fd, const void *address, uint32_t size)'),
    ioctl: self.func('int ioctl(int fd, unsigned long request, void *value)'),
    send: self.func('long send(int fd, const void *bytes, size_t size, int flags)'),
    recv: self.func('long recv(int fd, void *bytes, size_t size, int flags)'),
    recvfrom: self.func('long recvfrom(int fd, void *bytes, size_t size, int flags, void *from, void *from_size)'),
    close: self.func('int close(int fd)'),
  };
}

const errnoNames = new Map<number, string>();
for (const [name, number] of Object.entries(koffi.os.errno)) {
  if (!errnoNames.has(number)) errnoNames.set(number, name);
}

/** The error for an errno. */
export function failure(syscall: string, errno: number): MfcError {
  return fault(syscall, errnoNames.get(errno) ?? `errno ${errno}`);
}

function fail(syscall: string, errno: number): never {
  throw failure(syscall, errno);
}

/** Bytes of an unsigned long on this machine. */
export const longSize: LongSize = koffi.sizeof('long') === 4 ? 4 : 8;

/** A pointer and, as aligned as that, an unsigned short. */
const FILTER_PROGRAM_SIZE = 2 * longSize;

export function rawSocket(domain: number, protocol: number): number {
  const fd = libc().socket(domain, SOCK_RAW_CLOEXEC, protocol);
  if (fd < 0) fail('socket', koffi.errno());
  return fd;
}

/** Needs no right. */
export function udpSocket(domain: number): number {
  const fd = libc().socket(domain, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) fail('socket', koffi.errno());
  return fd;
}

/** A socket to ask about interfaces with. */
export function querySocket(): number {
  return udpSocket(AF_INET);
}

/** Datagrams to and from rtnetlink; reading needs no right. */
export function netlinkSocket(): number {
  const fd = libc().socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) fail('socket', koffi.errno());
  return fd;
}

export function send(fd: number, bytes: Uint8Array): void {
  if (libc().send(fd, bytes, bytes.length, MSG_DONTWAIT) < 0) fail('send', koffi.errno());
}

/** Answers the bytes of the datagram that was read. */
export function receive(fd: number, bytes: Uint8Array): number {
  const size = libc().recv(fd, bytes, bytes.length, MSG_DONTWAIT);
  if (size < 0) fail('recv', koffi.errno());
  return size;
}

/** As receive, where it is an answer that there is no datagram (EAGAIN), or that some were dropped for want of room (ENOBUFS). */
export function tryReceive(fd: number, bytes: Uint8Array): number | 'EAGAIN' | 'ENOBUFS' {
  const size = libc().recv(fd, bytes, bytes.length, MSG_DONTWAIT);
  if (size >= 0) return size;
  const errno = koffi.errno();
  if (errno === koffi.os.errno.EAGAIN) return 'EAGAIN';
  return errno === koffi.os.errno.ENOBUFS ? 'ENOBUFS' : fail('recv', errno);
}

const fromSize = new Uint32Array(1);
const fromSizeBytes = new Uint8Array(fromSize.buffer);

/** Like receive, with the address of the sender. Undefined if there is no datagram. */
export function tryReceiveFrom(fd: number, bytes: Uint8Array, from: Uint8Array): number | undefined {
  fromSize[0] = from.length;
  const size = libc().recvfrom(fd, bytes, bytes.length, MSG_DONTWAIT, from, fromSizeBytes);
  if (size >= 0) return size;
  const errno = koffi.errno();
  return errno === koffi.os.errno.EAGAIN ? undefined : fail('recvfrom', errno);
}

export function bind(fd: number, address: Uint8Array): void {
  if (libc().bind(fd, address, address.length) !== 0) fail('bind', koffi.errno());
}

/** No child process inherits the file. */
export function setCloseOnExec(fd: number): void {
  if (libc().fcntl(fd, F_SETFD, 'int', FD_CLOEXEC) !== 0) fail('fcntl', koffi.errno());
}

/** `name` is what the error calls the option. */
export function setsockopt(
  fd: number,
  level: number,
  option: number,
  value: Uint8Array,
  size: number,
  name: string,
): void {
  if (libc().setsockopt(fd, level, option, value, size) !== 0) fail(name, koffi.errno());
}

/** As setsockopt, where an errno among `expected` is an answer: its name. Undefined where the kernel did it. */
export function trySetsockopt(
  fd: number,
  level: number,
  option: number,
  value: Uint8Array,
  size: number,
  name: string,
  expected: readonly string[],
): string | undefined {
  if (libc().setsockopt(fd, level, option, value, size) === 0) return undefined;
  const errno = koffi.errno();
  const answer = errnoNames.get(errno) ?? '';
  return expected.includes(answer) ? answer : fail(name, errno);
}

/** Reads an option of as many bytes as `value` has. False where the kernel does not know the option. */
export function getsockopt(fd: number, level: number, option: number, value: Uint8Array, name: string): boolean {
  const size = new Uint8Array(Uint32Array.of(value.length).buffer);
  if (libc().getsockopt(fd, level, option, value, size) === 0) return true;
  const errno = koffi.errno();
  return errno === koffi.os.errno.ENOPROTOOPT ? false : fail(name, errno);
}

/** Has the kernel drop datagrams before they take room in the socket's buffer; `filter` is an array of struct sock_filter. */
export function attachFilter(fd: number, filter: Uint8Array): void {
  const program = { len: filter.length / sock_filter.size, filter };
  if (libc().setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, FILTER_PROGRAM_SIZE) !== 0)
    fail('SO_ATTACH_FILTER', koffi.errno());
}

/** False where the kernel answers `expected`, an errno that is an answer and not a failure. */
export function ioctl(fd: number, request: number, value: Uint8Array, name: string, ...expected: string[]): boolean {
  if (libc().ioctl(fd, request, value) >= 0) return true;
  const errno = koffi.errno();
  if (expected.includes(errnoNames.get(errno) ?? '')) return false;
  return fail(name, errno);
}

export function close(fd: number): void {
  libc().close(fd);
}

/** A function of the C library, loaded by its prototype; for the other files of this layer that make calls. */
export function cFunction<F>(prototype: string): F {
  libc(); // says what is wrong on a system without these calls
  return koffi.load(null).func(prototype) as unknown as F;
}

/** Where bytes are. They must stay there: those of a small typed array may move, those of Buffer.allocUnsafeSlow do not. */
export function addressOf(bytes: Buffer): bigint {
  return koffi.address(bytes);
}

/** The name of the errno that the last call left; to be read in the statement after that call. */
export function lastErrno(): string {
  const errno = koffi.errno();
  return errnoNames.get(errno) ?? `errno ${errno}`;
}
