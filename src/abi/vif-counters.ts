/**
 * Counters of one VIF, the same struct for both families (sioc_vif_req and sioc_mif_req6 differ in names only).
 */
import { getLong, putU16 } from './endian';
import type { LongSize, VifCounters } from './family';

/** struct sioc_vif_req { vifi_t vifi; unsigned long icount, ocount, ibytes, obytes; } */
export const sioc_vif_req = {
  8: { size: 40, vifi: 0, icount: 8, ocount: 16, ibytes: 24, obytes: 32 },
  4: { size: 20, vifi: 0, icount: 4, ocount: 8, ibytes: 12, obytes: 16 },
} as const;

export function encodeVifCountersRequest(bytes: Uint8Array, vifi: number): void {
  putU16(bytes, 0, vifi);
}

export function decodeVifCounters(bytes: Uint8Array, long: LongSize): VifCounters {
  const at = sioc_vif_req[long];
  return {
    packets_in: getLong(bytes, at.icount, long),
    bytes_in: getLong(bytes, at.ibytes, long),
    packets_out: getLong(bytes, at.ocount, long),
    bytes_out: getLong(bytes, at.obytes, long),
  };
}
