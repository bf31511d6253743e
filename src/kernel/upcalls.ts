/**
 * Reads from an owner socket what the kernel has to tell, from the event loop, in slices that leave the loop to others.
 *
 * Before each answer all that is in the socket is read, and what is newest is told first. For a socket without a right to a large buffer
 * has room for a few hundred new streams, and an answer takes ten times as long as reading: mostly the kernel's search for the stream in a
 * list that has the newest at its head (net/ipv4/ipmr.c mfc_unres_queue). test/peers/bursts.check.ts shows what it is worth.
 */
import type { IpVersion } from '../abi/address';
import { NOCACHE, type UpcallLayout, upcallLayout, WRONGVIF } from '../abi/upcall';
import type { Upcall } from './kernel';
import { tryReceive } from './libc';
import { type Readiness, watchReadable } from './readiness';

/** How long one turn of the event loop may be held. */
const SLICE_MS = 4;
/** The clock is looked at after so many upcalls. */
const CLOCK_EVERY = 32;

/** More wait in the socket. */
const MAX_READ_AHEAD = 16_384;

export type UpcallListener = (upcall: Upcall) => void;

export class Upcalls {
  private readonly layout: UpcallLayout;
  private readonly bytes: Uint8Array;
  /** One for all: thousands may come at once. */
  private readonly upcall: { -readonly [Key in keyof Upcall]: Upcall[Key] };
  private readiness: Readiness | undefined;
  /** What was read and not told yet, the newest last. */
  private readonly waiting: Uint8Array;
  private waitingCount = 0;
  private next: NodeJS.Immediate | undefined;

  constructor(
    private readonly fd: number,
    version: IpVersion,
    public listener: UpcallListener,
  ) {
    const layout = upcallLayout(version);
    this.layout = layout;
    this.bytes = new Uint8Array(layout.size);
    this.waiting = new Uint8Array(MAX_READ_AHEAD * layout.size);
    this.upcall = {
      kind: 'nocache',
      vifi: 0,
      source: '',
      group: '',
      sourceBytes: this.bytes.subarray(layout.source, layout.source + layout.width),
      groupBytes: this.bytes.subarray(layout.group, layout.group + layout.width),
    };
    this.resume();
  }

  pause(): void {
    this.readiness?.close();
    this.readiness = undefined;
    clearImmediate(this.next);
  }

  resume(): void {
    if (this.readiness !== undefined) return;
    this.readiness = watchReadable(this.fd, () => this.read());
    this.readiness.unref();
    if (this.waitingCount > 0) this.readSoon();
  }

  private read(): void {
    const end = performance.now() + SLICE_MS;
    for (let n = 1; this.readiness !== undefined; n++) {
      this.readAhead();
      if (this.waitingCount === 0) return;
      this.takeNewest();
      this.tell();
      if (n % CLOCK_EVERY === 0 && performance.now() > end) {
        this.readSoon();
        return;
      }
    }
  }

  /** What is in memory makes no socket readable. */
  private readSoon(): void {
    clearImmediate(this.next);
    this.next = setImmediate(() => this.read()).unref();
  }

  private readAhead(): void {
    const { bytes, waiting } = this;
    while (this.waitingCount < MAX_READ_AHEAD) {
      const size = tryReceive(this.fd, bytes);
      if (size === 'EAGAIN') return;
      if (size !== 'ENOBUFS' && size >= bytes.length) waiting.set(bytes, this.waitingCount++ * bytes.length);
    }
  }

  private takeNewest(): void {
    const { bytes, waiting } = this;
    const at = --this.waitingCount * bytes.length;
    bytes.set(waiting.subarray(at, at + bytes.length));
  }

  private tell(): void {
    const { bytes, layout, upcall } = this;
    const type = bytes[layout.type];
    if (bytes[layout.mbz] !== 0 || (type !== NOCACHE && type !== WRONGVIF)) return;
    upcall.kind = type === NOCACHE ? 'nocache' : 'wrongvif';
    upcall.vifi = layout.vifi(bytes);
    upcall.source = layout.format(bytes, layout.source);
    upcall.group = layout.format(bytes, layout.group);
    this.listener(upcall);
  }
}
