/**
 * What a plan asks about the kernel as it is. The policy names its questions here; the controller answers them.
 */
import type { IpVersion } from '../abi/address';
import type { Route } from './route';

/** A network interface, as far as a plan needs to know it. */
export interface PlanLink {
  readonly ifindex: number;
  readonly multicast: boolean;
  readonly loopback: boolean;
}

/** No answer changes while a plan is made. */
export interface World {
  /** Undefined if there is no interface of that name. */
  link(name: string): PlanLink | undefined;
  /** Whether the kernel has lost this VIF of the table, since its interface was deleted. */
  isLost(version: IpVersion, vifi: number): boolean;
  /** Whether the kernel has an entry for the source and group of this route. */
  hasEntry(route: Route): boolean;
}
