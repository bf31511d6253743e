/**
 * Socket filters: small programs that the kernel runs for every packet before it takes room in a socket's buffer. linux/filter.h
 */
import { putU16, putU32 } from './endian';

/** struct sock_filter { u16 code; u8 jt, jf; u32 k; } */
export const sock_filter = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;

/** A filter loads from the packet, in network byte order, or from its memory of 16 words into its one register, and compares that. */
export const BPF_LD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
export const BPF_LD_HALF = 0x28; // BPF_LD | BPF_H | BPF_ABS
export const BPF_LD_BYTE = 0x30; // BPF_LD | BPF_B | BPF_ABS
export const BPF_LD_BYTE_INDEXED = 0x50; // BPF_LD | BPF_B | BPF_IND
export const BPF_LDX_HEADER_SIZE = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: four times the low half of a byte
export const BPF_LD_MEMORY = 0x60; // BPF_LD | BPF_MEM
export const BPF_STORE = 0x02; // BPF_ST
export const BPF_AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
export const BPF_JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
export const BPF_JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
export const BPF_RETURN = 0x06; // BPF_RET | BPF_K

/** Where a program finds how the packet came. */
export const SKF_AD_PKTTYPE = 0xfffff004; // SKF_AD_OFF + SKF_AD_PKTTYPE
/** A copy of what this machine sent: linux/if_packet.h */
export const PACKET_LOOPBACK = 5;

/** Jumps count the instructions that are left out. */
export type Instruction = readonly [code: number, k: number, jumpIfTrue?: number, jumpIfFalse?: number];

export const DROP: Instruction = [BPF_RETURN, 0];
/** With all its bytes. */
export const TAKE: Instruction = [BPF_RETURN, 0xffffffff];

/** An array of struct sock_filter. */
export function encodeFilter(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * sock_filter.size);
  program.forEach(([code, k, jt = 0, jf = 0], i) => {
    const at = i * sock_filter.size;
    putU16(bytes, at + sock_filter.code, code);
    bytes[at + sock_filter.jt] = jt;
    bytes[at + sock_filter.jf] = jf;
    putU32(bytes, at + sock_filter.k, k);
  });
  return bytes;
}
