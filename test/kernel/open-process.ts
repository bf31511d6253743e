// Runs open-program.ts as another process, with fewer rights if asked for.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from './open-program';

export interface OpenProcess {
  readonly pid: number;
  readonly report: Report;
  end(): Promise<void>;
}

/** `without` are capabilities in the words of setpriv: `net_raw`. A program that root starts has all that the bounding set leaves. */
export async function openProcess(args: readonly string[], ...without: string[]): Promise<OpenProcess> {
  const program = [process.execPath, join(__dirname, 'open-program.js'), ...args];
  const drop = without.map((capability) => (capability.startsWith('+') ? capability : `-${capability}`)).join(',');
  const [file = '', ...rest] =
    drop === '' ? program : ['setpriv', '--bounding-set', drop, '--inh-caps', drop, ...program];
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const [line] = await once(createInterface(child.stdout), 'line');
  return {
    pid: child.pid ?? -1,
    report: JSON.parse(String(line)) as Report,
    end: async () => {
      child.stdin.end();
      await exit;
    },
  };
}

/** What the program reports; it has ended then. */
export async function tryOpen(args: readonly string[], ...without: string[]): Promise<Report> {
  const child = await openProcess(args, ...without);
  await child.end();
  return child.report;
}
