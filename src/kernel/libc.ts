/**
 * The C library calls that the package makes. Only this file and readiness.ts import koffi.
 *
 * A failed call throws an MfcError made by faults.ts. koffi.errno() holds only until the next call, so it is read in the statement
 * after. Structs go through `void *` as plain byte arrays: koffi's struct objects cost three times as much per call.
 */
import koffi from 'koffi';
import type { LongSize } from '../abi/family';
import { MfcError } from '../errors';
import { fault } from './faults';

/** SOCK_RAW | SOCK_CLOEXEC: a child process must not inherit the socket, or routes would outlive their owner. */
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const AF_INET = 2;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
/** Answer EAGAIN rather than wait: the event loop must not stand still. */
const MSG_DONTWAIT = 0x40;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, size: number): number;
  ioctl(fd: number, request: number, value: Uint8Array): number;
  send(fd: number, bytes: Uint8Array, size: number, flags: number): number;
  recv(fd: number, bytes: Uint8Array, size: number, flags: number): number;
  close(fd: number): number;
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
  return {
    socket: self.func('int socket(int domain, int type, int protocol)'),
    setsockopt: self.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t size)'),
    ioctl: self.func('int ioctl(int fd, unsigned long request, void *value)'),
    send: self.func('long send(int fd, const void *bytes, size_t size, int flags)'),
    recv: self.func('long recv(int fd, void *bytes, size_t size, int flags)'),
    close: self.func('int close(int fd)'),
  };
}

const errnoNames = new Map<number, string>();
for (const [name, number] of Object.entries(koffi.os.errno)) {
  if (!errnoNames.has(number)) errnoNames.set(number, name);
}

function fail(syscall: string, errno: number): never {
  throw fault(syscall, errnoNames.get(errno) ?? `errno ${errno}`);
}

/** Bytes of an unsigned long on this machine. */
export const longSize: LongSize = koffi.sizeof('long') === 4 ? 4 : 8;

export function rawSocket(domain: number, protocol: number): number {
  const fd = libc().socket(domain, SOCK_RAW_CLOEXEC, protocol);
  if (fd < 0) fail('socket', koffi.errno());
  return fd;
}

/** A socket to ask about interfaces with; it needs no right. */
export function querySocket(): number {
  const fd = libc().socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) fail('socket', koffi.errno());
  return fd;
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
