/**
 * Tells of streams that no route takes, and of those that come in elsewhere than their route says: of each the first time at once, then
 * once a minute at most. However many there are, few are told, and how many were not.
 */
import type { Route } from '../../routing/route';
import type { About } from './event';
import type { Events } from './events';
import { Limiter } from './limiter';

/** As the kernel tells of it. */
export interface Stranger {
  readonly source: string;
  readonly group: string;
  /** Name of the interface that it comes in by. */
  readonly iif: string;
}

type Kind = 'unrouted' | 'wrong_interface';

/** So long what was left out waits for another event to be told with. */
const SUMMARY_MS = 1_000;

export class StrangerEvents {
  private readonly limiter = new Limiter();
  private wanted: Record<Kind, boolean> = { unrouted: false, wrong_interface: false };
  /** How many were left out and not told yet. */
  private readonly suppressed: Record<Kind, number> = { unrouted: 0, wrong_interface: 0 };
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly events: Events) {
    events.onWanted(() => {
      this.wanted = { unrouted: events.wants('unrouted'), wrong_interface: events.wants('wrong_interface') };
    });
  }

  /** A stream comes in that no route takes. */
  unrouted(stream: Stranger): void {
    if (this.wanted.unrouted) this.note('unrouted', stream);
  }

  /** A stream comes in elsewhere than its entry says. */
  wrongInterface(stream: Stranger, route: Route): void {
    if (this.wanted.wrong_interface) this.note('wrong_interface', stream, { iif: route.iif });
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private note(kind: Kind, { source, group, iif }: Stranger, details?: About): void {
    const count = this.limiter.note(`${kind} ${source} ${group} ${iif}`, performance.now());
    if (count === 'known') return;
    if (count === 'held') {
      this.suppressed[kind]++;
      if (!this.isStopped) this.timer ??= setTimeout(() => this.sum(), SUMMARY_MS).unref();
      return;
    }
    this.events.emit(kind, { source, group, ...details, interface: iif, count, ...this.takeSuppressed(kind) });
  }

  /** Tells what no other event has told. */
  private sum(): void {
    this.timer = undefined;
    for (const kind of ['unrouted', 'wrong_interface'] as const) {
      if (this.suppressed[kind] > 0) this.events.emit(kind, this.takeSuppressed(kind));
    }
  }

  private takeSuppressed(kind: Kind): { suppressed?: number } {
    const suppressed = this.suppressed[kind];
    this.suppressed[kind] = 0;
    return suppressed === 0 ? {} : { suppressed };
  }
}
