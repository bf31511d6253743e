// How a command gets into a private network namespace, where it may make interfaces and routes as it likes.
// An ordinary user needs a user namespace around it; root does not. Where the machine refuses, `explain` says
// why and what to do. The command runs under the pid that was spawned: unshare and sh both exec.

import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The checkout: three levels above dist/test/lab. */
export const checkout = resolve(__dirname, '../../..');

/** What to give to `spawn`. */
export interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

// The mark names the namespace that it was made for, so that it cannot be inherited into another one.
const MARK = 'MFC_LAB_NAMESPACE';
// What a lab needs besides: settings that can be written, and the kernel's links in pairs, which only root may have loaded.
const PROBE = `test -w /proc/sys/net/ipv4/conf/all/rp_filter || { echo /proc/sys is read-only >&2; exit 1; }
ip link add probe type veth`;
const ENTER = `ip link set lo up && ${MARK}=$(readlink /proc/self/ns/net) && export ${MARK} && exec "$@"`;

/** True where `enter` has put this process: the machine's real interfaces cannot be reached from here. */
export function isPrivate(): boolean {
  return process.env[MARK] === readlinkSync('/proc/self/ns/net');
}

/** The command line that runs `command` in a fresh private network namespace; throws the explanation if none can be had. */
export function enter(command: string, args: string[]): Command {
  const file = command === 'node' ? process.execPath : command;
  const path = [join(checkout, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return {
    file: 'unshare',
    args: [...unshareFlags(), 'sh', '-c', ENTER, 'sh', file, ...args],
    env: { ...process.env, PATH: path },
  };
}

const CONTAINER = [
  '--cap-add SYS_ADMIN --cap-add NET_ADMIN',
  ...['seccomp', 'apparmor', 'systempaths'].map((what) => `--security-opt ${what}=unconfined`),
].join(' ');

// Root may still lack the capability (a container): then the ordinary user's way is tried as well.
function unshareFlags(): string[] {
  const ways = process.getuid?.() === 0 ? [['-n'], ['-Urn']] : [['-Urn']];
  let refusal = '';
  for (const flags of ways) {
    const probe = spawnSync('unshare', [...flags, 'sh', '-c', PROBE], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (probe.status === 0) return flags;
    refusal = probe.error?.message ?? probe.stderr.trim();
  }
  throw new Error(explain(refusal, readSysctl));
}

/** One sentence for why no private namespace can be had and what to do, from unshare's words and the machine's settings. */
export function explain(refusal: string, sysctl: (name: string) => string | undefined): string {
  const start = `No private network namespace can be made here (${refusal}).`;
  if (/ENOENT/.test(refusal)) return `${start} Install util-linux: it brings the command 'unshare'.`;
  if (/No space left/.test(refusal) || sysctl('user.max_user_namespaces') === '0') {
    return `${start} The machine allows no more user namespaces: run 'sudo sysctl user.max_user_namespaces=10000', or run this as root.`;
  }
  if (sysctl('kernel.unprivileged_userns_clone') === '0') {
    return `${start} Only root may make user namespaces here: run 'sudo sysctl kernel.unprivileged_userns_clone=1', or run this as root.`;
  }
  if (sysctl('kernel.apparmor_restrict_unprivileged_userns') === '1') {
    return `${start} AppArmor refuses: run 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0', or run this as root.`;
  }
  if (/Unknown device type|Operation not supported/.test(refusal)) {
    return `${start} The kernel needs pairs of virtual links: run 'sudo modprobe veth'.`;
  }
  if (/read-only/.test(refusal)) {
    return `${start} Run 'sudo mount -o remount,bind,rw /proc/sys', or start the container with '--privileged'.`;
  }
  return `${start} In a container, start it with '--privileged', or with '${CONTAINER}'; elsewhere run this as root.`;
}

function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
