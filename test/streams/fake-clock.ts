// A clock that stands still until it is told to go on.

import type { Clock } from '../../src/streams/clock';

export class FakeClock implements Clock {
  private time = 1_000_000;
  private readonly calls = new Set<{ at: number; call: () => void }>();

  now(): number {
    return this.time;
  }

  wake(at: number, call: () => void): () => void {
    const one = { at, call };
    this.calls.add(one);
    return () => void this.calls.delete(one);
  }

  /** How many calls are waited for. */
  get waiting(): number {
    return this.calls.size;
  }

  /** Lets time go by, with all that is to happen meanwhile. */
  go(ms: number): void {
    const end = this.time + ms;
    for (let next = this.next(); next !== undefined && next.at <= end; next = this.next()) {
      this.time = Math.max(this.time, next.at);
      this.calls.delete(next);
      next.call();
    }
    this.time = end;
  }

  /** Time goes by and nothing runs, as if the process stood still. */
  skip(ms: number): void {
    this.time += ms;
  }

  private next(): { at: number; call: () => void } | undefined {
    return Array.from(this.calls).sort((a, b) => a.at - b.at)[0];
  }
}
