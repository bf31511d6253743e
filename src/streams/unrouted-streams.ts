/**
 * The streams that come in and that no route takes: why nothing arrives, and what a route could be made for.
 *
 * The kernel tells of such a stream with its first packet and then every ten seconds or so. A flood of others, each seen once, does not push
 * out those that were seen again.
 */
import type { Stranger } from './events/stranger-events';

/** Milliseconds without a packet until a stream is forgotten. */
const KEPT_MS = 60_000;
/** So many are listed. */
const MAX_LISTED = 200;
/** Of those that were seen more than once, so many are remembered, and of the others. */
const MAX_LASTING = 150;
const MAX_NEW = 1_000;

/** A stream, as an answer has it. */
export interface UnroutedStream extends Stranger {
  /** ISO 8601, as all times. */
  readonly first_seen: string;
  readonly last_seen: string;
}

/** What there is for streams by now. */
export interface RoutesView {
  /** Whether there is a route for this very stream, or for any source of its group. */
  hasRoute(stream: Stranger): boolean;
  /** Whether a route would learn it with its next packet. Costs more, the more routes learn. */
  isLearnable(stream: Stranger): boolean;
  /** Another one, whenever other routes learn. */
  readonly templates: object;
}

interface Seen {
  readonly stream: Stranger;
  readonly first: number;
  last: number;
  /** When it was last asked, none of these took it. */
  unlearnableBy?: object;
}

export class UnroutedStreams {
  /** By stream; the one that was seen last is last. */
  private readonly news = new Map<string, Seen>();
  private readonly lasting = new Map<string, Seen>();

  /**
   * A stream has come in. Takes a microsecond or two.
   *
   * @param now milliseconds, from any beginning
   */
  note({ source, group, iif }: Stranger, now: number): void {
    const key = `${source} ${group} ${iif}`;
    const known = this.lasting.get(key) ?? this.news.get(key);
    this.lasting.delete(key);
    this.news.delete(key);
    if (known === undefined || isOver(known, now)) {
      put(this.news, key, { stream: { source, group, iif }, first: now, last: now }, MAX_NEW);
    } else {
      known.last = now;
      put(this.lasting, key, known, MAX_LASTING);
    }
  }

  /** The newest first. What a route takes by now is forgotten. */
  list(now: number, routes: RoutesView): UnroutedStream[] {
    const listed = [...this.current(this.lasting, now, routes, MAX_LISTED)];
    listed.push(...this.current(this.news, now, routes, MAX_LISTED - listed.length));
    const today = Date.now(); // one look at the clock: what was seen once has one time
    const time = (then: number): string => new Date(today - (now - then)).toISOString();
    return listed
      .sort((a, b) => b.first - a.first)
      .map(({ stream, first, last }) => ({ ...stream, first_seen: time(first), last_seen: time(last) }));
  }

  /** Those that were seen last. */
  private current(streams: Map<string, Seen>, now: number, routes: RoutesView, max: number): Seen[] {
    const current: Seen[] = [];
    for (const [key, seen] of Array.from(streams).reverse()) {
      if (isOver(seen, now) || isTaken(seen, routes)) streams.delete(key);
      else if (current.length < max) current.push(seen);
      else break;
    }
    return current;
  }
}

function put(streams: Map<string, Seen>, key: string, seen: Seen, max: number): void {
  streams.set(key, seen);
  if (streams.size > max) for (const oldest of streams.keys()) return void streams.delete(oldest);
}

function isOver({ last }: Seen, now: number): boolean {
  return now - last >= KEPT_MS;
}

function isTaken(seen: Seen, routes: RoutesView): boolean {
  if (routes.hasRoute(seen.stream)) return true;
  if (seen.unlearnableBy === routes.templates) return false;
  seen.unlearnableBy = routes.templates;
  return routes.isLearnable(seen.stream);
}
