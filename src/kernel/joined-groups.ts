/**
 * The groups that this machine has joined, by interface, as the kernel lists them: /proc/net/igmp and /proc/net/igmp6. There is nothing
 * else that lists those of IPv4 on older kernels.
 */
import { readFileSync } from 'node:fs';
import { type IpVersion, parseIpv4, parseIpv6, putIpv4, putIpv6 } from '../abi/address';
import { littleEndian } from '../abi/endian';

/** `3 efffffff`: index of the interface, and the bytes of the group. */
export type JoinedGroup = string;

export function joinedGroup(version: IpVersion, ifindex: number, group: string): JoinedGroup {
  const bytes = Buffer.alloc(version === 4 ? 4 : 16);
  if (version === 4) putIpv4(bytes, 0, parseIpv4(group));
  else putIpv6(bytes, 0, parseIpv6(group) ?? []);
  return `${ifindex} ${bytes.toString('hex')}`;
}

/** Those of the network namespace that this process runs in. */
export function readJoinedGroups(version: IpVersion): Set<JoinedGroup> {
  return version === 4 ? readIgmp() : readIgmp6();
}

/**
 *   Idx  Device    : Count Querier  Group    Users Timer    Reporter
 *   3    eth1      :     2      V3
 *                                   0101EFEF     1 0:00000000               0
 *
 * A group is printed as a number of this machine.
 */
function readIgmp(): Set<JoinedGroup> {
  const groups = new Set<JoinedGroup>();
  let ifindex = '';
  for (const line of linesOf('/proc/net/igmp').slice(1)) {
    const [first = ''] = line.trimStart().split(/\s/, 1);
    if (!line.startsWith('\t')) ifindex = first;
    else groups.add(`${ifindex} ${inNetworkOrder(first.toLowerCase())}`);
  }
  return groups;
}

/** `3    eth1            ff3e0000000000000000000000000001     1 00000004 0` */
function readIgmp6(): Set<JoinedGroup> {
  return new Set(
    linesOf('/proc/net/igmp6').map((line) => {
      const [ifindex, , group] = line.split(/\s+/, 3);
      return `${ifindex} ${group}`;
    }),
  );
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'latin1').trimEnd().split('\n');
}

function inNetworkOrder(hex: string): string {
  return littleEndian ? hex.slice(6) + hex.slice(4, 6) + hex.slice(2, 4) + hex.slice(0, 2) : hex;
}
