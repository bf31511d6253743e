// What the tests of the holder stand on: a directory, an id that nobody else has, and all that was started there, to be ended.

import { deepEqual } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../lab/until';
import { holdersOf } from './holders';
import { type KeeperArguments, KeeperProcess, type KeeperProcessOptions } from './keeper-process';

let count = 0;

export class HolderGround {
  readonly id = `test ${process.pid}:${++count}`;
  /** All that is in it is a holder's. */
  directory: string;
  readonly top = mkdtempSync(join(tmpdir(), 'mfc-keep-'));
  private readonly processes: KeeperProcess[] = [];

  constructor() {
    this.directory = this.top;
  }

  /** A stand-in for Node-RED; it has taken or kept then. */
  async start(args: Partial<KeeperArguments> = {}, options: KeeperProcessOptions = {}): Promise<KeeperProcess> {
    const { id, directory } = this;
    const started = await KeeperProcess.start({ id, directory, ...args }, options);
    this.processes.push(started);
    return started;
  }

  /** The pid of the one holder. */
  holder(): number {
    const [pid, ...others] = holdersOf(this.id);
    deepEqual(others, []);
    if (pid === undefined) throw new Error('There is no holder.');
    return pid;
  }

  /** The socket's file; there is no other. */
  file(): string {
    const [name = '', ...others] = readdirSync(this.directory);
    deepEqual(others, []);
    return join(this.directory, name);
  }

  /** Resolves when neither a holder nor its file is there. */
  async gone(): Promise<void> {
    const isGone = () => holdersOf(this.id).length === 0 && readdirSync(this.directory).length === 0;
    await until(isGone, () => `No holder should be there: ${holdersOf(this.id)} ${readdirSync(this.directory)}`);
  }

  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> {
    process.kill(this.holder(), signal);
    await until(() => holdersOf(this.id).length === 0, 'The holder should end.');
  }

  /** From now on a directory below, with a name of this length. */
  deepen(length: number): void {
    this.directory = join(this.directory, 'x'.repeat(length));
    mkdirSync(this.directory);
  }

  async killAll(): Promise<void> {
    for (const one of this.processes.splice(0)) await one.kill();
  }

  async clear(): Promise<void> {
    await this.killAll();
    if (holdersOf(this.id).length > 0) await this.end('SIGKILL');
    rmSync(this.top, { recursive: true });
  }
}
