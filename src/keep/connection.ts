/**
 * A Node-RED's end of the connection to its holder: requests go out, replies come back in their order.
 */
import { isErrno } from '../errors';
import { close } from '../kernel/libc';
import { type Readiness, watchReadable } from '../kernel/readiness';
import { peerOf, tryReceive, trySend } from '../kernel/unix';
import { foreignHolder, holderFailed } from './failure';
import { type Reply, type Request, readReply } from './requests';

/** A new holder has to start first, on a busy machine. */
const REPLY_DEADLINE_MS = 10_000;

interface Answered {
  readonly reply: Reply;
  /** Descriptors of this process now. */
  readonly fds: number[];
}

interface Waiting {
  resolve(answered: Answered): void;
  reject(error: Error): void;
}

export class Connection {
  /** Set only while a reply is awaited: an idle connection does not keep the process running. */
  private watch: Readiness | undefined;
  private readonly waiting: Waiting[] = [];
  private deadline: NodeJS.Timeout | undefined;

  /** Takes the descriptor over, also if it throws. */
  constructor(private fd: number) {
    try {
      const { uid } = peerOf(fd);
      if (uid !== 0 && uid !== process.geteuid?.()) throw foreignHolder(uid);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async ask(request: Request, fds: readonly number[] = []): Promise<Answered> {
    if (this.fd < 0) throw holderFailed('has ended');
    const answered = new Promise<Answered>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.watch ??= watchReadable(this.fd, () => this.receive());
    this.deadline ??= setTimeout(() => this.giveUp(), REPLY_DEADLINE_MS);
    try {
      if (!trySend(this.fd, JSON.stringify(request), fds)) this.end('does not answer');
    } catch (error) {
      // Where the other end has closed, its last reply says why; it waits to be read.
      if (!isErrno(error, 'EPIPE')) this.end('has ended', error as Error);
    }
    return answered;
  }

  /** Also ends what is awaited. */
  close(): void {
    this.end('was left');
  }

  get closed(): boolean {
    return this.fd < 0;
  }

  private receive(): void {
    try {
      while (this.waiting.length > 0) {
        const received = tryReceive(this.fd);
        if (received === undefined) return;
        const { text, fds, truncated } = received;
        const reply = truncated ? undefined : readReply(text, fds.length);
        if (reply === undefined) {
          fds.forEach(close);
          this.end(text === '' ? 'has ended' : 'answers what makes no sense');
          return;
        }
        this.waiting.shift()?.resolve({ reply, fds });
      }
      this.rest();
    } catch (error) {
      this.end('has ended', error as Error);
    }
  }

  /** A reply may be there: this process may have been busy all the time, and timers are called before files are looked at. */
  private giveUp(): void {
    this.receive();
    if (this.waiting.length > 0) this.end('does not answer');
  }

  private rest(): void {
    this.watch?.close();
    this.watch = undefined;
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private end(what: string, error: Error = holderFailed(what)): void {
    if (this.fd < 0) return;
    this.rest();
    close(this.fd);
    this.fd = -1;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
