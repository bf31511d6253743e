// What a stream may miss when Linux rewrites its entry: the kernel clears the outputs and fills them in again while other CPUs read them
// (net/ipv4/ipmr.c, ipmr_update_thresholds), so that a packet which is being copied in that very moment misses some, or goes by the old
// ones and the new ones. rewrites.test.ts shows how rare that is.

import { equal, ok } from 'node:assert/strict';
import type { Count, Host } from '../lab/lab';

/** Packets, where a route changes some ten times under 1,000 packets/s. A moment without an entry would cost more than that. */
const MISSED = 2;

/** What was sent has come, but for those. */
export function checkReceived(received: number, sent: number): void {
  ok(Math.abs(received - sent) <= MISSED, `${received} of ${sent} packets have come.`);
}

/** A stream that goes on at an output while its entry is rewritten: nothing is lost, but for those, and nothing doubled. */
export async function checkKept(host: Host, group: string, sent: number): Promise<Count> {
  await host.waitFor(group, sent - MISSED);
  await host.settle();
  const count = await host.count(group, { sent });
  checkReceived(count.received, sent);
  equal(count.duplicated, 0);
  return count;
}
