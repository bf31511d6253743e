// What the kernel says that this machine has joined: `ip maddr`, and the sources in /proc/net/mcfilter. Another witness than the sockets.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { formatIpv4, formatIpv6, getIpv6, type IpVersion } from '../../src/abi/address';
import { openMemberships } from '../../src/kernel/memberships';

interface Maddr {
  ifindex: number;
  ifname: string;
  maddr: { family: string; address: string; users?: number }[];
}

const LINK_LOCAL = { 4: /^224\.0\.0\./, 6: /^ff0[12]:/ };
const MARKER: Record<IpVersion, readonly [group: string, source: string]> = {
  4: ['232.255.255.255', '192.0.2.1'],
  6: ['ff3e::ffff:ffff', '2001:db8::1'],
};

function links(): Maddr[] {
  return JSON.parse(execFileSync('ip', ['-j', 'maddr', 'show'], { encoding: 'utf8' })) as Maddr[];
}

/** How many sockets have joined a group, by `eth1 239.1.1.1`. Groups that every machine joins are left out. */
export function joinedGroups(version: IpVersion): Map<string, number> {
  const inet = version === 4 ? 'inet' : 'inet6';
  const groups = links().flatMap(({ ifname, maddr }) =>
    maddr
      .filter(({ family, address }) => family === inet && !LINK_LOCAL[version].test(address))
      .map(({ address, users = 1 }): [string, number] => [`${ifname} ${address}`, users]),
  );
  return new Map(groups);
}

/** Sources that were joined, by `eth1 239.1.1.1`. */
export function joinedSources(version: IpVersion): Map<string, string[]> {
  const sources = new Map<string, string[]>();
  for (const line of readFilter(version)) {
    const [, link = '', group = '', source = '', included] = line.trim().split(/\s+/);
    const key = `${link} ${address(version, group)}`;
    if (included === '0' || key.endsWith(MARKER[version][0])) continue;
    sources.set(key, [...(sources.get(key) ?? []), address(version, source)]);
  }
  return sources;
}

/** The kernel leaves out an interface unless the group that it has joined last has a source: net/ipv4/igmp.c igmp_mcf_get_first. */
function readFilter(version: IpVersion): string[] {
  const markers = openMemberships();
  const indices = links().map(({ ifindex }) => ifindex);
  for (const ifindex of indices) markers.join(version, ifindex, ...MARKER[version]);
  const text = readFileSync(version === 4 ? '/proc/net/mcfilter' : '/proc/net/mcfilter6', 'latin1');
  for (const ifindex of indices) markers.leave(version, ifindex, ...MARKER[version]);
  void markers.close();
  return text.trimEnd().split('\n').slice(1);
}

/** `eth1 (*, 239.1.1.1)`; a group that was joined for any source and for one reads as that one. */
export function joined(version: IpVersion): string[] {
  const sources = joinedSources(version);
  return Array.from(joinedGroups(version).keys()).flatMap((key) => {
    const [link, group] = key.split(' ');
    return (sources.get(key) ?? ['*']).map((source) => `${link} (${source}, ${group})`);
  });
}

/** `0xef010101`, or 32 digits. */
function address(version: IpVersion, hex: string): string {
  const bytes = Buffer.from(hex.replace(/^0x/, ''), 'hex');
  return version === 4 ? formatIpv4(bytes, 0) : formatIpv6(getIpv6(bytes, 0));
}
