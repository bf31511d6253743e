/**
 * Members that an earlier process knew of: their outputs were open when this one took the table over.
 *
 * Hosts say nothing until they are asked, so they count as there until one leaves, or does not answer where a querier asks.
 */
import type { IpVersion } from '../../abi/address';
import { CHANGE_TO_INCLUDE } from '../../abi/membership';
import type { HeardMembership } from '../../kernel/kernel';

/** RFC 3376 8.4: within this time all members have answered. */
const ANSWERED_MS = 260_000;

interface Presumption {
  readonly version: IpVersion;
  readonly ifindex: number;
  readonly group: string;
  /** By performance.now(). */
  readonly since: number;
  /** When it ends; Infinity while nobody has asked. */
  until: number;
}

export class Presumed {
  private readonly presumptions = new Map<string, Presumption>();

  add(version: IpVersion, ifindex: number, group: string, source: string): void {
    const since = performance.now();
    this.presumptions.set(keyOf(version, ifindex, group, source), { version, ifindex, group, since, until: Infinity });
  }

  /** When it is to be asked again; undefined if nobody is presumed to be there, or was for longer than a host counts. */
  until(version: IpVersion, ifindex: number, group: string, source: string, maxAgeMs: number): number | undefined {
    if (this.presumptions.size === 0) return undefined;
    const presumption = this.presumptions.get(keyOf(version, ifindex, group, source));
    if (presumption === undefined) return undefined;
    const until = Math.min(presumption.until, presumption.since + maxAgeMs);
    return until > performance.now() ? until : undefined;
  }

  /** Answers when presumptions end because of it; Infinity if none does. */
  heard({ version, ifindex, message }: HeardMembership): number {
    if (this.presumptions.size === 0) return Infinity;
    const now = performance.now();
    const answered = now + ANSWERED_MS;
    let earliest = Infinity;
    for (const [key, presumption] of this.presumptions) {
      if (presumption.until <= now) this.presumptions.delete(key);
      if (presumption.version !== version || presumption.ifindex !== ifindex) continue;
      if (message.kind === 'query') {
        presumption.until = Math.min(presumption.until, answered);
        earliest = Math.min(earliest, presumption.until);
      } else if (message.records.some((record) => record.group === presumption.group && isLeave(record))) {
        this.presumptions.delete(key);
      }
    }
    return earliest;
  }

  /** The interface is not heard any more. */
  forget(version: IpVersion, ifindex: number): void {
    for (const [key, one] of this.presumptions) {
      if (one.version === version && one.ifindex === ifindex) this.presumptions.delete(key);
    }
  }
}

function isLeave({ type, sources }: { type: number; sources: readonly string[] }): boolean {
  return type === CHANGE_TO_INCLUDE && sources.length === 0;
}

function keyOf(version: IpVersion, ifindex: number, group: string, source: string): string {
  return `${version} ${ifindex} ${group} ${source}`;
}
