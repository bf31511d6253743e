/**
 * The groups that this machine has joined, by interface, as the kernel lists them: /proc/net/igmp and /proc/net/igmp6. Netlink lists those
 * of IPv4 in newer kernels only.
 *
 * With thousands of groups a list is long, and few of them are asked for: it is searched as it is.
 */
import { readFileSync } from 'node:fs';
import { type IpVersion, parseIpv4, parseIpv6, putIpv4, putIpv6 } from '../abi/address';
import { littleEndian } from '../abi/endian';

/** Whether a group is joined on an interface. */
export type HasGroup = (ifindex: number, group: string) => boolean;

/** Looks at the network namespace that this process runs in, once. */
export function readJoinedGroups(version: IpVersion): HasGroup {
  const text = `\n${readFileSync(version === 4 ? '/proc/net/igmp' : '/proc/net/igmp6', 'latin1')}`;
  const isIn = version === 4 ? isInIgmp : isInIgmp6;
  return (ifindex, group) => isIn(text, ifindex, group);
}

/**
 *   3 →eth1      :     2      V3
 *   →→→→010101EF     1 0:00000000→→0
 *
 * with tabs for arrows. A group is printed as a number of this machine.
 */
function isInIgmp(text: string, ifindex: number, group: string): boolean {
  const start = text.indexOf(`\n${ifindex}\t`);
  if (start < 0) return false;
  const nextLink = /\n\d/g;
  nextLink.lastIndex = start + 1;
  const end = nextLink.exec(text)?.index ?? text.length;
  const bytes = Buffer.alloc(4);
  putIpv4(bytes, 0, parseIpv4(group));
  if (littleEndian) bytes.reverse();
  const at = text.indexOf(`\t${bytes.toString('hex').toUpperCase()} `, start);
  return at >= 0 && at < end;
}

/** `3    eth1            ff3e0000000000000000000000000001     1 00000004 0` */
function isInIgmp6(text: string, ifindex: number, group: string): boolean {
  const bytes = Buffer.alloc(16);
  putIpv6(bytes, 0, parseIpv6(group) ?? []);
  const searched = ` ${bytes.toString('hex')} `;
  for (let at = text.indexOf(searched); at >= 0; at = text.indexOf(searched, at + 1)) {
    const line = text.lastIndexOf('\n', at) + 1;
    if (Number.parseInt(text.slice(line, at), 10) === ifindex) return true;
  }
  return false;
}
