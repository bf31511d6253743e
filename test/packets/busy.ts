// Linux in a program that has something else to do: the event loop stands still right after an entry was written or deleted.

import type { MrouteSocket } from '../../src/kernel/kernel';
import { linux } from '../../src/kernel/linux';

export class Busy {
  private ms = 0;

  readonly kernel = {
    ...linux,
    openMroute: (...[version, table]: Parameters<typeof linux.openMroute>) =>
      this.delaying(linux.openMroute(version, table)),
  };

  /** After the next change of an entry nothing else is done for so long. */
  afterNextChange(ms: number): void {
    this.ms = ms;
  }

  /** Whether that change is still to come. */
  get isWaiting(): boolean {
    return this.ms > 0;
  }

  private delaying(socket: MrouteSocket): MrouteSocket {
    const addMfc = socket.addMfc.bind(socket);
    const delMfc = socket.delMfc.bind(socket);
    socket.addMfc = (entry) => this.after(() => addMfc(entry));
    socket.delMfc = (entry) => this.after(() => delMfc(entry));
    return socket;
  }

  private after(change: () => void): void {
    change();
    const { ms } = this;
    this.ms = 0;
    if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }
}
