/**
 * A second router, behind one of the first's interfaces: a namespace and a process of its own, with a host behind it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { HOST_IFACE } from '../lab/ip';
import type { Host, Lab } from '../lab/lab';

const PROGRAM = join(__dirname, 'second-router-program.js');

export class SecondRouter {
  private constructor(
    /** Its interface at the first router has this host's name. */
    readonly host: Host,
    /** Behind its interface of the same name. */
    readonly tv: Host,
    private readonly child: ChildProcess,
  ) {}

  /** `routes` are those of the second router, whose input is called INPUT. */
  static async open(lab: Lab, name: string, tvName: string, routes: readonly object[]): Promise<SecondRouter> {
    const host = await lab.host(name);
    const tv = await lab.host(tvName, { addresses: false });
    await lab.ip('link', 'set', tvName, 'netns', String(host.pid));
    await host.configure([`link set ${tvName} up`], [tvName]);
    await tv.configure([], [HOST_IFACE]);
    const inside = [`--net=/proc/${host.pid}/ns/net`, process.execPath, PROGRAM, JSON.stringify(routes)];
    const child = spawn('nsenter', inside, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The second router ended: ${code}.`)));
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => undefined); // it ends when it is closed
    return new SecondRouter(host, tv, child);
  }

  async close(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.stdin?.end();
    await exit;
  }
}

/** The interface at which the second router meets the first. */
export const INPUT = HOST_IFACE;
