// A watch of the fake kernel: what happens waits until it is drained or, as with a real socket, until the event loop turns.

import type { IpVersion } from '../../src/abi/address';
import { familyOf } from '../../src/abi/families';
import type { Watch, WatchListener } from '../../src/kernel/kernel';

/** As many messages as the buffer of the real one has room for, more or less. */
const CAPACITY = 40_000;

type Event = (listener: WatchListener) => void;

export class FakeWatch implements Watch {
  private waiting: Event[] = [];
  private held = false;
  private losing = false;
  private lost = false;
  private reading = false;
  private open = true;
  private muted = false;

  constructor(
    private readonly table: number | undefined,
    private readonly listener: WatchListener,
    private readonly onClose: (watch: FakeWatch) => void,
  ) {}

  /** Whether it is told of this table's entries. */
  isAbout(version: IpVersion, table: number): boolean {
    return !this.muted && table === (this.table ?? familyOf(version).defaultTable);
  }

  push(event: Event): void {
    if (this.losing || this.waiting.length === CAPACITY) {
      this.lost = true;
      return;
    }
    this.waiting.push(event);
    if (this.waiting.length === 1) setImmediate(() => this.held || this.drain());
  }

  mute(): void {
    this.muted = true;
  }

  unmute(): void {
    this.muted = false;
    if (this.open) this.listener.overflow();
  }

  /** Nothing is told until release(), but to who drains. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.drain();
  }

  /** The buffer is full: what happens from now on is lost, until it is drained. */
  lose(): void {
    this.losing = true;
  }

  drain(): boolean {
    if (this.reading) return true;
    this.reading = true;
    while (this.waiting.length > 0) {
      const events = this.waiting;
      this.waiting = [];
      for (const event of events) if (this.open) event(this.listener);
    }
    this.reading = false;
    this.losing = false;
    if (this.lost && this.open) this.listener.overflow();
    this.lost = false;
    return false;
  }

  close(): void {
    this.open = false;
    this.onClose(this);
  }
}
