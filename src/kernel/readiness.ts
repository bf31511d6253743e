/**
 * Tells when a file can be read, from Node's own event loop: no thread waits, and nothing runs while there is nothing to read.
 *
 * The only user of koffi.node.poll, a uv_poll_t, which koffi does not document. What its source and the tests show (koffi
 * src/koffi/src/uv.cc): the callback gets (status, events), whatever the types say; a handle that nobody refers to is collected and
 * falls silent; the handle must be closed before the file; a second one on the same file, or a file that cannot be polled, aborts the
 * process; stop() on a closed handle does as well, so close(), which stops, is all that is called.
 */
import koffi from 'koffi';

export interface Readiness {
  /** The process may end though this is watched. */
  unref(): void;
  /** Call before the file is closed. Safe to call twice. */
  close(): void;
}

/** What is open, so that it is not collected. */
const handles = new Set<object>();

/** Calls `onReadable` in every turn of the event loop in which there is something to read, the end of a connection included. */
export function watchReadable(fd: number, onReadable: () => void): Readiness {
  const handle = koffi.node.poll(fd, { readable: true, disconnect: true }, () => callSafely(onReadable));
  handles.add(handle);
  return {
    unref: () => handle.unref(),
    close: () => {
      if (handles.delete(handle)) handle.close();
    },
  };
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
