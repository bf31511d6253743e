/**
 * The holder: keeps descriptors for one Node-RED at a time, and alone for some time when that is gone. It knows names, not routes.
 *
 * Who sends what makes no sense loses the connection and nothing else happens.
 */
import { close } from '../kernel/libc';
import { type Readiness, watchReadable } from '../kernel/readiness';
import { listen, peerOf, tryAccept, tryReceive, trySend } from '../kernel/unix';
import { MAX_NAMES, type Reply, type Request, readRequest } from './requests';
import { removeSocketFile, type SocketFile } from './socket-file';

/** Connections that have not said what they want. */
const MAX_GUESTS = 16;

interface Guest {
  readonly fd: number;
  readonly pid: number;
  watch: Readiness | undefined;
}

export class Holder {
  private readonly kept = new Map<string, number>();
  private readonly guests = new Set<Guest>();
  private client: Guest | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly listening: number,
    private seconds: number,
    private readonly file: SocketFile,
  ) {
    listen(listening); // now those who connect see this process as the other end
    watchReadable(listening, () => this.accept());
    this.startTimer();
  }

  end(): never {
    this.letGo();
    process.exit(0);
  }

  private accept(): void {
    for (let fd = tryAccept(this.listening); fd !== undefined; fd = tryAccept(this.listening)) {
      const { pid, uid } = peerOf(fd);
      if ((uid !== 0 && uid !== process.geteuid?.()) || this.guests.size >= MAX_GUESTS) {
        close(fd);
        continue;
      }
      const guest: Guest = { fd, pid, watch: undefined };
      this.guests.add(guest);
      guest.watch = watchReadable(fd, () => this.serveAll());
    }
  }

  /** In the order in which they came: what a process sent that has ended since counts before what its successor wants. */
  private serveAll(): void {
    for (const guest of [...this.guests]) this.serve(guest);
  }

  /** Reads all that the guest has sent. */
  private serve(guest: Guest): void {
    try {
      while (this.guests.has(guest)) {
        const received = tryReceive(guest.fd);
        if (received === undefined) return;
        const { text, fds, truncated } = received;
        const request = truncated ? undefined : readRequest(text, fds.length);
        if (request === undefined || !this.handle(guest, request, fds)) {
          fds.forEach(close);
          this.leave(guest);
        }
      }
    } catch {
      this.leave(guest);
    }
  }

  /** False if the guest may not ask this now. Takes the descriptors over otherwise. */
  private handle(guest: Guest, request: Request, fds: readonly number[]): boolean {
    if (request.ask === 'open') return this.open(guest, request.seconds);
    if (this.client !== guest) return false;
    if (request.ask === 'release') return this.release(guest);
    return this.keep(guest, request.name, fds[0] ?? -1);
  }

  private open(guest: Guest, seconds: number): boolean {
    if (this.client !== undefined) {
      this.reply(guest, { say: 'busy', pid: this.client.pid });
      return false;
    }
    this.client = guest;
    this.seconds = seconds;
    clearTimeout(this.timer);
    this.reply(guest, { say: 'open', pid: process.pid, names: [...this.kept.keys()] }, [...this.kept.values()]);
    return true;
  }

  private keep(guest: Guest, name: string, fd: number): boolean {
    const before = this.kept.get(name);
    if (before === undefined && this.kept.size >= MAX_NAMES) return false;
    this.kept.set(name, fd);
    if (before !== undefined) close(before);
    this.reply(guest, { say: 'kept' });
    return true;
  }

  private release(guest: Guest): never {
    this.letGo();
    this.reply(guest, { say: 'released' });
    process.exit(0);
  }

  private reply(guest: Guest, reply: Reply, fds: readonly number[] = []): void {
    try {
      trySend(guest.fd, JSON.stringify(reply), fds);
    } catch {
      // It has gone; what it sent before it went counts all the same.
    }
  }

  private leave(guest: Guest): void {
    if (!this.guests.delete(guest)) return;
    guest.watch?.close();
    close(guest.fd);
    if (this.client !== guest) return;
    this.client = undefined;
    this.startTimer();
  }

  private startTimer(): void {
    this.timer = setTimeout(() => this.end(), this.seconds * 1_000);
  }

  private letGo(): void {
    removeSocketFile(this.file);
    for (const fd of this.kept.values()) close(fd);
    this.kept.clear();
  }
}
