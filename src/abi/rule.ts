/**
 * Netlink messages that list the rules of multicast routing: which packets are looked up in which table.
 *
 * linux/netlink.h, linux/fib_rules.h. The families are RTNL_FAMILY_IPMR and RTNL_FAMILY_IP6MR, `ip mrule` in words.
 */
import type { IpVersion } from './address';
import { getLong, getU16, putU16, putU32 } from './endian';

/** struct nlmsghdr { u32 nlmsg_len; u16 nlmsg_type, nlmsg_flags; u32 nlmsg_seq, nlmsg_pid; } */
export const nlmsghdr = { size: 16, nlmsg_len: 0, nlmsg_type: 4, nlmsg_flags: 6, nlmsg_seq: 8 } as const;
/** struct fib_rule_hdr { u8 family, dst_len, src_len, tos, table, res1, res2, action; u32 flags; } */
export const fib_rule_hdr = { size: 12, family: 0, table: 4, action: 7 } as const;
/** struct nlattr { u16 nla_len, nla_type; } */
const NLATTR_SIZE = 4;

const RTM_NEWRULE = 32;
const RTM_GETRULE = 34;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
/** NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH */
const DUMP = 0x301;
const FRA_IIFNAME = 3;
const FRA_TABLE = 15;
const FR_ACT_TO_TBL = 1;
const RTNL_FAMILY: Record<IpVersion, number> = { 4: 128, 6: 129 };

export const RULE_DUMP_SIZE = nlmsghdr.size + fib_rule_hdr.size;

export interface Rule {
  readonly table: number;
  /** Only packets that come in by this interface; absent for all. */
  readonly iif?: string;
}

export interface RuleDump {
  rules: Rule[];
  /** Whether the list is complete. */
  done: boolean;
}

export function encodeRuleDump(bytes: Uint8Array, version: IpVersion): void {
  bytes.fill(0, 0, RULE_DUMP_SIZE);
  putU32(bytes, nlmsghdr.nlmsg_len, RULE_DUMP_SIZE);
  putU16(bytes, nlmsghdr.nlmsg_type, RTM_GETRULE);
  putU16(bytes, nlmsghdr.nlmsg_flags, DUMP);
  bytes[nlmsghdr.size + fib_rule_hdr.family] = RTNL_FAMILY[version];
}

/** One datagram of the kernel's answer. */
export function decodeRules(bytes: Uint8Array): RuleDump {
  const dump: RuleDump = { rules: [], done: false };
  let at = 0;
  while (at + nlmsghdr.size <= bytes.length) {
    const size = getLong(bytes, at + nlmsghdr.nlmsg_len, 4);
    const type = getU16(bytes, at + nlmsghdr.nlmsg_type);
    if (size < nlmsghdr.size || at + size > bytes.length) break;
    if (type === NLMSG_DONE || type === NLMSG_ERROR) dump.done = true;
    if (type === RTM_NEWRULE) {
      const rule = decodeRule(bytes.subarray(at + nlmsghdr.size, at + size));
      if (rule !== undefined) dump.rules.push(rule);
    }
    at += align(size);
  }
  return dump;
}

const align = (size: number): number => (size + 3) & ~3;
const decoder = new TextDecoder();

function decodeRule(bytes: Uint8Array): Rule | undefined {
  if (bytes[fib_rule_hdr.action] !== FR_ACT_TO_TBL) return undefined;
  let table = bytes[fib_rule_hdr.table] ?? 0;
  let iif: string | undefined;
  let at: number = fib_rule_hdr.size;
  while (at + NLATTR_SIZE <= bytes.length) {
    const size = getU16(bytes, at);
    const type = getU16(bytes, at + 2);
    if (size < NLATTR_SIZE) break;
    const value = bytes.subarray(at + NLATTR_SIZE, at + size);
    if (type === FRA_TABLE) table = getLong(value, 0, 4);
    if (type === FRA_IIFNAME) iif = decoder.decode(value.subarray(0, -1)); // its last byte is 0
    at += align(size);
  }
  return iif === undefined ? { table } : { table, iif };
}
