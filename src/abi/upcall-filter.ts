/**
 * The socket filter of an owner socket: it lets upcalls through, all or those of certain streams, and no other packet.
 *
 * An upcall that it drops is as if it had never been: the kernel drops the packet and keeps no stream that waits for a route. That
 * matters, since each packet of an unknown stream costs as much time as streams wait: net/ipv4/ipmr.c ipmr_cache_unresolved.
 */
import { type IpVersion, putAddress } from './address';
import {
  BPF_AND,
  BPF_JUMP_EQUAL,
  BPF_LD_BYTE,
  BPF_LD_MEMORY,
  BPF_LD_WORD,
  BPF_STORE,
  DROP,
  encodeFilter,
  type Instruction,
  TAKE,
} from './socket-filter';
import { NOCACHE, upcallLayout, WRONGVIF } from './upcall';

/** Addresses that begin with the same bits. */
export interface Prefix {
  readonly address: string;
  /** How many bits. */
  readonly length: number;
}

/** Streams by the beginnings of their addresses, and by where they come in. What is left out is any. */
export interface StreamPrefix {
  readonly vifi?: number;
  readonly source?: Prefix;
  readonly group?: Prefix;
}

/** Lets through the upcalls of new streams, all or those that one of `streams` takes, and of packets on wrong interfaces. */
export function encodeUpcallFilter(version: IpVersion, streams: readonly StreamPrefix[] | 'all'): Uint8Array {
  const at = upcallLayout(version);
  return encodeFilter([
    [BPF_LD_BYTE, at.mark],
    [BPF_JUMP_EQUAL, 0, 0, 3],
    [BPF_LD_BYTE, at.type],
    [BPF_JUMP_EQUAL, WRONGVIF, 2, 0],
    [BPF_JUMP_EQUAL, NOCACHE, 2, 0],
    DROP,
    TAKE,
    ...(streams === 'all' ? [TAKE] : takeStreams(version, streams)),
    DROP,
  ]);
}

/**
 * Fewer streams that take in all these: by the first bits of their groups alone. A filter that does not fit may fit so.
 */
export function shortenStreams(version: IpVersion, streams: readonly StreamPrefix[], bits: number): StreamPrefix[] {
  const shortened = new Map<string, StreamPrefix>();
  for (const { group } of streams) {
    const length = Math.min(group?.length ?? 0, bits);
    const key = checkPrefix(version, 0, group && { ...group, length }).join();
    shortened.set(key, group === undefined ? {} : { group: { ...group, length } });
  }
  return Array.from(shortened.values());
}

/** Where the memory of the filter has the VIF number; the words of the group follow, then those of the source. */
const VIFI = 0;
const GROUP = 1;

/** An address is loaded once: what the kernel makes of a load from a packet takes ten times the room of a load from memory. */
function takeStreams(version: IpVersion, streams: readonly StreamPrefix[]): Instruction[] {
  const at = upcallLayout(version);
  const words = at.addressSize / 4;
  const loads: Instruction[] = [[BPF_LD_BYTE, at.vifi]];
  for (const address of [at.group, at.source]) {
    for (let word = 0; word < words; word++) loads.push([BPF_LD_WORD, address + 4 * word]);
  }
  return [
    ...loads.flatMap((load, slot): Instruction[] => [load, [BPF_STORE, slot]]),
    ...streams.flatMap(({ vifi, source, group }) =>
      takeIf([
        ...checkPrefix(version, GROUP, group),
        ...checkPrefix(version, GROUP + words, source),
        ...(vifi === undefined ? [] : [[VIFI, vifi, undefined] as const]),
      ]),
    ),
  ];
}

/** What has to be in a word of the memory, behind a mask where not all of it counts. */
type Check = readonly [slot: number, expected: number, mask: number | undefined];

/** Instructions that take an upcall, or go on behind themselves. */
function takeIf(checks: readonly Check[]): Instruction[] {
  const program: Instruction[] = [TAKE];
  for (const [slot, expected, mask] of checks.toReversed()) {
    program.unshift([BPF_JUMP_EQUAL, expected, 0, program.length]);
    if (mask !== undefined) program.unshift([BPF_AND, mask]);
    program.unshift([BPF_LD_MEMORY, slot]);
  }
  return program;
}

function checkPrefix(version: IpVersion, slot: number, prefix: Prefix | undefined): Check[] {
  if (prefix === undefined) return [];
  const bytes = new Uint8Array(16);
  putAddress(bytes, 0, version, prefix.address);
  const words = new DataView(bytes.buffer);
  const checks: Check[] = [];
  for (let word = 0; 32 * word < prefix.length; word++) {
    const rest = Math.max(0, 32 * (word + 1) - prefix.length);
    const mask = rest === 0 ? undefined : (-1 << rest) >>> 0;
    checks.push([slot + word, (words.getUint32(4 * word) & (mask ?? -1)) >>> 0, mask]);
  }
  return checks;
}
