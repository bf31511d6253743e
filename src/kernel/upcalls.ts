/**
 * Reads upcalls from an owner socket: when the event loop sees that there are some, or when it is asked to, in slices that leave the
 * loop to others.
 *
 * One recv() per upcall: many in one call would save a quarter of what reading costs, which is little beside the answer, and what was
 * read ahead could not wait in the socket.
 */
import type { IpVersion } from '../abi/address';
import { UpcallBuffer } from '../abi/upcall';
import { encodeUpcallFilter, type StreamPrefix, shortenStreams } from '../abi/upcall-filter';
import { isErrno } from '../errors';
import type { UpcallListener } from './kernel';
import { attachFilter, tryReceive } from './libc';
import { type Readiness, watchReadable } from './readiness';
import { readSlice } from './slice';

/** To how many bits of their groups streams are shortened where a filter is too long. */
const SHORTER = [32, 24, 16, 8];

export class UpcallReader {
  private readonly upcall: UpcallBuffer;
  private listener: UpcallListener | undefined;
  private readiness: Readiness | undefined;
  private reading = false;
  private closed = false;
  private admitted = false;

  constructor(
    private readonly fd: number,
    private readonly version: IpVersion,
  ) {
    this.upcall = new UpcallBuffer(version);
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
      return readSlice(this.readOne) && this.listener !== undefined;
    } finally {
      this.reading = false;
    }
  }

  admit(streams: readonly StreamPrefix[] | 'all'): void {
    if (this.closed) return;
    this.admitted = true;
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
    if (!this.admitted) this.admit('all');
    if (this.readiness !== undefined) return;
    // What is left after a slice makes the socket readable in the next turn again.
    this.readiness = watchReadable(this.fd, () => this.drain());
    this.readiness.unref();
  }

  private ignore(): void {
    this.readiness?.close();
    this.readiness = undefined;
  }

  private readonly readOne = (): boolean => {
    if (this.listener === undefined) return false;
    const size = tryReceive(this.fd, this.upcall.bytes);
    if (size === 'EAGAIN') return false;
    if (size !== 'ENOBUFS' && this.upcall.decode(size)) this.listener(this.upcall);
    return true;
  };
}
