/**
 * Whether this process is part of a systemd service, which ends all its processes with it: systemd.kill(5), KillMode=control-group.
 */
import { readFileSync } from 'node:fs';

/** The unit that a process belongs to, by the text of its /proc/PID/cgroup; undefined if that is no service. */
export function serviceOf(cgroup: string): string | undefined {
  for (const line of cgroup.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || (controllers !== '' && controllers !== 'name=systemd')) continue;
    const unit = path.split('/').findLast((name) => /\.(service|scope)$/.test(name));
    if (unit?.endsWith('.service')) return unit;
  }
  return undefined;
}

/**
 * Whether systemd started `pid` itself or the script that is its parent, so that the service lasts as long as this process does.
 * Not so for Node-RED under a supervisor, such as pm2, that is the service: there a holder outlives Node-RED.
 */
export function isStartedBySystemd(env: NodeJS.ProcessEnv, pid: number, ppid: number): boolean {
  if (env.INVOCATION_ID === undefined) return false;
  // Set since systemd 248.
  const first = env.SYSTEMD_EXEC_PID;
  return first === undefined || first === String(pid) || first === String(ppid);
}

/** The service that ends with this process, and with it every process that it started. */
export function findService(): string | undefined {
  if (!isStartedBySystemd(process.env, process.pid, process.ppid)) return undefined;
  try {
    return serviceOf(readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return undefined; // no /proc, no systemd
  }
}
