/**
 * Keeps the owner sockets open beyond this process, so that routes go on forwarding while Node-RED restarts, is stopped or is killed.
 *
 * Where the service manager has a file descriptor store for this service, that keeps them (store-keeper.ts); elsewhere a small process
 * of our own does (holder-keeper.ts). This layer knows names and descriptors, not what is behind them.
 */
import { close } from '../kernel/libc';
import { HolderKeeper } from './holder-keeper';
import type { Keeper, KeeperOptions } from './keeper';
import { StoreKeeper } from './store-keeper';

/** Connects to what an earlier process left, if there is something; starts nothing. Throws MfcError if another living process is served by the holder. */
export async function openKeeper(options: KeeperOptions): Promise<Keeper> {
  const holder = await HolderKeeper.open(options);
  try {
    const store = await StoreKeeper.open(options.id);
    if (store === undefined) return holder;
    if (!(await move(holder, store))) return holder;
    await holder.release();
    return store;
  } catch (error) {
    holder.close();
    throw error;
  }
}

/**
 * Brings to the store what a Node-RED left that was not started by the service manager. Answers false if the store does not take all of
 * it: then the holder goes on.
 */
async function move(holder: HolderKeeper, store: StoreKeeper): Promise<boolean> {
  try {
    for (const [name, fd] of holder.leftNow) await store.keep(name, fd);
  } catch {
    await store.release().catch(() => undefined); // what it has taken stays in its room, and is not used
    return false;
  }
  for (const fd of holder.take().values()) close(fd);
  return true;
}
