/**
 * Entries that are in a table for a moment, so that the kernel tells which interface a VIF number stands for.
 *
 * Their groups are the bases of 224.0.0.0/24 and ff01::/16, which no packet is ever forwarded to and no route is taken for: a probe
 * neither changes a route nor a stream, and one that was left behind does no harm. The last byte of the source is the VIF number; the
 * rest is of the blocks for documentation, RFC 5737 and RFC 3849.
 */
import type { IpVersion } from './address';
import type { MfcEntry } from './family';

const GROUP = { 4: '224.0.0.0', 6: 'ff01::' } as const;
const SOURCE = { 4: '192.0.2.', 6: '2001:db8::' } as const;

export function probe(version: IpVersion, vifi: number): MfcEntry {
  const last = vifi.toString(version === 4 ? 10 : 16);
  // Without a last word the zero would be spelled differently from how it is read.
  const source = version === 6 && vifi === 0 ? SOURCE[6] : SOURCE[version] + last;
  return { version, source, group: GROUP[version], parent: vifi, outputs: [] };
}

export function isProbe(entry: { readonly version: IpVersion; readonly group: string }): boolean {
  return entry.group === GROUP[entry.version];
}
