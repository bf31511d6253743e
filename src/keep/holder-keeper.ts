/**
 * Keeps descriptors in a process of our own, the holder: holder.ts. The connection to it is the lease, which the kernel ends with this
 * process, however that ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { MfcError } from '../errors';
import { close } from '../kernel/libc';
import { duplicate } from '../kernel/unix';
import { Queue } from '../queue';
import { Connection } from './connection';
import { holderFailed, noStore, served } from './failure';
import { spawnHolder } from './holder-process';
import type { Keeper, KeeperOptions } from './keeper';
import { Place } from './place';
import { MAX_SECONDS } from './requests';
import { findService } from './service';

/** A process that was killed may hold its connection for a moment: until a child that it was starting has started. */
const LEASE_DEADLINE_MS = 1_000;
const LEASE_RETRY_MS = 20;

export class HolderKeeper implements Keeper {
  private left = new Map<string, number>();
  /** Copies, for another holder if this one ends. */
  private readonly kept = new Map<string, number>();
  private readonly turns = new Queue();
  private connection: Connection | undefined;
  private closed = false;

  private constructor(
    private options: KeeperOptions,
    private readonly place: Place,
  ) {}

  static async open(options: KeeperOptions): Promise<HolderKeeper> {
    const keeper = new HolderKeeper(options, new Place(options.directory, options.id));
    try {
      keeper.left = await keeper.lease(() => keeper.place.connect());
      for (const [name, fd] of keeper.left) keeper.kept.set(name, duplicate(fd));
      return keeper;
    } catch (error) {
      keeper.close();
      throw error;
    }
  }

  take(): Map<string, number> {
    const { left } = this;
    this.left = new Map();
    return left;
  }

  /** What `take` would answer now; it stays here. */
  get leftNow(): ReadonlyMap<string, number> {
    return this.left;
  }

  keep(name: string, fd: number): Promise<void> {
    return this.turns.run(async () => {
      if (this.closed) throw holderFailed('was left');
      const copy = duplicate(fd);
      const before = this.kept.get(name);
      this.kept.set(name, copy);
      try {
        if (this.connection === undefined || this.connection.closed) await this.start();
        else await this.connection.ask({ ask: 'keep', name }, [copy]).catch(() => this.start());
      } catch (error) {
        close(copy);
        if (before === undefined) this.kept.delete(name);
        else this.kept.set(name, before);
        throw error;
      }
      if (before !== undefined) close(before);
    });
  }

  goOnFor(options: KeeperOptions): Promise<boolean> {
    return this.turns.run(async () => {
      const { id, directory, seconds } = this.options;
      if (this.closed || options.id !== id || options.directory !== directory) return false;
      this.options = options;
      if (options.seconds !== seconds) await this.renew().catch(() => undefined); // `keep` starts another holder then
      return true;
    });
  }

  release(): Promise<void> {
    return this.turns.run(async () => {
      if (this.closed) return;
      // A holder that has ended keeps nothing.
      await this.connection?.ask({ ask: 'release' }).catch(() => undefined);
      this.close();
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.connection?.close();
    this.place.close();
    for (const fds of [this.left, this.kept]) {
      closeAll(fds);
      fds.clear();
    }
  }

  /** The holder goes on with what the options say now. */
  private async renew(): Promise<void> {
    if (this.connection === undefined || this.connection.closed) return;
    this.connection.close();
    closeAll(await this.lease(() => this.place.connect()));
  }

  /** A holder that has all that is to be kept; the first one, or another one if that has ended. */
  private async start(): Promise<void> {
    const service = findService();
    if (service !== undefined) throw noStore(service);
    closeAll(await this.lease(() => this.place.locked(() => this.place.connect() ?? this.listenAndSpawn())));
  }

  /** What is sent to the new holder waits for it in the kernel, even if this process ends now. */
  private listenAndSpawn(): number {
    const listening = this.place.listen();
    try {
      spawnHolder(this.options, this.place, listening);
      const fd = this.place.connect();
      if (fd === undefined) throw new MfcError('ERR_MFC_SYSCALL', 'The socket of the holder is gone.');
      return fd;
    } finally {
      close(listening);
    }
  }

  /** Becomes the one that a holder serves, if there is one, gives it what is to be kept, and answers what it kept before. */
  private async lease(connect: () => number | undefined | Promise<number | undefined>): Promise<Map<string, number>> {
    for (const end = performance.now() + LEASE_DEADLINE_MS; ; await pause(LEASE_RETRY_MS)) {
      const fd = await connect();
      if (fd === undefined) return new Map();
      const connection = new Connection(fd);
      // All at once: a new holder finds it there even if this process is gone by then.
      const opened = connection.ask({ ask: 'open', seconds: Math.min(this.options.seconds, MAX_SECONDS) });
      const keeps = Promise.all(Array.from(this.kept, ([name, copy]) => connection.ask({ ask: 'keep', name }, [copy])));
      keeps.catch(() => undefined); // told below, if it matters
      const { reply, fds } = await opened;
      if (reply.say === 'open') {
        this.connection = connection;
        await keeps.catch((error) => {
          fds.forEach(close);
          throw error;
        });
        return new Map(reply.names.map((name, i) => [name, fds[i] ?? -1]));
      }
      connection.close();
      const pid = reply.say === 'busy' ? reply.pid : 0;
      if (isAlive(pid) || performance.now() > end) throw served(pid);
    }
  }
}

function closeAll(fds: ReadonlyMap<string, number>): void {
  for (const fd of fds.values()) close(fd);
}

function isAlive(pid: number): boolean {
  try {
    return pid <= 0 || process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
