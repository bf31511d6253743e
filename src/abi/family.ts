/**
 * What differs between IPv4 and IPv6 multicast routing, so that all other code is written once.
 *
 * The option and ioctl numbers are the same for both (MRT_BASE and MRT6_BASE are 200): linux/mroute.h, linux/mroute6.h.
 * Encoders write the whole buffer, so that one buffer serves for all calls.
 */
import type { IpVersion } from './address';

/** setsockopt options of the owner socket, linux/mroute.h. The MRT6_ names have the same numbers. */
export const MRT_INIT = 200;
export const MRT_ADD_VIF = 202;
export const MRT_DEL_VIF = 203;
export const MRT_ADD_MFC = 204;
export const MRT_DEL_MFC = 205;
export const MRT_ASSERT = 207;
export const MRT_PIM = 208;
export const MRT_TABLE = 209;

/** ioctl requests of the owner socket: SIOCPROTOPRIVATE and the next. */
export const SIOCGETVIFCNT = 0x89e0;
export const SIOCGETSGCNT = 0x89e1;

/** VIF numbers per table: MAXVIFS and MAXMIFS. */
export const MAXVIFS = 32;

/** Any source, in all texts. In the kernel it is the zero address. */
export const ANY_SOURCE = '*';

/** One output of an entry: a packet needs a TTL above the threshold. */
export interface VifOutput {
  readonly vifi: number;
  readonly threshold: number;
}

/** One entry of the forwarding cache, in the kernel's terms. */
export interface MfcEntry {
  readonly version: IpVersion;
  /** Address, or `*`. */
  readonly source: string;
  readonly group: string;
  /** VIF number of the incoming interface. */
  readonly parent: number;
  readonly outputs: readonly VifOutput[];
}

/** Counters of one entry. `packets` counts what arrived, whether or not an output took it. */
export interface MfcCounters {
  packets: number;
  bytes: number;
  /** Packets that came in on another interface than the entry's. */
  wrong_if: number;
}

/** Packets that came in where the entry says. */
export function rightPackets({ packets, wrong_if }: MfcCounters): number {
  return packets - wrong_if;
}

export interface VifCounters {
  packets_in: number;
  bytes_in: number;
  packets_out: number;
  bytes_out: number;
}

/** Bytes of struct sioc_sg_req, sioc_vif_req and their IPv6 twins, which hold unsigned longs. */
export type LongSize = 4 | 8;

export interface Family {
  readonly version: IpVersion;
  /** Arguments of socket(domain, SOCK_RAW, protocol). */
  readonly domain: number;
  readonly protocol: number;
  /** Level of all MRT_ options. */
  readonly level: number;
  /** The kernel's table when no MRT_TABLE was given. */
  readonly defaultTable: number;
  readonly addVifSize: number;
  readonly delVifSize: number;
  readonly mfcSize: number;
  /** The highest interface index that ADD_VIF can name. */
  readonly maxIfindex: number;
  encodeAddVif(bytes: Uint8Array, vifi: number, ifindex: number): void;
  encodeDelVif(bytes: Uint8Array, vifi: number): void;
  /** For MRT_ADD_MFC and MRT_DEL_MFC. */
  encodeMfc(bytes: Uint8Array, entry: MfcEntry): void;
  mfcCountersSize(long: LongSize): number;
  encodeMfcCountersRequest(bytes: Uint8Array, source: string, group: string): void;
  decodeMfcCounters(bytes: Uint8Array, long: LongSize): MfcCounters;
}
