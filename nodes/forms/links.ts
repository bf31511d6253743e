/**
 * The live interfaces of the machine that Node-RED runs on, as `GET mfc/interfaces` has them.
 */
/// <reference types="jquery" />

export interface Link {
  readonly name: string;
  readonly up: boolean;
  /** It is up and has a carrier. */
  readonly running: boolean;
  readonly multicast: boolean;
  readonly addresses: readonly string[];
}

export type LinkState = 'up' | 'down' | 'no-carrier' | 'no-multicast' | 'no-address';

/** The one thing to know of an interface before it is chosen: `up`, or why it forwards nothing. */
export function stateOf({ up, running, multicast, addresses }: Link): LinkState {
  if (!multicast) return 'no-multicast';
  if (!up) return 'down';
  if (!running) return 'no-carrier';
  return addresses.length === 0 ? 'no-address' : 'up';
}

/** Those that tell one interface from another: each has a link-local one. */
export function addressesOf({ addresses }: Link): readonly string[] {
  const own = addresses.filter((address) => !address.startsWith('fe80:'));
  return own.length > 0 ? own : addresses;
}

/** Undefined if they are not to be had: no right, or no connection. The forms do without. */
export async function loadLinks($: JQueryStatic): Promise<readonly Link[] | undefined> {
  try {
    const { interfaces } = await $.ajax({ url: 'mfc/interfaces', dataType: 'json', timeout: 5000 });
    return Array.isArray(interfaces) ? interfaces : undefined;
  } catch {
    return undefined;
  }
}
