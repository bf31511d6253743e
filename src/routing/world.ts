/**
 * What a plan asks about the kernel as it is. The policy names its questions here; the controller answers them.
 */
import type { IpVersion } from '../abi/address';
import type { MfcEntry } from '../abi/family';
import type { Route } from './route';

/** A network interface, as far as a plan needs to know it. */
export interface PlanLink {
  readonly ifindex: number;
  readonly multicast: boolean;
  readonly loopback: boolean;
}

/** A stream, and for how many seconds a host that did not report again counts. */
export interface MemberStream {
  readonly source: string;
  readonly group: string;
  readonly timeout?: number | undefined;
}

/** No answer changes while a plan is made. */
export interface World {
  /** Undefined if there is no interface of that name. */
  link(name: string): PlanLink | undefined;
  /** The names of all interfaces. */
  linkNames(): readonly string[];
  /** Whether a host behind an interface wants a stream. A source of `*` asks for any. */
  isMember(version: IpVersion, name: string, stream: MemberStream): boolean;
  /** Milliseconds since the last packet of a route's entry came in where it says; undefined if none has come, or nobody knows. */
  idleTime(route: Route): number | undefined;
  /** Whether the kernel has this very entry already, from an earlier process: it is not written again then. */
  has(entry: MfcEntry): boolean;
  /** Whether another program's entry uses the VIF of an interface: its number is not free when no route of ours does. */
  isUsedByOthers(version: IpVersion, ifindex: number): boolean;
}
