/**
 * The network interfaces as people choose them: all that a route could name.
 */
import { listInterfaces } from '../kernel/interfaces';

export interface InterfaceState {
  name: string;
  ifindex: number;
  up: boolean;
  /** It is up and has a carrier. */
  running: boolean;
  /** Whether a route may name it; it is switched on with `ip link set eth1 multicast on`. */
  multicast: boolean;
  /** With the lengths of their prefixes: `10.1.1.1/24`. */
  addresses: readonly string[];
}

/** All of this network namespace, whether up or down, in the order of their indices, but loopbacks: those never forward multicast. */
export function interfaces(): InterfaceState[] {
  return listInterfaces()
    .filter(({ loopback }) => !loopback)
    .map(({ loopback: _, ...state }) => state);
}
