/**
 * When do routes reach the kernel? Wraps the real kernel so that the time of each MRT_ADD_MFC's return is known.
 */
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import type { Kernel, MrouteSocket } from '../../src/kernel/kernel';
import { linux } from '../../src/kernel/linux';

/** Entries that reached the kernel since `reset`, and when the last of them did. */
export const clock = {
  added: 0,
  last: 0,
  opened: 0,
  reset(): void {
    this.added = 0;
  },
};

function timed(socket: MrouteSocket): MrouteSocket {
  const addMfc = socket.addMfc.bind(socket);
  socket.addMfc = (entry: MfcEntry) => {
    addMfc(entry);
    clock.added++;
    clock.last = performance.now();
  };
  return socket;
}

/** From now on the controllers of this process use the clock. */
export function startClock(): void {
  const open: Kernel['openMroute'] = linux.openMroute;
  linux.openMroute = (version: IpVersion, table: number | undefined) => {
    const socket = timed(open(version, table));
    clock.opened = performance.now();
    return socket;
  };
}
