/**
 * The rules of multicast routing, asked of the kernel by netlink: `ip mrule` in words. No right is needed to read them.
 */
import type { IpVersion } from '../abi/address';
import { decodeRules, encodeRuleDump, RULE_DUMP_SIZE, type Rule } from '../abi/rule';
import { close, netlinkSocket, receive, send } from './libc';

/** The kernel's datagrams are at most 32 KiB: net/netlink/af_netlink.c netlink_dump. */
const DATAGRAM_SIZE = 32_768;

export function listRules(version: IpVersion): Rule[] {
  const request = new Uint8Array(RULE_DUMP_SIZE);
  encodeRuleDump(request, version);
  const answer = new Uint8Array(DATAGRAM_SIZE);
  const rules: Rule[] = [];
  const fd = netlinkSocket();
  try {
    send(fd, request);
    // The kernel answers within send() and recv(): nothing is waited for.
    for (let done = false; !done; ) {
      const dump = decodeRules(answer.subarray(0, receive(fd, answer)));
      rules.push(...dump.rules);
      done = dump.done;
    }
  } finally {
    close(fd);
  }
  return rules;
}
