/**
 * Programs that the kernel runs on what comes for a socket, to drop what it need not hear: linux/filter.h
 */
import { putU16, putU32 } from './endian';

/** struct sock_filter { u16 code; u8 jt, jf; u32 k; } */
export const sock_filter = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;

export const BPF_LD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
export const BPF_LD_HALF = 0x28; // BPF_LD | BPF_H | BPF_ABS
export const BPF_LD_BYTE = 0x30; // BPF_LD | BPF_B | BPF_ABS
export const BPF_LD_BYTE_INDEXED = 0x50; // BPF_LD | BPF_B | BPF_IND
export const BPF_LDX_HEADER_SIZE = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: four times the low half of a byte
export const BPF_JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
export const BPF_JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
export const BPF_RETURN = 0x06; // BPF_RET | BPF_K

/** Where a program finds how the packet came. */
export const SKF_AD_PKTTYPE = 0xfffff004; // SKF_AD_OFF + SKF_AD_PKTTYPE
/** A copy of what this machine sent: linux/if_packet.h */
export const PACKET_LOOPBACK = 5;

/** How many bytes of the packet are taken. */
export const DROP = 0;
export const TAKE = 0xffffffff;

/** The jumps are numbers of instructions to leave out. */
export type Instruction = readonly [code: number, k: number, jumpIfTrue: number, jumpIfFalse: number];

/** An array of struct sock_filter. */
export function encodeFilter(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * sock_filter.size);
  program.forEach(([code, k, jt, jf], i) => {
    const at = i * sock_filter.size;
    putU16(bytes, at + sock_filter.code, code);
    bytes[at + sock_filter.jt] = jt;
    bytes[at + sock_filter.jf] = jf;
    putU32(bytes, at + sock_filter.k, k);
  });
  return bytes;
}
