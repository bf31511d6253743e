/**
 * Tells when a file descriptor can be read, from Node's own event loop.
 *
 * koffi.node.poll is not documented; this file is the only one that knows it. Its callback must not throw. A descriptor that is
 * closed, or polled twice, while it is watched ends the process: stop first, then close.
 */
import koffi from 'koffi';

export interface Watch {
  /** The process may end though this is watched. */
  unref(): void;
  /** Safe to call twice. Afterwards the descriptor may be closed. */
  stop(): void;
}

/** Watches need a reference, else they stop without a word. */
const watches = new Set<ReturnType<typeof koffi.node.poll>>();

/** Calls `ready` whenever there is something to read, the end of a connection included. */
export function watchReadable(fd: number, ready: () => void): Watch {
  const handle = koffi.node.poll(fd, { readable: true, disconnect: true }, () => {
    if (watches.has(handle)) ready();
  });
  watches.add(handle);
  return {
    unref: () => handle.unref(),
    stop: () => {
      if (!watches.delete(handle)) return;
      handle.stop();
      handle.close();
    },
  };
}
