/**
 * IPv4: the structs of linux/mroute.h. Every size and offset is checked against the C compiler by the tests.
 */
import { parseIpv4, putIpv4 } from './address';
import { getLong, putU16, putU32 } from './endian';
import { ANY_SOURCE, type Family, type LongSize, MAXVIFS } from './family';

/**
 * struct vifctl { vifi_t vifc_vifi; unsigned char vifc_flags, vifc_threshold; unsigned int vifc_rate_limit;
 *                 union { struct in_addr vifc_lcl_addr; int vifc_lcl_ifindex; }; struct in_addr vifc_rmt_addr; }
 */
export const vifctl = {
  size: 16,
  vifc_vifi: 0,
  vifc_flags: 2,
  vifc_threshold: 3,
  vifc_rate_limit: 4,
  vifc_lcl_ifindex: 8,
  vifc_rmt_addr: 12,
} as const;

/** vifc_lcl_ifindex names the interface, not an address: linux/mroute.h VIFF_USE_IFINDEX. */
const VIFF_USE_IFINDEX = 8;

/**
 * struct mfcctl { struct in_addr mfcc_origin, mfcc_mcastgrp; vifi_t mfcc_parent; unsigned char mfcc_ttls[MAXVIFS];
 *                 unsigned int mfcc_pkt_cnt, mfcc_byte_cnt, mfcc_wrong_if; int mfcc_expire; }
 * mfcc_ttls[n] is the threshold of VIF n; 0 and 255 mean no output.
 */
export const mfcctl = {
  size: 60,
  mfcc_origin: 0,
  mfcc_mcastgrp: 4,
  mfcc_parent: 8,
  mfcc_ttls: 10,
  mfcc_pkt_cnt: 44,
  mfcc_byte_cnt: 48,
  mfcc_wrong_if: 52,
  mfcc_expire: 56,
} as const;

/** struct sioc_sg_req { struct in_addr src, grp; unsigned long pktcnt, bytecnt, wrong_if; } */
export const sioc_sg_req = {
  8: { size: 32, src: 0, grp: 4, pktcnt: 8, bytecnt: 16, wrong_if: 24 },
  4: { size: 20, src: 0, grp: 4, pktcnt: 8, bytecnt: 12, wrong_if: 16 },
} as const;

function address(text: string): number {
  return text === ANY_SOURCE ? 0 : parseIpv4(text);
}

export const ipv4: Family = {
  version: 4,
  domain: 2, // AF_INET
  protocol: 2, // IPPROTO_IGMP
  level: 0, // IPPROTO_IP
  defaultTable: 253, // RT_TABLE_DEFAULT
  addVifSize: vifctl.size,
  delVifSize: vifctl.size,
  mfcSize: mfcctl.size,
  maxIfindex: 0x7fffffff,

  encodeAddVif(bytes, vifi, ifindex) {
    bytes.fill(0, 0, vifctl.size);
    putU16(bytes, vifctl.vifc_vifi, vifi);
    bytes[vifctl.vifc_flags] = VIFF_USE_IFINDEX;
    putU32(bytes, vifctl.vifc_lcl_ifindex, ifindex);
  },

  encodeDelVif(bytes, vifi) {
    bytes.fill(0, 0, vifctl.size);
    putU16(bytes, vifctl.vifc_vifi, vifi);
  },

  encodeMfc(bytes, entry) {
    bytes.fill(0, 0, mfcctl.size);
    putIpv4(bytes, mfcctl.mfcc_origin, address(entry.source));
    putIpv4(bytes, mfcctl.mfcc_mcastgrp, address(entry.group));
    putU16(bytes, mfcctl.mfcc_parent, entry.parent);
    for (const { vifi, threshold } of entry.outputs) {
      if (vifi < MAXVIFS) bytes[mfcctl.mfcc_ttls + vifi] = threshold;
    }
  },

  mfcCountersSize: (long) => sioc_sg_req[long].size,

  encodeMfcCountersRequest(bytes, source, group) {
    putIpv4(bytes, sioc_sg_req[8].src, address(source));
    putIpv4(bytes, sioc_sg_req[8].grp, address(group));
  },

  decodeMfcCounters(bytes, long: LongSize) {
    const at = sioc_sg_req[long];
    return {
      packets: getLong(bytes, at.pktcnt, long),
      bytes: getLong(bytes, at.bytecnt, long),
      wrong_if: getLong(bytes, at.wrong_if, long),
    };
  },
};
