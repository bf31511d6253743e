/**
 * Asks for the live interfaces of the machine that Node-RED runs on.
 */
import type { LiveInterface } from './links.js';

/** Undefined if they are not to be had: no right, or no connection. The forms do without. */
export async function loadLinks($: JQueryStatic): Promise<readonly LiveInterface[] | undefined> {
  try {
    const { interfaces } = await $.ajax({ url: 'mfc/interfaces', dataType: 'json', timeout: 5000 });
    return Array.isArray(interfaces) ? interfaces : undefined;
  } catch {
    return undefined;
  }
}
