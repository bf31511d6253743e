/**
 * Who has asked for events. In a deploy receivers go and come back under the same name: the new one gets first what the old one was not
 * sent, and what happened while there was none.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Backlog } from './backlog';
import type { Notice } from './event';
import type { EventFilter } from './event-filter';
import type { Events } from './events';
import { Outbox } from './outbox';
import { Subscription } from './subscription';

/** So long a receiver may be away. */
const GRACE_MS = 30_000;
/** More wait only until those have been sent: who makes events waits meanwhile. */
const MAX_DUE = 10_000;

/** A receiver that has gone and may come back. */
interface Absent {
  /** What it was not sent. */
  readonly waiting: Backlog<Notice>;
  readonly forget: () => void;
}

/** What receivers that have gone were not sent, by name. */
export type Unsent = ReadonlyMap<string, Backlog<Notice>>;

export class Subscriptions {
  private readonly outbox = new Outbox();
  /** By name. */
  private readonly present = new Map<string, Subscription>();
  /** By name. */
  private readonly absent = new Map<string, Absent>();
  private isClosed = false;

  constructor(private readonly events: Events) {}

  /**
   * Events are noted from now on, and sent when somebody listens.
   *
   * @param name who comes back under the same name goes on where it was; who has none does not. A name has one receiver: where
   *   overlapping deploys make a node twice, the first one ends
   */
  open(filter: EventFilter, name?: string): Subscription {
    const waiting = this.inherit(name);
    const subscription = new Subscription(filter, this.outbox, waiting, () => this.leave(name, waiting, stop));
    const stop = this.events.follow(filter.kinds, (notice) => subscription.note(notice));
    if (name !== undefined) this.present.set(name, subscription);
    return subscription;
  }

  /** Resolves when there is room for what many more routes lead to. What is sent goes on meanwhile. */
  async room(): Promise<void> {
    while (this.outbox.due > MAX_DUE) await nextTurn();
  }

  /** For `follow` where they come back to. */
  takeUnsent(): Unsent {
    const taken = new Map(Array.from(this.absent, ([name, { waiting }]) => [name, waiting]));
    for (const { forget } of this.absent.values()) forget();
    return taken;
  }

  /** Receivers of another one are here now, or will be. */
  follow(unsent: Unsent): void {
    for (const [name, earlier] of unsent) {
      const receiver = this.present.get(name) ?? this.absent.get(name)?.waiting;
      if (receiver === undefined) this.leave(name, earlier, () => undefined);
      else receiver.follow(earlier);
    }
  }

  /** Nobody comes back. */
  close(): void {
    this.isClosed = true;
    for (const { forget } of this.absent.values()) forget();
  }

  private inherit(name: string | undefined): Backlog<Notice> {
    if (name === undefined) return new Backlog();
    this.present.get(name)?.end();
    const before = this.absent.get(name);
    before?.forget();
    return before?.waiting ?? new Backlog();
  }

  private leave(name: string | undefined, waiting: Backlog<Notice>, stop: () => void): void {
    if (name !== undefined) this.present.delete(name);
    if (name === undefined || this.isClosed) {
      stop();
      return;
    }
    const forget = (): void => {
      clearTimeout(timer);
      stop();
      this.absent.delete(name);
    };
    const timer = setTimeout(forget, GRACE_MS).unref();
    this.absent.set(name, { waiting, forget });
  }
}
