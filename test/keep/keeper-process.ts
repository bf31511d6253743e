// Runs keeper-program.ts as another process: a Node-RED that can be killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { KeeperReport } from './keeper-program';

export const KEEPER_PROGRAM = join(__dirname, 'keeper-program.js');

export interface KeeperArguments {
  id: string;
  directory: string;
  seconds?: number;
  /** What it keeps if nothing was left. */
  what?: 'table' | 'socket' | 'socket-and-die';
  /** Interfaces in and out, source and group of the route that a new owner of the table adds. */
  route?: [string, string, string, string];
}

export interface KeeperProcessOptions {
  env?: NodeJS.ProcessEnv;
  /** More descriptors for it, from 3 on. */
  stdio?: (number | 'ignore')[];
  /** What runs it: such as setpriv with its arguments. */
  through?: string[];
  /** In a process group of its own. */
  detached?: boolean;
}

export class KeeperProcess {
  /** What it said last. */
  report!: KeeperReport;
  private readonly lines: Interface;

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) throw new Error('It has no output.');
    this.lines = createInterface(child.stdout);
  }

  /** Resolves when it has taken, or kept. */
  static async start(args: KeeperArguments, options: KeeperProcessOptions = {}): Promise<KeeperProcess> {
    const started = new KeeperProcess(spawnKeeper(args, options));
    await started.listen();
    return started;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Gives it a command, and resolves with what it says then. */
  async tell(command: string): Promise<KeeperReport> {
    const said = this.listen();
    this.child.stdin?.write(`${command}\n`);
    await said;
    return this.report;
  }

  /** Ends it without a chance to clean up. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  private async listen(): Promise<void> {
    const [line] = await once(this.lines, 'line');
    this.report = JSON.parse(String(line)) as KeeperReport;
  }
}

/** Starts it and lets it be: its input and output are pipes. */
export function spawnKeeper(args: KeeperArguments, options: KeeperProcessOptions = {}): ChildProcess {
  const { id, directory, seconds = 60, what = 'table', route = [] } = args;
  const { through = [], stdio = [], env = {}, detached = false } = options;
  const program = [process.execPath, KEEPER_PROGRAM, id, directory, String(seconds), what, ...route];
  const [file = '', ...rest] = [...through, ...program];
  return spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit', ...stdio], env: { ...process.env, ...env }, detached });
}
