/**
 * Lets through of a flood what a reader can take in, in bounded memory: of each stream the first notice at once and then one at a time,
 * of all streams together a number per second. What is not let through is counted.
 *
 * Only streams that were let through are remembered: a flood of others would push them out.
 */
/** Milliseconds until a stream is let through once more. */
const PER_STREAM_MS = 60_000;
/** So many streams are remembered. Those that nothing was heard of for the longest time are forgotten, and are new then. */
const MAX_STREAMS = 1_000;
/** So many notices are let through in any second. */
const PER_SECOND = 50;
const SECOND_MS = 1_000;

interface Remembered {
  /** When it was let through last. */
  readonly since: number;
  /** How often it was noticed since then. */
  count: number;
}

export class Limiter {
  private readonly streams = new Map<string, Remembered>();
  /** When the last ones were let through, as a ring. */
  private readonly times = new Float64Array(PER_SECOND).fill(-Infinity);
  private next = 0;

  /** How many streams are remembered. */
  get size(): number {
    return this.streams.size;
  }

  /**
   * Takes less than a microsecond.
   *
   * @param now milliseconds, from any beginning
   * @return `held`: it was its stream's turn, but there were too many others. `known`: its stream was let through not long ago. Else it
   *   is let through, and the number of notices that it stands for is answered
   */
  note(key: string, now: number): number | 'held' | 'known' {
    const known = this.streams.get(key);
    if (known !== undefined) {
      known.count++;
      this.remember(key, known);
      if (now - known.since < PER_STREAM_MS) return 'known';
    }
    if (now - (this.times[this.next] ?? 0) < SECOND_MS) return 'held';
    this.times[this.next] = now;
    this.next = (this.next + 1) % PER_SECOND;
    this.remember(key, { since: now, count: 0 });
    return known?.count ?? 1;
  }

  /** The last that was heard of is last. */
  private remember(key: string, stream: Remembered): void {
    this.streams.delete(key);
    this.streams.set(key, stream);
    if (this.streams.size > MAX_STREAMS)
      for (const oldest of this.streams.keys()) return void this.streams.delete(oldest);
  }
}
