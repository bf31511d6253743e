/**
 * Debian's smcroute on the router of a lab, to be compared with: https://github.com/troglobit/smcroute
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../lab/until';

const DAEMON = 'smcrouted';
const SOCKET = 'socket';

export const hasSmcroute = (): boolean => spawnSync(DAEMON, ['-v']).status === 0;

export class Smcroute {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {}

  /** Resolves when it routes by these lines of smcroute.conf. */
  static async start(...lines: string[]): Promise<Smcroute> {
    const directory = await mkdtemp(join(tmpdir(), 'mfc-smcroute-'));
    const config = join(directory, 'conf');
    const socket = join(directory, SOCKET);
    await writeFile(config, `${lines.join('\n')}\n`);
    // In the foreground, without VIFs for interfaces that nobody names.
    const args = ['-n', '-N', '-l', 'warning', '-f', config, '-P', join(directory, 'pid'), '-u', socket];
    const child = spawn(DAEMON, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const smcroute = new Smcroute(child, directory);
    await until(() => {
      if (child.exitCode !== null) throw new Error(`${DAEMON} ended with ${child.exitCode}.`);
      return existsSync(join(directory, 'pid'));
    }, `${DAEMON} should route.`);
    return smcroute;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exit;
    }
    await rm(this.directory, { recursive: true });
  }
}
