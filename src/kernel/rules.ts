/**
 * The rules of multicast routing, asked of the kernel by netlink: `ip mrule` in words. No right is needed to read them.
 */
import type { IpVersion } from '../abi/address';
import { decodeRules, encodeRuleDump, RULE_DUMP_SIZE, type Rule } from '../abi/rule';
import { dump } from './dump';

export function listRules(version: IpVersion): Rule[] {
  const request = new Uint8Array(RULE_DUMP_SIZE);
  encodeRuleDump(request, version);
  const rules: Rule[] = [];
  for (const { bytes, size } of dump(request)) rules.push(...decodeRules(bytes, size));
  return rules;
}
