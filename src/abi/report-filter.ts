/**
 * What a raw socket for IGMP or MLD is not to hear: the reports of this machine, of which the kernel gives it a copy. The queries of this
 * machine, by another program, are as good as those of any other.
 */
import type { IpVersion } from './address';
import { putU32 } from './endian';
import { IGMP_HOST_MEMBERSHIP_QUERY } from './igmp';
import { ICMPV6_MGM_QUERY, ICMPV6_MGM_REDUCTION, ICMPV6_MGM_REPORT, ICMPV6_MLD2_REPORT } from './mld';
import {
  BPF_JUMP_EQUAL,
  BPF_LD_BYTE,
  BPF_LD_BYTE_INDEXED,
  BPF_LD_WORD,
  BPF_LDX_HEADER_SIZE,
  DROP,
  encodeFilter,
  type Instruction,
  PACKET_LOOPBACK,
  SKF_AD_PKTTYPE,
  TAKE,
} from './socket-filter';

/** Behind the IPv4 header, which an IPv4 socket has. */
const IGMP_PROGRAM: readonly Instruction[] = [
  [BPF_LD_WORD, SKF_AD_PKTTYPE, 0, 0],
  [BPF_JUMP_EQUAL, PACKET_LOOPBACK, 0, 3],
  [BPF_LDX_HEADER_SIZE, 0, 0, 0],
  [BPF_LD_BYTE_INDEXED, 0, 0, 0],
  [BPF_JUMP_EQUAL, IGMP_HOST_MEMBERSHIP_QUERY, 0, 1],
  TAKE,
  DROP,
];

const MLD_PROGRAM: readonly Instruction[] = [
  [BPF_LD_WORD, SKF_AD_PKTTYPE, 0, 0],
  [BPF_JUMP_EQUAL, PACKET_LOOPBACK, 0, 2],
  [BPF_LD_BYTE, 0, 0, 0],
  [BPF_JUMP_EQUAL, ICMPV6_MGM_QUERY, 0, 1],
  TAKE,
  DROP,
];

export function encodeReportFilter(version: IpVersion): Uint8Array {
  return encodeFilter(version === 4 ? IGMP_PROGRAM : MLD_PROGRAM);
}

/** Option of an ICMPv6 socket, linux/icmpv6.h. */
export const ICMPV6_FILTER = 1;

/** struct icmp6_filter { u32 data[8]; }: a bit per type of message, set where it is not to be heard */
export const icmp6_filter = { size: 32, data: 0 } as const;

/** Lets only MLD through. */
export function encodeMldOnly(bytes: Uint8Array): void {
  for (let word = 0; word < 8; word++) putU32(bytes, 4 * word, 0xffffffff & ~typesIn(word));
}

function typesIn(word: number): number {
  const types = [ICMPV6_MGM_QUERY, ICMPV6_MGM_REPORT, ICMPV6_MGM_REDUCTION, ICMPV6_MLD2_REPORT];
  return types.filter((type) => type >>> 5 === word).reduce((bits, type) => bits | (1 << (type & 31)), 0);
}
