/**
 * Streams that the kernel has told of and nobody took. The kernel keeps such a stream for 10 seconds and says nothing more of it until
 * then (net/ipv4/ipmr.c ipmr_cache_unresolved), so a route that comes meanwhile finds it here.
 */
import type { IpVersion } from '../abi/address';
import type { Stream } from '../routing/learning';
import { routeKey } from '../routing/route';

const KEPT_MS = 10_000;
/** More are forgotten, the oldest first: they are told again when the kernel has forgotten them. */
const MAX_KEPT = 4_096;

export interface WaitingStream {
  readonly version: IpVersion;
  readonly stream: Stream;
}

interface Kept extends WaitingStream {
  readonly until: number;
}

export class Unanswered {
  private readonly streams = new Map<string, Kept>();

  add(version: IpVersion, { source, group, iif, sourceBytes, groupBytes }: Stream): void {
    const key = routeKey(source, group);
    this.streams.delete(key); // the newest is last
    this.streams.set(key, {
      version,
      stream: { source, group, iif, sourceBytes: sourceBytes.slice(), groupBytes: groupBytes.slice() },
      until: performance.now() + KEPT_MS,
    });
    if (this.streams.size > MAX_KEPT) for (const oldest of this.streams.keys()) return void this.streams.delete(oldest);
  }

  delete({ source, group }: Stream): void {
    this.streams.delete(routeKey(source, group));
  }

  /** Those that the kernel still keeps. */
  list(): WaitingStream[] {
    const now = performance.now();
    for (const [key, { until }] of this.streams) {
      if (until > now) break;
      this.streams.delete(key);
    }
    return Array.from(this.streams.values());
  }
}
