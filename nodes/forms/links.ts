/**
 * The live interfaces of the machine that Node-RED runs on, as `GET mfc/interfaces` has them.
 */

export interface LiveInterface {
  readonly name: string;
  readonly up: boolean;
  readonly multicast: boolean;
  /** With the lengths of their prefixes. */
  readonly addresses: readonly string[];
}

export type LinkState = 'up' | 'down' | 'no-multicast' | 'no-address';

/** The one thing to know of an interface before it is chosen: `up`, or why it forwards nothing. */
export function stateOf({ up, multicast, addresses }: Omit<LiveInterface, 'name'>): LinkState {
  if (!multicast) return 'no-multicast';
  if (!up) return 'down';
  return addresses.length === 0 ? 'no-address' : 'up';
}

/** Those that tell one interface from another: each has a link-local one. */
export function addressesOf({ addresses }: Pick<LiveInterface, 'addresses'>): readonly string[] {
  const own = addresses.filter((address) => !address.startsWith('fe80:'));
  return own.length > 0 ? own : addresses;
}
