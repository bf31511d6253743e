/**
 * Reads upcalls from an owner socket: when the event loop sees that there are some, or when it is asked to, in slices that leave the
 * loop to others.
 *
 * Before each is told, all that wait are read, and the newest is told first. A socket without a right to a large buffer has room for a few
 * hundred, and an answer takes ten times as long as reading: mostly the kernel's search for the stream in a list that has the newest at its
 * head (net/ipv4/ipmr.c mfc_unres_queue). So most of a burst of thousands of new streams is not lost there.
 */
import type { IpVersion } from '../abi/address';
import { UpcallBuffer } from '../abi/upcall';
import { encodeUpcallFilter, type StreamPrefix, shortenStreams } from '../abi/upcall-filter';
import { isErrno } from '../errors';
import type { UpcallListener } from './kernel';
import { attachFilter, tryReceive } from './libc';
import { ReadAhead } from './read-ahead';
import { type Readiness, watchReadable } from './readiness';
import { enlargeReceiveBuffer } from './receive-buffer';
import { readSlice } from './slice';

/** More wait in the socket. */
const MAX_AHEAD = 16_384;
/** So many are read before one is told: more than there is room for in a small buffer, in less than a millisecond. */
const MAX_AT_ONCE = 512;
/** To how many bits of their groups streams are shortened where a filter is too long. */
const SHORTER = [32, 24, 16, 8];

export class UpcallReader {
  private readonly upcall: UpcallBuffer;
  private readonly backlog: ReadAhead;
  private next: NodeJS.Immediate | undefined;
  private listener: UpcallListener | undefined;
  private readiness: Readiness | undefined;
  private reading = false;
  private closed = false;

  constructor(
    private readonly fd: number,
    private readonly version: IpVersion,
  ) {
    this.upcall = new UpcallBuffer(version);
    this.backlog = new ReadAhead(this.upcall.bytes.length, MAX_AHEAD);
  }

  listen(listener: UpcallListener | undefined): void {
    if (this.closed) return;
    this.listener = listener;
    if (listener === undefined) this.ignore();
    else this.watch();
  }

  /** A call from within the listener leaves the work to the one that runs. */
  drain(): boolean {
    if (this.reading) return true;
    this.reading = true;
    try {
      const isMore = readSlice(this.tellOne) && this.listener !== undefined;
      if (isMore) this.drainSoon();
      return isMore;
    } finally {
      this.reading = false;
    }
  }

  admit(streams: readonly StreamPrefix[] | 'all'): void {
    if (this.closed) return;
    if (this.fits(streams)) return;
    const isShortEnough = (bits: number): boolean =>
      streams !== 'all' && this.fits(shortenStreams(this.version, streams, bits));
    if (!SHORTER.some(isShortEnough)) this.fits('all');
  }

  /** False for a filter that is too long: net.core.optmem_max, BPF_MAXINSNS. The one before it stays. */
  private fits(streams: readonly StreamPrefix[] | 'all'): boolean {
    try {
      attachFilter(this.fd, encodeUpcallFilter(this.version, streams));
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOMEM') || isErrno(error, 'EINVAL')) return false;
      throw error;
    }
  }

  /** Before the file is closed. */
  close(): void {
    this.listen(undefined);
    this.closed = true;
  }

  private watch(): void {
    if (this.readiness !== undefined) return;
    // Not before: as many streams wait as there is room for their upcalls, and each makes the next one cost more.
    enlargeReceiveBuffer(this.fd);
    this.readiness = watchReadable(this.fd, () => this.drain());
    this.readiness.unref();
    if (!this.backlog.isEmpty) this.drainSoon();
  }

  /** What was read ahead makes no socket readable. */
  private drainSoon(): void {
    clearImmediate(this.next);
    this.next = setImmediate(() => this.drain()).unref();
  }

  private ignore(): void {
    this.readiness?.close();
    this.readiness = undefined;
    clearImmediate(this.next);
  }

  private readonly tellOne = (): boolean => {
    if (this.listener === undefined) return false;
    this.readAhead();
    if (this.backlog.isEmpty) return false;
    this.backlog.pop(this.upcall.bytes);
    if (this.upcall.decode(this.upcall.bytes.length)) this.listener(this.upcall);
    return true;
  };

  private readAhead(): void {
    const { bytes } = this.upcall;
    for (let n = 0; n < MAX_AT_ONCE && !this.backlog.isFull; n++) {
      const size = tryReceive(this.fd, bytes);
      if (size === 'EAGAIN') return;
      if (size !== 'ENOBUFS' && size >= bytes.length) this.backlog.push(bytes);
    }
  }
}
