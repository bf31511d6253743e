// A real systemd, in namespaces of its own: units are started, killed and restarted as on any machine. Needs root.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../lab/namespace';
import { descendants } from '../lab/processes';
import { until } from '../lab/until';
import type { KeeperReport } from './keeper-program';

const START_DEADLINE_MS = 120_000;

/** What systemd boots into: nothing. */
const IDLE = `[Unit]
DefaultDependencies=no
`;

/** Lines of the section [Service] of a unit, by the name of the unit. */
export type Units = Readonly<Record<string, readonly string[]>>;

function unitFile(name: string, lines: readonly string[]): string {
  const output = [`StandardOutput=append:/run/shared/${name}`, `StandardError=append:/run/shared/${name}.errors`];
  const all = ['Restart=on-failure', 'RestartSec=20ms', ...output, ...lines];
  return `[Unit]\nDefaultDependencies=no\nStartLimitIntervalSec=0\n[Service]\n${all.join('\n')}\n`;
}

export class Systemd {
  #log = '';

  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
      });
    }
  }

  /** @param share puts into a folder what the services find in /run/shared */
  static async boot(units: Units, share: (folder: string) => void = () => undefined): Promise<Systemd> {
    const folder = mkdtempSync(join(tmpdir(), 'mfc-systemd-'));
    writeFileSync(join(folder, 'idle.target'), IDLE);
    for (const [name, lines] of Object.entries(units)) {
      writeFileSync(join(folder, `${name}.service`), unitFile(name, lines));
    }
    const shared = mkdtempSync(join(tmpdir(), 'mfc-systemd-'));
    for (const name of Object.keys(units)) writeFileSync(join(shared, name), '');
    share(shared);
    const script = join(checkout, 'test/keep/systemd.sh');
    const child = spawn('sh', [script, folder, shared], { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
    const systemd = new Systemd(shared, child);
    try {
      await systemd.running();
      return systemd;
    } catch (error) {
      await systemd.end();
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** All that systemd has said. */
  get log(): string {
    return this.#log;
  }

  /** Runs a command beside systemd and answers what it prints. */
  async run(...command: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('nsenter', ['-t', String(this.#pid), '-m', '-p', '-C', ...command]);
    return stdout.trimEnd();
  }

  systemctl(...args: string[]): Promise<string> {
    return this.run('systemctl', ...args);
  }

  /** The value of a unit's property, such as MainPID. */
  show(unit: string, property: string): Promise<string> {
    return this.systemctl('show', '--value', '--property', property, unit);
  }

  async version(): Promise<number> {
    return Number(/^systemd (\d+)/.exec(await this.systemctl('--version'))?.[1]);
  }

  /** What the keepers of a service have said so far, one line each. */
  reports(unit: string): KeeperReport[] {
    const lines = readFileSync(join(this.folder, unit), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as KeeperReport);
  }

  /** Waits until there are `n` reports, and answers the last one. */
  async report(unit: string, n: number): Promise<KeeperReport> {
    await until(
      () => this.reports(unit).length >= n,
      () => `${unit} should have said something ${n} times:\n${this.#errors(unit)}${this.#log}`,
    );
    const last = this.reports(unit).at(-1);
    if (last === undefined) throw new Error('No report.');
    return last;
  }

  #errors(unit: string): string {
    const file = join(this.folder, `${unit}.errors`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    if (this.child.exitCode === null) {
      process.kill(this.#pid, 'SIGKILL');
      await exit;
    }
    rmSync(this.folder, { recursive: true });
  }

  /** The manager: PID 1 there. */
  get #pid(): number {
    const pid = descendants(this.child.pid ?? -1).find(
      (one) => readFileSync(`/proc/${one}/comm`, 'utf8') === 'systemd\n',
    );
    if (pid === undefined) throw new Error(`systemd does not run:\n${this.#log}`);
    return pid;
  }

  private async running(): Promise<void> {
    const isUp = async () => {
      if (this.child.exitCode !== null) throw new Error(`systemd did not start:\n${this.#log}`);
      return (await this.systemctl('is-active', 'idle.target').catch(() => '')) === 'active';
    };
    await until(isUp, () => `systemd should run:\n${this.#log}`, START_DEADLINE_MS);
  }
}
