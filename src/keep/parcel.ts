/**
 * Many descriptors in one: they wait in the queue of a socket that nobody reads. As long as that is open anywhere, so are they.
 *
 * What keeps descriptors has room for tens of names, and this machine may have joined groups with hundreds of sockets.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SCM_MAX_FD } from '../abi/unix';
import { fault } from '../kernel/faults';
import { close } from '../kernel/libc';
import { tryReceive, trySend, unixSocketPair } from '../kernel/unix';

/** Answers a descriptor that is the caller's. Those that were packed may be closed. Throws MfcError. */
export function pack(fds: readonly number[]): number {
  // What was sent stays when the sender is closed: net/unix/af_unix.c unix_release_sock.
  const [parcel, sender] = unixSocketPair('seqpacket');
  try {
    for (let at = 0; at < fds.length; at += SCM_MAX_FD) {
      if (!trySend(sender, 'fds', fds.slice(at, at + SCM_MAX_FD))) throw fault('sendmsg', 'EAGAIN');
    }
    return parcel;
  } catch (error) {
    close(parcel);
    throw error;
  } finally {
    close(sender);
  }
}

/**
 * Closes a parcel and all that is in it, also for others who have it open. One at a time: where thousands of groups are joined, the kernel
 * takes a millisecond for each socket, and it would take them all in one go from who closes the parcel last.
 */
export async function discard(parcel: number): Promise<void> {
  try {
    for (let got = tryReceive(parcel); got !== undefined && got.text !== ''; got = tryReceive(parcel)) {
      for (const fd of got.fds) {
        close(fd);
        await nextTurn();
      }
    }
  } finally {
    close(parcel);
  }
}
