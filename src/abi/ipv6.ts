/**
 * IPv6: the structs of linux/mroute6.h. Every size and offset is checked against the C compiler by the tests.
 */
import { parseIpv6, putIpv6 } from './address';
import { getLong, littleEndian, putU16 } from './endian';
import { ANY_SOURCE, type Family, type LongSize } from './family';

const AF_INET6 = 10;

/** struct sockaddr_in6 { u16 sin6_family; be16 sin6_port; be32 sin6_flowinfo; struct in6_addr sin6_addr; u32 sin6_scope_id; } */
export const sockaddr_in6 = { size: 28, sin6_family: 0, sin6_addr: 8 } as const;

/** struct mif6ctl { mifi_t mif6c_mifi; unsigned char mif6c_flags, vifc_threshold; u16 mif6c_pifi; unsigned int vifc_rate_limit; } */
export const mif6ctl = {
  size: 12,
  mif6c_mifi: 0,
  mif6c_flags: 2,
  vifc_threshold: 3,
  mif6c_pifi: 4,
  vifc_rate_limit: 8,
} as const;

/** MRT6_DEL_MIF takes a bare mifi_t, an unsigned short. */
const MIFI_SIZE = 2;

/**
 * struct mf6cctl { struct sockaddr_in6 mf6cc_origin, mf6cc_mcastgrp; mifi_t mf6cc_parent; struct if_set mf6cc_ifset; }
 * struct if_set is an array of u32, bit n%32 of word n/32 is output n: there is no threshold in IPv6.
 */
export const mf6cctl = {
  size: 92,
  mf6cc_origin: 0,
  mf6cc_mcastgrp: 28,
  mf6cc_parent: 56,
  mf6cc_ifset: 60,
} as const;

/** struct sioc_sg_req6 { struct sockaddr_in6 src, grp; unsigned long pktcnt, bytecnt, wrong_if; } */
export const sioc_sg_req6 = {
  8: { size: 80, src: 0, grp: 28, pktcnt: 56, bytecnt: 64, wrong_if: 72 },
  4: { size: 68, src: 0, grp: 28, pktcnt: 56, bytecnt: 60, wrong_if: 64 },
} as const;

const ANY_WORDS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

function putSockaddr(bytes: Uint8Array, offset: number, text: string): void {
  bytes.fill(0, offset, offset + sockaddr_in6.size);
  putU16(bytes, offset + sockaddr_in6.sin6_family, AF_INET6);
  const words = text === ANY_SOURCE ? ANY_WORDS : parseIpv6(text);
  putIpv6(bytes, offset + sockaddr_in6.sin6_addr, words ?? ANY_WORDS);
}

/** Sets bit `n` of an if_set whose words are in this machine's byte order. */
function putBit(bytes: Uint8Array, offset: number, n: number): void {
  const byte = n >>> 3;
  const at = offset + (littleEndian ? byte : (byte & ~3) + (3 - (byte & 3)));
  bytes[at] = (bytes[at] ?? 0) | (1 << (n & 7));
}

export const ipv6: Family = {
  version: 6,
  domain: AF_INET6,
  protocol: 58, // IPPROTO_ICMPV6
  level: 41, // IPPROTO_IPV6
  defaultTable: 254, // RT6_TABLE_DFLT
  addVifSize: mif6ctl.size,
  delVifSize: MIFI_SIZE,
  mfcSize: mf6cctl.size,
  maxIfindex: 0xffff, // mif6c_pifi is a u16

  encodeAddVif(bytes, vifi, ifindex) {
    bytes.fill(0, 0, mif6ctl.size);
    putU16(bytes, mif6ctl.mif6c_mifi, vifi);
    putU16(bytes, mif6ctl.mif6c_pifi, ifindex);
  },

  encodeDelVif(bytes, vifi) {
    putU16(bytes, 0, vifi);
  },

  encodeMfc(bytes, entry) {
    bytes.fill(0, 0, mf6cctl.size);
    putSockaddr(bytes, mf6cctl.mf6cc_origin, entry.source);
    putSockaddr(bytes, mf6cctl.mf6cc_mcastgrp, entry.group);
    putU16(bytes, mf6cctl.mf6cc_parent, entry.parent);
    for (const { vifi } of entry.outputs) putBit(bytes, mf6cctl.mf6cc_ifset, vifi);
  },

  mfcCountersSize: (long) => sioc_sg_req6[long].size,

  encodeMfcCountersRequest(bytes, source, group) {
    putSockaddr(bytes, sioc_sg_req6[8].src, source);
    putSockaddr(bytes, sioc_sg_req6[8].grp, group);
  },

  decodeMfcCounters(bytes, long: LongSize) {
    const at = sioc_sg_req6[long];
    return {
      packets: getLong(bytes, at.pktcnt, long),
      bytes: getLong(bytes, at.bytecnt, long),
      wrong_if: getLong(bytes, at.wrong_if, long),
    };
  },
};
