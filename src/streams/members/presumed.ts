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
  /** When it ends, by performance.now(); Infinity while nobody has asked. */
  until: number;
}

export class Presumed {
  private readonly presumptions = new Map<string, Presumption>();

  add(version: IpVersion, ifindex: number, group: string, source: string): void {
    this.presumptions.set(keyOf(version, ifindex, group, source), { version, ifindex, group, until: Infinity });
  }

  has(version: IpVersion, ifindex: number, group: string, source: string): boolean {
    if (this.presumptions.size === 0) return false;
    const presumption = this.presumptions.get(keyOf(version, ifindex, group, source));
    return presumption !== undefined && presumption.until > performance.now();
  }

  /** Answers when presumptions end because of it; Infinity if none does. */
  heard({ version, ifindex, message }: HeardMembership): number {
    if (this.presumptions.size === 0) return Infinity;
    const answered = performance.now() + ANSWERED_MS;
    let earliest = Infinity;
    for (const [key, presumption] of this.presumptions) {
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
