// node dist/test/kernel/forger-program.js INTERFACE — sends IP packets, headers and all, that its input has, one line of JSON each:
// {"version": 4, "to": "224.0.0.22", "packets": ["46…", …], "times": 1} in hex. Answers each line when all have left.

import { createInterface } from 'node:readline';
import { type IpVersion, parseIpv4, parseIpv6, putIpv4, putIpv6 } from '../../src/abi/address';
import { putU16, putU32 } from '../../src/abi/endian';
import { familyOf } from '../../src/abi/families';
import { sockaddr_in } from '../../src/abi/group-request';
import { sockaddr_in6 } from '../../src/abi/ipv6';
import { cFunction, lastErrno, rawSocket, setsockopt } from '../../src/kernel/libc';
import { findLink } from '../../src/kernel/links';

export interface Forgery {
  version: IpVersion;
  to: string;
  packets: string[];
  times: number;
}

const IPPROTO_RAW = 255;
const IP_MULTICAST_IF = 32;
/** struct ip_mreqn { struct in_addr imr_multiaddr, imr_address; int imr_ifindex; } */
const ip_mreqn = { size: 12, imr_ifindex: 8 } as const;
/** struct sockaddr_in6: sin6_scope_id */
const SCOPE_AT = 24;

type SendTo = (fd: number, bytes: Uint8Array, size: number, flags: number, to: Uint8Array, toSize: number) => number;

process.title = 'mfc-forger';
const ifindex = findLink(process.argv[2] ?? '')?.ifindex ?? -1;
const sendto = cFunction<SendTo>(
  'long sendto(int fd, const void *bytes, size_t size, int flags, const void *to, uint32_t to_size)',
);
const sockets = new Map<IpVersion, number>();

function open(version: IpVersion): number {
  const fd = rawSocket(familyOf(version).domain, IPPROTO_RAW);
  sockets.set(version, fd);
  if (version === 6) return fd;
  const request = new Uint8Array(ip_mreqn.size);
  putU32(request, ip_mreqn.imr_ifindex, ifindex);
  setsockopt(fd, familyOf(4).level, IP_MULTICAST_IF, request, request.length, 'IP_MULTICAST_IF');
  return fd;
}

function addressOf(version: IpVersion, text: string): Uint8Array {
  const bytes = new Uint8Array(sockaddr_in6.size);
  putU16(bytes, 0, familyOf(version).domain);
  if (version === 4) putIpv4(bytes, sockaddr_in.sin_addr, parseIpv4(text));
  else putIpv6(bytes, sockaddr_in6.sin6_addr, parseIpv6(text) ?? []);
  if (version === 6) putU32(bytes, SCOPE_AT, ifindex);
  return bytes;
}

function send({ version, to, packets, times }: Forgery): void {
  const fd = sockets.get(version) ?? open(version);
  const address = addressOf(version, to);
  const all = packets.map((packet) => Buffer.from(packet, 'hex'));
  for (let n = 0; n < times; n++) {
    for (const bytes of all) {
      if (sendto(fd, bytes, bytes.length, 0, address, address.length) < 0) throw new Error(lastErrno());
    }
  }
}

createInterface(process.stdin).on('line', (line) => {
  send(JSON.parse(line) as Forgery);
  console.log('sent');
});
console.log('ready');
