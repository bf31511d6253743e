/**
 * One receiver of events: what it asked for waits here until it is sent.
 *
 * As long as nobody listens, the newest are kept, so that who is away for the time of a deploy misses nothing.
 */
import type { Backlog } from './backlog';
import { copied, type Notice } from './event';
import type { EventFilter } from './event-filter';
import type { EventListener } from './events';
import type { Outbox, Sender } from './outbox';

/** More are not kept for who does not listen: the oldest are forgotten, and counted. */
const MAX_KEPT = 10_000;

export class Subscription implements Sender {
  private listener: EventListener | undefined;
  private hasEnded = false;

  /**
   * @param waiting what is not sent yet: what is there already comes first
   * @param onEnd call it when nobody will listen any more
   */
  constructor(
    private readonly filter: EventFilter,
    private readonly outbox: Outbox,
    readonly waiting: Backlog<Notice>,
    private readonly onEnd: () => void,
  ) {}

  /** From now on what waits is sent, and then what comes, but never within the call that tells of it. What it gets is its own. */
  listen(listener: EventListener): void {
    this.listener = listener;
    this.outbox.add(this);
  }

  /** Nothing is sent after this. Safe to call twice. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.listener = undefined;
    this.onEnd();
  }

  /** What was not sent by another controller comes before what waits here. */
  follow(earlier: Backlog<Notice>): void {
    this.waiting.follow(earlier);
    if (this.listener !== undefined) this.outbox.add(this);
  }

  note(notice: Notice): void {
    this.waiting.push(notice);
    if (this.listener !== undefined) this.outbox.add(this);
    else if (this.waiting.size > MAX_KEPT) {
      this.waiting.shift();
      this.waiting.missed++;
    }
  }

  get due(): number {
    return this.listener === undefined ? 0 : this.waiting.size;
  }

  send(): void {
    const notice = this.waiting.shift();
    const event = notice && this.filter.pass(notice.event);
    if (event === undefined) return;
    const own = copied(event);
    if (this.waiting.missed > 0) own.missed = this.waiting.missed;
    this.waiting.missed = 0;
    this.listener?.(own);
  }
}
