/**
 * Brings events from who notices them to who asked for them. Nothing is made that nobody asked for.
 */
import { type About, type EventKind, type MfcEvent, Notice } from './event';

/** Must not throw. */
export type EventListener = (event: MfcEvent) => void;

/** Hears that there is an event, within the call that tells of it. Must not throw, and must not do much. */
export type NoticeListener = (notice: Notice) => void;

interface Subscription {
  readonly kinds: ReadonlySet<EventKind>;
  readonly listener: NoticeListener;
}

export class Events {
  private readonly subscriptions = new Set<Subscription>();
  private readonly watchers: (() => void)[] = [];

  /** Answers how to end it. */
  subscribe(kinds: Iterable<EventKind>, listener: EventListener): () => void {
    return this.follow(kinds, (notice) => listener(notice.event));
  }

  /** For who reads later. Answers how to end it. */
  follow(kinds: Iterable<EventKind>, listener: NoticeListener): () => void {
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

  /** @param about what it is about, or what says so when somebody reads it: that may be later */
  emit(event: EventKind, about: About | (() => About)): void {
    let notice: Notice | undefined;
    for (const { kinds, listener } of this.subscriptions) {
      if (!kinds.has(event)) continue;
      notice ??= new Notice(event, typeof about === 'function' ? about : () => about);
      listener(notice);
    }
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
