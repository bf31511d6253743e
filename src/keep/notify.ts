/**
 * Messages to the service manager: sd_notify(3). They are datagrams to the socket that $NOTIFY_SOCKET names.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { close } from '../kernel/libc';
import { watchReadable } from '../kernel/readiness';
import { tryConnect, trySend, unixSocket, unixSocketPair } from '../kernel/unix';
import { storeSilent } from './failure';

const DEADLINE_MS = 5_000;
const RETRY_MS = 10;

export class Notify {
  private constructor(private readonly path: string) {}

  /** Undefined if no service manager listens. */
  static find(): Notify | undefined {
    const path = process.env.NOTIFY_SOCKET ?? '';
    // Neither the sockets of virtual machines, which carry no descriptors, nor what makes no sense.
    return /^[/@]./.test(path) ? new Notify(path) : undefined;
  }

  async send(lines: readonly string[], fds: readonly number[] = []): Promise<void> {
    const socket = unixSocket('datagram');
    try {
      if (tryConnect(socket, this.path) !== undefined) throw storeSilent();
      const end = performance.now() + DEADLINE_MS;
      while (!trySend(socket, lines.join('\n'), fds)) {
        if (performance.now() > end) throw storeSilent();
        await pause(RETRY_MS);
      }
    } finally {
      close(socket);
    }
  }

  /** Resolves when all that was sent before has been read and done: the service manager closes the descriptor then. */
  async barrier(): Promise<void> {
    const [ours, theirs] = unixSocketPair('stream');
    try {
      try {
        await this.send(['BARRIER=1'], [theirs]);
      } finally {
        close(theirs);
      }
      await readable(ours);
    } finally {
      close(ours);
    }
  }
}

function readable(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (result: () => void) => {
      watch.close();
      clearTimeout(timer);
      result();
    };
    const watch = watchReadable(fd, () => settle(resolve));
    const timer = setTimeout(() => settle(() => reject(storeSilent())), DEADLINE_MS);
  });
}
