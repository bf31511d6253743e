/**
 * Reads from an owner socket what the kernel has to tell, from the event loop, in slices that leave the loop to others.
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

export type UpcallListener = (upcall: Upcall) => void;

export class Upcalls {
  private readonly layout: UpcallLayout;
  private readonly bytes: Uint8Array;
  /** One for all: thousands may come at once. */
  private readonly upcall: { -readonly [Key in keyof Upcall]: Upcall[Key] };
  private readiness: Readiness | undefined;

  constructor(
    private readonly fd: number,
    version: IpVersion,
    private readonly listener: UpcallListener,
  ) {
    const layout = upcallLayout(version);
    this.layout = layout;
    this.bytes = new Uint8Array(layout.size);
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
  }

  resume(): void {
    if (this.readiness !== undefined) return;
    this.readiness = watchReadable(this.fd, () => this.read());
    this.readiness.unref();
  }

  /** What is left after a slice makes the socket readable in the next turn again. */
  private read(): void {
    const end = performance.now() + SLICE_MS;
    for (let n = 1; this.readiness !== undefined; n++) {
      const size = tryReceive(this.fd, this.bytes);
      if (size === 'EAGAIN') return;
      if (size !== 'ENOBUFS' && size >= this.layout.size) this.tell();
      if (n % CLOCK_EVERY === 0 && performance.now() > end) return;
    }
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
