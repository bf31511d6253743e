/**
 * Netlink messages that list the rules of multicast routing: which packets are looked up in which table.
 *
 * linux/fib_rules.h. The families are RTNL_FAMILY_IPMR and RTNL_FAMILY_IP6MR, `ip mrule` in words.
 */
import type { IpVersion } from './address';
import { getLong } from './endian';
import { eachAttribute, eachMessage, encodeDump, nlmsghdr, rtnlFamily } from './netlink';

/** struct fib_rule_hdr { u8 family, dst_len, src_len, tos, table, res1, res2, action; u32 flags; } */
export const fib_rule_hdr = { size: 12, family: 0, table: 4, action: 7, flags: 8 } as const;

export const RTM_NEWRULE = 32;
export const RTM_GETRULE = 34;
export const FRA_IIFNAME = 3;
export const FRA_TABLE = 15;
export const FR_ACT_TO_TBL = 1;
export const FIB_RULE_INVERT = 2;

export const RULE_DUMP_SIZE = nlmsghdr.size + fib_rule_hdr.size;

export interface Rule {
  readonly table: number;
  /** Only packets that come in by this interface; absent for all. */
  readonly iif?: string;
  /** It holds for all packets but these: `ip mrule add not …`. */
  readonly inverted?: true;
}

export function encodeRuleDump(bytes: Uint8Array, version: IpVersion): void {
  encodeDump(bytes, RTM_GETRULE);
  bytes[nlmsghdr.size + fib_rule_hdr.family] = rtnlFamily(version);
}

/** The rules in one datagram of the kernel's answer, in the order in which the kernel looks at them. */
export function decodeRules(bytes: Uint8Array, size: number): Rule[] {
  const rules: Rule[] = [];
  eachMessage(bytes, size, (type, start, end) => {
    if (type !== RTM_NEWRULE || bytes[start + fib_rule_hdr.action] !== FR_ACT_TO_TBL) return;
    rules.push(decodeRule(bytes, start, end));
  });
  return rules;
}

const decoder = new TextDecoder();

function decodeRule(bytes: Uint8Array, start: number, end: number): Rule {
  let table = bytes[start + fib_rule_hdr.table] ?? 0;
  let iif: string | undefined;
  eachAttribute(bytes, start + fib_rule_hdr.size, end, (type, at, size) => {
    if (type === FRA_TABLE) table = getLong(bytes, at, 4);
    if (type === FRA_IIFNAME) iif = decoder.decode(bytes.subarray(at, at + size - 1)); // its last byte is 0
  });
  const inverted = ((bytes[start + fib_rule_hdr.flags] ?? 0) & FIB_RULE_INVERT) !== 0;
  return { table, ...(iif === undefined ? {} : { iif }), ...(inverted ? { inverted } : {}) };
}
