/**
 * Upcalls: what the kernel tells the owner of a table about packets that it cannot route. linux/mroute.h, linux/mroute6.h
 *
 * They come on the owner socket, among the packets for which it was made (IGMP, ICMPv6). A byte that is never zero in those tells them
 * apart. One object, over one buffer, serves for all upcalls of a socket, and texts are made only if asked for: a burst of new streams
 * brings thousands.
 */
import { formatIpv4, formatIpv6, getIpv6, type IpVersion } from './address';
import { littleEndian } from './endian';

/**
 * struct igmpmsg { u32 unused1, unused2; unsigned char im_msgtype, im_mbz, im_vif, im_vif_hi; struct in_addr im_src, im_dst; }
 * It stands in the packet's IP header: im_mbz is the protocol. Kernels before 5.10 do not write im_vif_hi, which MAXVIFS has no need of.
 */
export const igmpmsg = {
  size: 20,
  im_msgtype: 8,
  im_mbz: 9,
  im_vif: 10,
  im_src: 12,
  im_dst: 16,
} as const;

/** struct mrt6msg { u8 im6_mbz, im6_msgtype; u16 im6_mif; u32 im6_pad; struct in6_addr im6_src, im6_dst; }, im6_mbz where ICMPv6 has the type. */
export const mrt6msg = {
  size: 40,
  im6_mbz: 0,
  im6_msgtype: 1,
  im6_mif: 2,
  im6_pad: 4,
  im6_src: 8,
  im6_dst: 24,
} as const;

/** IGMPMSG_NOCACHE and IGMPMSG_WRONGVIF; MRT6MSG_NOCACHE and MRT6MSG_WRONGMIF have the same numbers. Others are about PIM registers. */
export const NOCACHE = 1;
export const WRONGVIF = 2;

/** Where things are in the upcalls of a family. */
export interface UpcallLayout {
  readonly size: number;
  /** Zero in upcalls only. */
  readonly mark: number;
  readonly type: number;
  /** The low byte of the VIF number. */
  readonly vifi: number;
  readonly source: number;
  readonly group: number;
  readonly addressSize: number;
}

const LAYOUT: Readonly<Record<IpVersion, UpcallLayout>> = {
  4: {
    size: igmpmsg.size,
    mark: igmpmsg.im_mbz,
    type: igmpmsg.im_msgtype,
    vifi: igmpmsg.im_vif,
    source: igmpmsg.im_src,
    group: igmpmsg.im_dst,
    addressSize: 4,
  },
  6: {
    size: mrt6msg.size,
    mark: mrt6msg.im6_mbz,
    type: mrt6msg.im6_msgtype,
    vifi: mrt6msg.im6_mif + (littleEndian ? 0 : 1),
    source: mrt6msg.im6_src,
    group: mrt6msg.im6_dst,
    addressSize: 16,
  },
};

export function upcallLayout(version: IpVersion): UpcallLayout {
  return LAYOUT[version];
}

/** A packet that no entry takes (nocache), or that came in on another interface than its entry says (wrongvif). */
export interface Upcall {
  readonly kind: 'nocache' | 'wrongvif';
  /** VIF number of the interface that the packet came in on. */
  readonly vifi: number;
  readonly source: string;
  readonly group: string;
  /** In network byte order. */
  readonly sourceBytes: Uint8Array;
  readonly groupBytes: Uint8Array;
}

/** The upcall that was read last into `bytes`. */
export class UpcallBuffer implements Upcall {
  readonly bytes: Uint8Array;
  readonly sourceBytes: Uint8Array;
  readonly groupBytes: Uint8Array;
  kind: Upcall['kind'] = 'nocache';
  vifi = 0;
  private readonly layout: UpcallLayout;

  constructor(private readonly version: IpVersion) {
    this.layout = LAYOUT[version];
    const { size, source, group, addressSize } = this.layout;
    this.bytes = new Uint8Array(size);
    this.sourceBytes = this.bytes.subarray(source, source + addressSize);
    this.groupBytes = this.bytes.subarray(group, group + addressSize);
  }

  /** Takes in the first `size` bytes of what was read. False for all that is no upcall of these kinds. */
  decode(size: number): boolean {
    const { bytes, layout } = this;
    const type = bytes[layout.type];
    if (size < layout.size || bytes[layout.mark] !== 0 || (type !== NOCACHE && type !== WRONGVIF)) return false;
    this.kind = type === NOCACHE ? 'nocache' : 'wrongvif';
    this.vifi = bytes[layout.vifi] ?? 0;
    return true;
  }

  get source(): string {
    return this.format(this.layout.source);
  }

  get group(): string {
    return this.format(this.layout.group);
  }

  private format(at: number): string {
    return this.version === 4 ? formatIpv4(this.bytes, at) : formatIpv6(getIpv6(this.bytes, at));
  }
}
