/**
 * Keeps descriptors in the service manager's file descriptor store: FileDescriptorStoreMax= of systemd.service(5).
 *
 * The store takes messages without an answer and drops what it does not want: a service without a store, a process that may not speak
 * for it (NotifyAccess=), a full store. It is asked with a probe: one end each of two connected pairs goes after the socket, then a
 * barrier. If both pairs still have their other end when the barrier is through, then the socket before them was taken as well. Two,
 * since the first one that a full store refuses is closed at leisure by some versions, those behind it at once.
 *
 * FDPOLL=0, since an error on a socket must not take it out of the store. The store compares sockets and not names: a socket gets a
 * name once, another socket of the same name gets the next generation before the one before it is removed.
 */
import { fstatSync } from 'node:fs';
import { close } from '../kernel/libc';
import { duplicate, tryReceive, unixSocketPair } from '../kernel/unix';
import { Queue } from '../queue';
import { storeRefused } from './failure';
import { findHandedOver } from './handed-over';
import type { Keeper, KeeperOptions } from './keeper';
import { Notify } from './notify';
import { probeName, type Stored, storedName } from './stored-names';

interface Entry extends Stored {
  /** A copy: what is stored cannot be asked for until the next start, but another controller of this process may want it before. */
  readonly fd: number;
}

/** What this process's service has in the store, by id and name. */
let stores: Map<string, Map<string, Entry>> | undefined;
const turns = new Queue();

async function storeOf(notify: Notify, id: string): Promise<Map<string, Entry>> {
  stores ??= await readHandedOver(notify);
  let store = stores.get(id);
  if (store === undefined) {
    store = new Map();
    stores.set(id, store);
  }
  return store;
}

async function readHandedOver(notify: Notify): Promise<Map<string, Map<string, Entry>>> {
  const found = new Map<string, Map<string, Entry>>();
  for (const entry of findHandedOver(process.env, process.pid, process.ppid)) {
    const store = found.get(entry.id) ?? new Map<string, Entry>();
    found.set(entry.id, store);
    const other = store.get(entry.name);
    const [newest, outdated] =
      other !== undefined && other.generation > entry.generation ? [other, entry] : [entry, other];
    store.set(entry.name, newest);
    if (outdated !== undefined) await remove(notify, outdated);
  }
  return found;
}

async function remove(notify: Notify, entry: Entry): Promise<void> {
  close(entry.fd);
  await forget(notify, entry);
}

/** The service manager's copy is let go. */
function forget(notify: Notify, entry: Entry): Promise<void> {
  return notify.send(['FDSTOREREMOVE=1', `FDNAME=${storedName(entry)}`]);
}

/** Sends what is to be stored, if anything, and answers whether the store took it and takes any more. */
async function sendAndProbe(notify: Notify, id: string, entry?: Entry): Promise<boolean> {
  const pairs = [unixSocketPair('stream'), unixSocketPair('stream')];
  const name = `FDNAME=${probeName(id)}`;
  try {
    try {
      if (entry !== undefined) {
        await notify.send(['FDSTORE=1', `FDNAME=${storedName(entry)}`, 'FDPOLL=0'], [entry.fd]);
      }
      await notify.send(
        ['FDSTORE=1', name, 'FDPOLL=0'],
        pairs.map(([, theirs]) => theirs),
      );
    } finally {
      for (const [, theirs] of pairs) close(theirs);
    }
    await notify.barrier();
    // Undefined: nothing to read, not even the end.
    const taken = pairs.every(([ours]) => tryReceive(ours) === undefined);
    await notify.send(['FDSTOREREMOVE=1', name]);
    return taken;
  } finally {
    for (const [ours] of pairs) close(ours);
  }
}

export class StoreKeeper implements Keeper {
  private taken = false;
  private closed = false;

  private constructor(
    private readonly id: string,
    private readonly notify: Notify,
    private readonly store: Map<string, Entry>,
  ) {}

  /** Undefined if there is no service manager that keeps descriptors for this process. */
  static open(id: string): Promise<StoreKeeper | undefined> {
    return turns.run(async () => {
      const notify = Notify.find();
      if (notify === undefined || !(await sendAndProbe(notify, id).catch(() => false))) return undefined;
      return new StoreKeeper(id, notify, await storeOf(notify, id));
    });
  }

  take(): Map<string, number> {
    if (this.taken) return new Map();
    this.taken = true;
    return new Map([...this.store.values()].map(({ name, fd }) => [name, duplicate(fd)]));
  }

  keep(name: string, fd: number): Promise<void> {
    return turns.run(() => this.put(name, fd));
  }

  /** How long the store keeps is the service manager's. */
  goOnFor({ id }: KeeperOptions): Promise<boolean> {
    return turns.run(async () => !this.closed && id === this.id);
  }

  release(): Promise<void> {
    return turns.run(async () => {
      if (this.closed) return;
      this.closed = true;
      const entries = Array.from(this.store.values());
      this.store.clear(); // whatever fails below, nobody takes these any more
      for (const { fd } of entries) close(fd);
      for (const entry of entries) await forget(this.notify, entry);
      await this.notify.barrier();
    });
  }

  close(): void {
    this.closed = true;
  }

  private async put(name: string, fd: number): Promise<void> {
    const { ino: inode } = fstatSync(fd);
    const before = this.store.get(name);
    if (before?.inode === inode) return;
    const entry: Entry = { id: this.id, name, generation: (before?.generation ?? 0) + 1, inode, fd: duplicate(fd) };
    try {
      if (!(await sendAndProbe(this.notify, this.id, entry))) throw storeRefused();
    } catch (error) {
      await remove(this.notify, entry).catch(() => undefined); // it may be there, or not
      throw error;
    }
    this.store.set(name, entry);
    if (before !== undefined) await remove(this.notify, before);
  }
}
