/**
 * Where a holder listens: a UNIX socket in Node-RED's user directory, with a name made of the controller's id and for its user only.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fchmodSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MAX_PATH } from '../abi/unix';
import { close } from '../kernel/libc';
import { listen, tryBind, tryConnect, tryLock, unixSocket, unlock } from '../kernel/unix';
import { fileFailed, holderFailed, served } from './failure';
import { pathIn } from './socket-file';

/** Longer ids are told apart by a hash, so that the name fits a path through /proc/self/fd. */
const MAX_ID = 48;
const LOCK_DEADLINE_MS = 2_000;
const LOCK_RETRY_MS = 10;

/** Name of the socket's file. */
export function placeName(id: string): string {
  const text = encodeURIComponent(id);
  return `mfc-${text.length <= MAX_ID ? text : createHash('sha256').update(id).digest('hex').slice(0, MAX_ID)}.holder`;
}

export class Place {
  /** The directory: for paths that are too long for an address, for the lock, and for the holder to remove the file. */
  readonly directoryFd: number;
  readonly name: string;
  private readonly path: string;

  constructor(directory: string, id: string) {
    try {
      this.directoryFd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    } catch (error) {
      throw fileFailed(error);
    }
    this.name = placeName(id);
    const path = join(directory, this.name);
    this.path = Buffer.byteLength(path) <= MAX_PATH ? path : pathIn(this.directoryFd, this.name);
  }

  /** A connection to who listens; undefined if nobody does. */
  connect(): number | undefined {
    const fd = unixSocket('seqpacket');
    try {
      const reason = tryConnect(fd, this.path);
      if (reason === undefined) return fd;
      if (reason === 'EAGAIN') throw served(0);
    } catch (error) {
      close(fd);
      throw error;
    }
    close(fd);
    return undefined;
  }

  /** A socket that listens. Only with the lock: the file of a holder that died is replaced. */
  listen(): number {
    const fd = unixSocket('seqpacket');
    try {
      // bind gives the file the socket's mode: it is never open to others.
      fchmodSync(fd, 0o600);
      if (!tryBind(fd, this.path)) {
        unlinkSync(this.path);
        tryBind(fd, this.path);
      }
      listen(fd);
      return fd;
    } catch (error) {
      close(fd);
      throw fileFailed(error);
    }
  }

  /** Tells the file from one that another holder may put there later. */
  get inode(): number {
    return lstatSync(this.path).ino;
  }

  /** Runs work that no other process does at the same time for this directory; it must not wait. */
  async locked<T>(work: () => T): Promise<T> {
    const end = performance.now() + LOCK_DEADLINE_MS;
    while (!tryLock(this.directoryFd)) {
      if (performance.now() > end)
        throw holderFailed('cannot be started: another process has locked the user directory');
      await pause(LOCK_RETRY_MS);
    }
    try {
      return work();
    } finally {
      unlock(this.directoryFd);
    }
  }

  close(): void {
    closeSync(this.directoryFd);
  }
}
