/**
 * The live interfaces of the machine that Node-RED runs on, as `GET mfc/interfaces` has them.
 */

/** The one thing to know of an interface before it is chosen: `up`, or why it forwards nothing. */
export function stateOf({ up, multicast, addresses }) {
  if (!multicast) return 'no-multicast';
  if (!up) return 'down';
  return addresses.length === 0 ? 'no-address' : 'up';
}

/** Those that tell one interface from another: each has a link-local one. */
export function addressesOf({ addresses }) {
  const own = addresses.filter((address) => !address.startsWith('fe80:'));
  return own.length > 0 ? own : addresses;
}

/** Undefined if they are not to be had: no right, or no connection. The forms do without. */
export async function loadLinks($) {
  try {
    const { interfaces } = await $.ajax({ url: 'mfc/interfaces', dataType: 'json', timeout: 5000 });
    return Array.isArray(interfaces) ? interfaces : undefined;
  } catch {
    return undefined;
  }
}
