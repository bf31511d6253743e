// Runs the system's `ip` in the network namespace of this process, and knows the settings that every
// namespace of the lab needs before it has interfaces.

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { until } from './until';

/** Runs `ip ARGS…` and resolves with what it printed; rejects with its complaint. */
export function ip(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own: Ctrl-C must not stop what cleans up after it.
    const child = spawn('ip', args, { stdio: 'pipe', detached: true });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.stdin.on('error', () => undefined); // `ip` ended before it had read all: its exit code tells
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`ip ${args.join(' ')}: ${complaint.trim() || `exit ${code}`}\n${input}`.trim()));
    });
  });
}

/** Runs many `ip` commands in one process: one line each. */
export async function ipBatch(lines: readonly string[]): Promise<void> {
  await ip(['-batch', '-'], `${lines.join('\n')}\n`);
}

/** The host's end of its link. */
export const HOST_IFACE = 'eth0';

/** Whether the kernel speaks IPv6 at all. */
export const hasIPv6 = existsSync('/proc/sys/net/ipv6');

// A new namespace inherits these from the machine, and distributions differ.
const SETTINGS: Record<string, number> = {
  'ipv4/conf/all/rp_filter': 0,
  'ipv4/conf/default/rp_filter': 0,
  'ipv4/igmp_max_memberships': 10_000,
  'ipv4/igmp_max_msf': 1_000,
  'ipv6/conf/all/disable_ipv6': 0,
  'ipv6/conf/default/disable_ipv6': 0,
  // Without duplicate address detection an address is usable at once, also the link-local one.
  'ipv6/conf/all/accept_dad': 0,
  'ipv6/conf/default/accept_dad': 0,
  'ipv6/conf/default/accept_ra': 0,
  'ipv6/conf/default/router_solicitations': 0,
  // A link that goes down and up again has its addresses as before.
  'ipv6/conf/all/keep_addr_on_down': 1,
  'ipv6/conf/default/keep_addr_on_down': 1,
};

/** Gives the namespace of this process the same settings on every machine. */
export function settleNamespace(): void {
  for (const [name, value] of Object.entries(SETTINGS)) {
    const file = `/proc/sys/net/${name}`;
    if (existsSync(file)) writeFileSync(file, String(value));
  }
}

/**
 * Waits until interfaces carry packets. The kernel may take up to a second after both ends of a pair are up;
 * until then it drops silently. Node lists only interfaces that run and have an address, `ip` knows the others.
 */
export async function untilRunning(names: readonly string[]): Promise<void> {
  let missing = names.filter((name) => !Object.hasOwn(networkInterfaces(), name));
  if (missing.length === 0) return;
  await until(
    async () => {
      const links = JSON.parse(await ip(['-j', 'link', 'show', 'up'])) as { ifname: string; operstate: string }[];
      const running = new Set(links.filter((link) => link.operstate === 'UP').map((link) => link.ifname));
      missing = missing.filter((name) => !running.has(name));
      return missing.length === 0;
    },
    () => `${missing.join(', ')} should carry packets.`,
  );
}
