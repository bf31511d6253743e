/**
 * Streams that the kernel has told of and nobody took. The kernel keeps such a stream for 10 seconds and says nothing more of it until
 * then (net/ipv4/ipmr.c ipmr_cache_unresolved), so a route that comes meanwhile finds it here.
 */
import type { IpVersion } from '../../abi/address';
import type { Stream } from '../../routing/learning';
import { routeKey } from '../../routing/route';

const KEPT_MS = 10_000;
/** A packet of an unknown stream costs the kernel 16 ns for each of them. */
const MAX_KEPT = 1_000;

export interface WaitingStream {
  readonly version: IpVersion;
  readonly stream: Stream;
}

interface Kept extends WaitingStream {
  readonly until: number;
}

export class Unanswered {
  private readonly streams = new Map<string, Kept>();

  /** Answers false if too many wait already. */
  add(version: IpVersion, { source, group, iif, sourceBytes, groupBytes }: Stream): boolean {
    const key = routeKey(source, group);
    const now = performance.now();
    this.streams.delete(key); // the newest is last
    if (this.streams.size >= MAX_KEPT) this.forget(now);
    if (this.streams.size >= MAX_KEPT) return false;
    const stream = { source, group, iif, sourceBytes: sourceBytes.slice(), groupBytes: groupBytes.slice() };
    this.streams.set(key, { version, stream, until: now + KEPT_MS });
    return true;
  }

  delete({ source, group }: Stream): void {
    this.streams.delete(routeKey(source, group));
  }

  /** Those that the kernel still keeps. */
  list(): WaitingStream[] {
    this.forget(performance.now());
    return Array.from(this.streams.values());
  }

  /** Those that the kernel still keeps, the newest first; they are not known any more. */
  take(): WaitingStream[] {
    const streams = this.list().reverse();
    this.streams.clear();
    return streams;
  }

  private forget(now: number): void {
    for (const [key, { until }] of this.streams) {
      if (until > now) return;
      this.streams.delete(key);
    }
  }
}
