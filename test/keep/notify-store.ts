// The service manager's side of sd_notify(3) with a descriptor store, for tests without root: what systemd does, by its source
// (service_add_fd_store and manager_process_barrier_fd in src/core), on a socket of our own. The real one is in systemd.check.ts.

import { fstatSync } from 'node:fs';
import { close } from '../../src/kernel/libc';
import { type Readiness, watchReadable } from '../../src/kernel/readiness';
import { duplicate, tryBind, tryReceive, unixSocket } from '../../src/kernel/unix';
import type { KeeperProcessOptions } from './keeper-process';

export interface StoreOptions {
  /** FileDescriptorStoreMax= */
  max?: number;
  /** NotifyAccess=none for the process. */
  deaf?: boolean;
}

interface Stored {
  name: string;
  fd: number;
  inode: number;
}

export class NotifyStore {
  stored: Stored[] = [];
  /** Names after every message. */
  readonly history: string[][] = [];
  /** Refused descriptors that are closed at leisure. */
  private readonly lazily: number[] = [];
  private readonly fd = unixSocket('datagram');
  private readonly watch: Readiness;

  constructor(
    readonly path: string,
    private readonly options: StoreOptions = {},
  ) {
    if (!tryBind(this.fd, path)) throw new Error(`${path} is there already.`);
    this.watch = watchReadable(this.fd, () => this.read());
  }

  get names(): string[] {
    return this.stored.map(({ name }) => name);
  }

  /** For a process that the service manager starts: `others` are descriptors of other names before those of the store. */
  handOver(others: Record<string, number> = {}, pid = '$$'): KeeperProcessOptions {
    const all = [...Object.entries(others), ...this.stored.map(({ name, fd }) => [name, fd] as const)];
    return {
      through: ['sh', '-c', `LISTEN_PID=${pid} exec "$@"`, 'sh'],
      env: {
        NOTIFY_SOCKET: this.path,
        LISTEN_FDS: String(all.length),
        LISTEN_FDNAMES: all.map(([name]) => name).join(':'),
      },
      stdio: all.map(([, fd]) => fd),
    };
  }

  /** As if a process of the service had sent it. */
  add(name: string, fd: number): void {
    this.put(name, [duplicate(fd)]);
  }

  close(): void {
    this.watch.close();
    close(this.fd);
    for (const { fd } of this.stored) close(fd);
    this.lazily.forEach(close);
  }

  private read(): void {
    for (let received = tryReceive(this.fd); received !== undefined; received = tryReceive(this.fd)) {
      this.process(new Map(received.text.split('\n').map((line) => line.split('=') as [string, string])), received.fds);
    }
  }

  private process(message: Map<string, string>, fds: number[]): void {
    if (message.has('BARRIER') || this.options.deaf) {
      fds.forEach(close);
      return;
    }
    const name = message.get('FDNAME') ?? 'stored';
    if (message.has('FDSTORE')) this.put(name, fds);
    if (message.has('FDSTOREREMOVE')) {
      for (const { fd } of this.stored.filter((one) => one.name === name)) close(fd);
      this.stored = this.stored.filter((one) => one.name !== name);
    }
    this.history.push(this.names);
  }

  private put(name: string, fds: readonly number[]): void {
    for (const [i, fd] of fds.entries()) {
      if (this.stored.length >= (this.options.max ?? 64)) {
        this.lazily.push(fd);
        fds.slice(i + 1).forEach(close);
        return;
      }
      const inode = fstatSync(fd).ino;
      if (this.stored.some((one) => one.inode === inode)) close(fd);
      else this.stored.unshift({ name, fd, inode });
    }
  }
}
