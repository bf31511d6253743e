/**
 * Keeps the owner sockets open beyond this process, so that routes go on forwarding while Node-RED restarts, is stopped or is killed.
 *
 * Where the service manager has a file descriptor store for this service, that keeps them (store-keeper.ts); elsewhere a small process
 * of our own does (holder-keeper.ts). This layer knows names and descriptors, not what is behind them.
 */
import { HolderKeeper } from './holder-keeper';
import type { Keeper, KeeperOptions } from './keeper';
import { StoreKeeper } from './store-keeper';

/** Connects to what an earlier process left, if there is something; starts nothing. Throws MfcError if another living process is served by the holder. */
export async function openKeeper(options: KeeperOptions): Promise<Keeper> {
  const holder = await HolderKeeper.open(options);
  try {
    const store = await StoreKeeper.open(options.id);
    if (store === undefined) return holder;
    // Left by a Node-RED that was not started by the service manager.
    for (const [name, fd] of holder.take()) await store.adopt(name, fd);
    await holder.release();
    return store;
  } catch (error) {
    holder.close();
    throw error;
  }
}
