/**
 * How a controller ends, and what goes from one to the next: sockets, what is joined, events that nobody has got yet.
 *
 * Each waits only for those that were made before it, so no order of ends and beginnings makes two wait for each other.
 */
import type { IpVersion } from '../abi/address';
import type { MfcError } from '../errors';
import type { MrouteSocket } from '../kernel/kernel';
import type { Queue } from '../queue';
import type { Unsent } from '../streams/events/subscriptions';
import type { Changes } from './changes';
import type { Inbox } from './inbox';
import type { Installer } from './installer';
import type { Kept, Opening } from './opening';
import type { Streams } from './streams';
import type { Tables } from './tables';
import type { Tending } from './tending';

/** What a controller leaves to its successor. */
export interface Estate extends Kept {
  /** Events that receivers have not got yet who may be the successor's by now. */
  readonly unsent: Unsent;
}

/** Who a controller comes after. */
export interface Predecessor {
  close(): Promise<void>;
  handOver(table: number | undefined): Promise<Estate>;
}

/** What ends. */
export interface Parts {
  readonly installer: Installer;
  readonly opening: Opening;
  readonly tables: Tables;
  readonly streams: Streams;
  readonly tending: Tending;
  readonly queue: Queue;
  readonly inbox: Inbox;
  readonly changes: Changes;
  warn(warning: MfcError): void;
  /** It has ended: nothing of it is open, and nothing is saved any more. */
  closed(): void;
}

export class Succession {
  private readonly predecessors: Predecessor[];
  private ended: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  constructor(
    predecessors: readonly Predecessor[],
    private readonly parts: Parts,
  ) {
    this.predecessors = [...predecessors];
  }

  /** Ends those that this one comes after, even if it never opens itself: its own successor gets what they had. */
  async follow(): Promise<void> {
    const { opening, streams } = this.parts;
    const table = this.table();
    for (let one = this.predecessors.shift(); one !== undefined; one = this.predecessors.shift()) {
      if (table === 'none') {
        await one.close();
        continue;
      }
      const estate = await one.handOver(table);
      streams.subscriptions.follow(estate.unsent);
      await opening.follow(estate);
    }
  }

  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  /**
   * Ends as `close` does, but the sockets stay open for a successor with the same table, and what is joined stays joined. Also while it
   * is being closed, as far as they are open still.
   */
  async handOver(table: number | undefined): Promise<Estate> {
    await this.end();
    const { opening, streams } = this.parts;
    const isSame = this.table() === table;
    const sockets = isSame ? this.takeSockets() : new Map<IpVersion, MrouteSocket>();
    const keeper = isSame ? opening.takeKeeper() : undefined;
    const joins = opening.takeJoins(streams.joined);
    const unsent = streams.subscriptions.takeUnsent();
    await this.close();
    return { sockets, joins, keeper, unsent };
  }

  private async closeAll(): Promise<void> {
    await this.end();
    const { tending, opening, streams } = this.parts;
    await tending.drift.unmark().catch(() => undefined); // the sockets are to be closed in any case
    await opening.release();
    for (const socket of this.takeSockets().values()) socket.close();
    await streams.close();
    await opening.dropJoins();
    this.parts.closed();
  }

  /** No message is done after this. Whoever asks for the end waits for all of it: the last save, and the predecessors. */
  private end(): Promise<void> {
    this.ended ??= this.endAll();
    return this.ended;
  }

  private async endAll(): Promise<void> {
    const { inbox, tables, streams, queue, changes, tending, installer, warn } = this.parts;
    inbox.isClosed = true;
    tables.end();
    streams.stop();
    await queue.idle();
    await changes.settled.catch(() => undefined); // whom it concerns was told
    await tending.stop().catch(warn);
    installer.learner.stop(); // what comes now is a successor's
    await this.follow();
  }

  /** All sockets of this controller, which has none then: also those that wait to be taken over. */
  private takeSockets(): Map<IpVersion, MrouteSocket> {
    const { sockets } = this.parts.installer;
    const taken = new Map([...this.parts.opening.takeRest(), ...sockets]);
    sockets.clear();
    return taken;
  }

  /** The number of the table, or `none` if the options name no table. */
  private table(): number | undefined | 'none' {
    try {
      return this.parts.installer.tableId();
    } catch {
      return 'none';
    }
  }
}
