/**
 * Runs a plan's operations on the kernel: all of them, or none.
 *
 * If one fails, those before it are undone, newest first (test/controller/undo.test.ts), and the failure is thrown.
 */
import type { IpVersion } from '../abi/address';
import type { MrouteSocket } from '../kernel/kernel';
import { Pace } from '../pace';
import { inverse, type Operation } from '../routing/operation';

/** The socket of a family. Throws ERR_MFC_NOT_OPEN if it has none. */
export type SocketOf = (version: IpVersion) => MrouteSocket;

function perform(operation: Operation, socketOf: SocketOf): void {
  const socket = socketOf(operation.version);
  switch (operation.op) {
    case 'add_mfc':
      socket.addMfc(operation);
      break;
    case 'del_mfc':
      socket.delMfc(operation);
      break;
    case 'add_vif':
      socket.addVif(operation.vifi, operation.ifindex);
      break;
    case 'del_vif':
      socket.delVif(operation.vifi);
      break;
  }
}

/** Throws what the kernel threw; `onStuck` hears of what could not even be undone. */
export async function run(
  operations: readonly Operation[],
  socketOf: SocketOf,
  onStuck: (error: unknown) => void,
): Promise<void> {
  const pace = new Pace();
  let done = 0;
  try {
    for (const operation of operations) {
      perform(operation, socketOf);
      done++;
      if (pace.isDue()) await pace.rest();
    }
  } catch (error) {
    await undo(operations.slice(0, done), socketOf, onStuck);
    throw error;
  }
}

/** Takes operations back, newest first. Goes on after a failure: as much as can be is as before. */
export async function undo(
  operations: readonly Operation[],
  socketOf: SocketOf,
  onStuck: (error: unknown) => void,
): Promise<void> {
  const pace = new Pace();
  for (const operation of operations.toReversed()) {
    try {
      perform(inverse(operation), socketOf);
    } catch (error) {
      onStuck(error);
    }
    if (pace.isDue()) await pace.rest();
  }
}
