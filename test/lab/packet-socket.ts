// Sockets that send and see whole Ethernet frames: packet(7).

import { putU16, putU32 } from '../../src/abi/endian';
import { bind, rawSocket } from '../../src/kernel/libc';
import { findLink } from '../../src/kernel/links';

const AF_PACKET = 17;
/** struct sockaddr_ll { u16 sll_family; be16 sll_protocol; int sll_ifindex; u16 sll_hatype; u8 sll_pkttype, sll_halen, sll_addr[8]; } */
const sockaddr_ll = { size: 20, sll_family: 0, sll_protocol: 2, sll_ifindex: 4 } as const;

/** Bound to an interface. It sees the frames that come in with this EtherType; with 0 none, it only sends. */
export function packetSocket(iface: string, etherType: number, prepare?: (fd: number) => void): number {
  const fd = rawSocket(AF_PACKET, 0);
  prepare?.(fd);
  const address = Buffer.alloc(sockaddr_ll.size);
  putU16(address, sockaddr_ll.sll_family, AF_PACKET);
  address.writeUInt16BE(etherType, sockaddr_ll.sll_protocol);
  putU32(address, sockaddr_ll.sll_ifindex, findLink(iface)?.ifindex ?? 0);
  bind(fd, address);
  return fd;
}
