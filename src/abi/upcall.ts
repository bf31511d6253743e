/**
 * What the kernel tells the owner of a table by its socket: linux/mroute.h struct igmpmsg, linux/mroute6.h struct mrt6msg.
 *
 * Each stands in the place of a packet's header, and has 0 where that has its protocol (IPv4) or its type (ICMPv6).
 */
import { formatIpv4, formatIpv6, getIpv6, type IpVersion } from './address';
import { getU16 } from './endian';

/**
 * struct igmpmsg { u32 unused1, unused2; unsigned char im_msgtype, im_mbz, im_vif, im_vif_hi; struct in_addr im_src, im_dst; }
 */
export const igmpmsg = {
  size: 20,
  im_msgtype: 8,
  im_mbz: 9,
  im_vif: 10,
  im_vif_hi: 11,
  im_src: 12,
  im_dst: 16,
} as const;

/** struct mrt6msg { u8 im6_mbz, im6_msgtype; u16 im6_mif; u32 im6_pad; struct in6_addr im6_src, im6_dst; } */
export const mrt6msg = { size: 40, im6_mbz: 0, im6_msgtype: 1, im6_mif: 2, im6_src: 8, im6_dst: 24 } as const;

/** No entry takes the packet: IGMPMSG_NOCACHE, MRT6MSG_NOCACHE. */
export const NOCACHE = 1;
/** It came in elsewhere than its entry says: IGMPMSG_WRONGVIF, MRT6MSG_WRONGMIF. */
export const WRONGVIF = 2;

/** Where the parts of an upcall stand. */
export interface UpcallLayout {
  readonly size: number;
  readonly mbz: number;
  readonly type: number;
  readonly source: number;
  readonly group: number;
  /** Bytes of an address. */
  readonly width: number;
  vifi(bytes: Uint8Array): number;
  format(bytes: Uint8Array, offset: number): string;
}

const igmp: UpcallLayout = {
  size: igmpmsg.size,
  mbz: igmpmsg.im_mbz,
  type: igmpmsg.im_msgtype,
  source: igmpmsg.im_src,
  group: igmpmsg.im_dst,
  width: 4,
  // im_vif_hi is a byte of padding before Linux 5.9: there are 32 VIFs, and it is 0.
  vifi: (bytes) => bytes[igmpmsg.im_vif] ?? 0,
  format: formatIpv4,
};

const mrt6: UpcallLayout = {
  size: mrt6msg.size,
  mbz: mrt6msg.im6_mbz,
  type: mrt6msg.im6_msgtype,
  source: mrt6msg.im6_src,
  group: mrt6msg.im6_dst,
  width: 16,
  vifi: (bytes) => getU16(bytes, mrt6msg.im6_mif),
  format: (bytes, offset) => formatIpv6(getIpv6(bytes, offset)),
};

export function upcallLayout(version: IpVersion): UpcallLayout {
  return version === 4 ? igmp : mrt6;
}
