/**
 * Brings events from who notices them to who asked for them. Nothing is made that nobody asked for.
 */
import type { About, EventKind, MfcEvent } from './event';

/** Must not throw. */
export type EventListener = (event: MfcEvent) => void;

interface Subscription {
  readonly kinds: ReadonlySet<EventKind>;
  readonly listener: EventListener;
}

export class Events {
  private readonly subscriptions = new Set<Subscription>();
  private readonly watchers: (() => void)[] = [];

  /** Answers how to end it. */
  subscribe(kinds: Iterable<EventKind>, listener: EventListener): () => void {
    const subscription = { kinds: new Set(kinds), listener };
    this.subscriptions.add(subscription);
    this.changed();
    return () => {
      if (this.subscriptions.delete(subscription)) this.changed();
    };
  }

  /** Whether anybody asked for any of these. */
  wants(...kinds: EventKind[]): boolean {
    for (const subscription of this.subscriptions) if (kinds.some((kind) => subscription.kinds.has(kind))) return true;
    return false;
  }

  /** Calls when what is asked for may have changed. */
  onWanted(watcher: () => void): void {
    this.watchers.push(watcher);
  }

  emit(event: EventKind, about: About): void {
    let made: MfcEvent | undefined;
    for (const { kinds, listener } of this.subscriptions) {
      if (!kinds.has(event)) continue;
      made ??= { event, time: new Date().toISOString(), ...about };
      listener(made);
    }
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
