/**
 * What is known of the querier on a link: whether hosts are asked at all, and so whether one that says nothing is gone.
 *
 * RFC 3376 8 and RFC 3810 9. Times are milliseconds of the caller's clock.
 */
import type { Query } from '../../abi/membership';

const ROBUSTNESS = 2;
const INTERVAL_MS = 125_000;
/** No shorter, whatever a querier says: anybody can send a query. */
const MIN_LIFETIME_MS = 260_000;
/** The querier asks twice, a second apart, whether others are there when one leaves. RFC 3376 8.8 to 8.10 */
export const LAST_MEMBER_MS = 2_000;

export class Querier {
  private lifetime = MIN_LIFETIME_MS;
  private since = -Infinity;
  private until = -Infinity;

  /** Answers when the first may be gone of those that could stay until now. */
  hear(query: Query, now: number): number {
    const { until, lifetime } = this;
    if (!this.isThere(now)) this.since = now;
    if (query.group === undefined) this.lifetime = lifetimeOf(query);
    this.until = Math.max(until, now + this.lifetime);
    return this.lifetime === lifetime ? Math.max(until, this.since + lifetime) : now;
  }

  isThere(now: number): boolean {
    return now <= this.until;
  }

  /** When a member is gone that was last heard at this time; never if the querier is gone before. */
  goneAt(heardAt: number): number {
    const at = Math.max(heardAt, this.since) + this.lifetime;
    return at <= this.until ? at : Infinity;
  }
}

/** How long the querier waits for answers to a query about one group. */
export function answerTime({ robustness, responseMs }: Query): number {
  return Math.max(LAST_MEMBER_MS, (robustness || ROBUSTNESS) * responseMs);
}

function lifetimeOf({ robustness, intervalMs, responseMs }: Query): number {
  return Math.max(MIN_LIFETIME_MS, (robustness || ROBUSTNESS) * (intervalMs || INTERVAL_MS) + responseMs);
}
