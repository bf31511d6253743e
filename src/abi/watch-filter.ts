/**
 * A socket filter that drops messages about streams that wait for a route: the kernel sends them to the same groups as those about
 * entries, one per stream and sender, so that a flood of unknown streams would fill the socket's buffer.
 */

import { littleEndian } from './endian';
import { RTM_DELROUTE, RTM_NEWROUTE, RTNH_F_UNRESOLVED, rtmsg } from './entry-message';
import { nlmsghdr } from './netlink';
import {
  BPF_JUMP_EQUAL,
  BPF_JUMP_SET,
  BPF_LD_HALF,
  BPF_LD_WORD,
  DROP,
  encodeFilter,
  type Instruction,
  TAKE,
} from './socket-filter';

// A filter reads in network byte order what netlink writes in the machine's.
const half = (value: number): number => (littleEndian ? value << 8 : value);
const lowByte = (value: number): number => (littleEndian ? value * 0x1000000 : value);

const PROGRAM: readonly Instruction[] = [
  [BPF_LD_HALF, nlmsghdr.nlmsg_type],
  [BPF_JUMP_EQUAL, half(RTM_NEWROUTE), 1, 0],
  [BPF_JUMP_EQUAL, half(RTM_DELROUTE), 0, 3],
  [BPF_LD_WORD, nlmsghdr.size + rtmsg.rtm_flags],
  [BPF_JUMP_SET, lowByte(RTNH_F_UNRESOLVED), 0, 1],
  DROP,
  TAKE,
];

/** An array of struct sock_filter. */
export function encodeWatchFilter(): Uint8Array {
  return encodeFilter(PROGRAM);
}
