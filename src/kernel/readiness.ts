/**
 * Tells when a file can be read, from Node's own event loop: no thread waits, and nothing runs while there is nothing to read.
 *
 * The only user of koffi.node.poll, a uv_poll_t, which koffi does not document. What its source (src/koffi/src/uv.cc), libuv's
 * (src/unix/poll.c) and test/kernel/watch.test.ts show:
 * - The callback gets (status, events), whatever the types say. After an error, such as a netlink socket's ENOBUFS, it is called with a
 *   negative status, once: the handle has stopped and must be started again.
 * - A handle that nobody refers to is collected and falls silent.
 * - Node's teardown runs the event loop once more. A callback aborts the process then, so handles must be closed before.
 * - The handle must be closed before the file; a second one on the same file aborts the process, and so does stop() on a closed handle.
 *   close() stops as well, so it is all that is called.
 */
import koffi from 'koffi';

export interface Readiness {
  /** The process may end though this is watched. */
  unref(): void;
  /** Call before the file is closed. Safe to call twice. */
  close(): void;
}

const READABLE = { readable: true, disconnect: true };

/** What is open: so that it is not collected, and closed at the end of the process. */
const open = new Set<Readiness>();

/** Calls `onReadable` in every turn of the event loop in which there is something to read, the end of a connection included. */
export function watchReadable(fd: number, onReadable: () => void): Readiness {
  const call = (status: unknown): void => {
    callSafely(onReadable);
    if (Number(status) < 0 && open.has(readiness)) handle.start(READABLE, call);
  };
  const handle = koffi.node.poll(fd, READABLE, call);
  const readiness: Readiness = {
    unref: () => handle.unref(),
    close: () => {
      if (!open.delete(readiness)) return;
      handle.close();
      if (open.size === 0) process.off('exit', closeAll);
    },
  };
  if (open.size === 0) process.on('exit', closeAll);
  open.add(readiness);
  return readiness;
}

function closeAll(): void {
  for (const readiness of open) readiness.close();
}

/** An error must not pass through the native callback: it is thrown in a turn of its own. */
function callSafely(onReadable: () => void): void {
  try {
    onReadable();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
