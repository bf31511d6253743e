/**
 * A socket filter that drops messages about streams that wait for a route: the kernel sends them to the same groups as those about
 * entries, one per stream and sender, so that a flood of unknown streams would fill the socket's buffer. linux/filter.h
 */

import { littleEndian, putU16, putU32 } from './endian';
import { RTM_DELROUTE, RTM_NEWROUTE, RTNH_F_UNRESOLVED, rtmsg } from './entry-message';
import { nlmsghdr } from './netlink';

/** struct sock_filter { u16 code; u8 jt, jf; u32 k; } */
export const sock_filter = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;

export const BPF_LD_HALF = 0x28; // BPF_LD | BPF_H | BPF_ABS
export const BPF_LD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
export const BPF_JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
export const BPF_JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
export const BPF_RETURN = 0x06; // BPF_RET | BPF_K

// A filter reads in network byte order what netlink writes in the machine's.
const half = (value: number): number => (littleEndian ? value << 8 : value);
const lowByte = (value: number): number => (littleEndian ? value * 0x1000000 : value);

type Instruction = readonly [code: number, k: number, jumpIfTrue: number, jumpIfFalse: number];

const PROGRAM: readonly Instruction[] = [
  [BPF_LD_HALF, nlmsghdr.nlmsg_type, 0, 0],
  [BPF_JUMP_EQUAL, half(RTM_NEWROUTE), 1, 0],
  [BPF_JUMP_EQUAL, half(RTM_DELROUTE), 0, 3],
  [BPF_LD_WORD, nlmsghdr.size + rtmsg.rtm_flags, 0, 0],
  [BPF_JUMP_SET, lowByte(RTNH_F_UNRESOLVED), 0, 1],
  [BPF_RETURN, 0, 0, 0], // drop
  [BPF_RETURN, 0xffffffff, 0, 0], // take all bytes
];

/** An array of struct sock_filter. */
export function encodeWatchFilter(): Uint8Array {
  const bytes = new Uint8Array(PROGRAM.length * sock_filter.size);
  PROGRAM.forEach(([code, k, jt, jf], i) => {
    const at = i * sock_filter.size;
    putU16(bytes, at + sock_filter.code, code);
    bytes[at + sock_filter.jt] = jt;
    bytes[at + sock_filter.jf] = jf;
    putU32(bytes, at + sock_filter.k, k);
  });
  return bytes;
}
