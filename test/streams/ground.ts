// A router that is a Node-RED process of its own, with a camera and a receiver: for what becomes of streams when that ends or changes.

import { equal } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StateAnswer } from '../../src/controller/answers';
import { allHolders } from '../keep/holders';
import { type Host, Lab } from '../lab/lab';
import { checkout } from '../lab/namespace';
import { type NodeRedOptions, NodeRedProcess } from '../lab/node-red-process';
import { until } from '../lab/until';
import type { FlowItem } from './flows';

const PACKAGE = '@mroute/node-red-mfc';
const RATE = 1_000;
type GroundOptions = Pick<NodeRedOptions, 'settings' | 'preload'>;

/** A route as `ip` shows it. */
interface KernelRoute {
  dst: string;
  packets: number;
}

/** Makes a directory one of Node-RED, in which this package is installed as a link to the checkout. */
export function installPackage(userDir: string): void {
  const link = join(userDir, 'node_modules', PACKAGE);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(checkout, link);
  const manifest = { name: 'user', private: true, dependencies: { [PACKAGE]: `file:${checkout}` } };
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(manifest));
}

export class Ground {
  readonly userDir = mkdtempSync(join(tmpdir(), 'mfc-streams-'));
  #red: NodeRedProcess | undefined;
  #groups = 0;

  private constructor(
    readonly lab: Lab,
    readonly camera: Host,
    readonly tv: Host,
    private readonly options: GroundOptions,
  ) {
    installPackage(this.userDir);
  }

  static async open(flow: readonly FlowItem[], options: GroundOptions = {}): Promise<Ground> {
    const lab = await Lab.open();
    const ground = new Ground(lab, await lab.host('camera'), await lab.host('tv'), options);
    ground.save(flow);
    await ground.start();
    return ground;
  }

  get red(): NodeRedProcess {
    if (this.#red === undefined) throw new Error('Node-RED does not run.');
    return this.#red;
  }

  /** Flows for the next start. */
  save(flow: readonly FlowItem[]): void {
    writeFileSync(join(this.userDir, 'flows.json'), JSON.stringify(flow));
  }

  async start(): Promise<void> {
    this.#red = await NodeRedProcess.start({ runtime: checkout, userDir: this.userDir, ...this.options });
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.red.end(signal);
    this.#red = undefined;
  }

  /** A group that no stream had before: the kernel keeps packets without a route for 10 s. */
  group(): string {
    return `239.10.40.${++this.#groups}`;
  }

  route(group: string): { source: string; group: string; iif: string; oifs: string[] } {
    return { source: this.camera.ipv4, group, iif: 'camera', oifs: ['tv'] };
  }

  async add(group: string): Promise<void> {
    await this.red.post('/add', this.route(group));
  }

  async state(): Promise<StateAnswer> {
    return JSON.parse(await this.red.post('/state', {})) as StateAnswer;
  }

  /**
   * Sends a stream while the work is done, which can wait until it has flowed on for a while. Every packet arrives, once, by one entry of
   * the kernel that was never made anew.
   *
   * @param add makes the route of the stream, if there is none that takes it; answers how many packets of the stream it has sent
   */
  async keepsFlowing(
    work: (flows: () => Promise<void>) => Promise<void>,
    add: (group: string) => Promise<number> = async (group) => {
      await this.add(group);
      return 0;
    },
  ): Promise<void> {
    const group = this.group();
    await this.tv.join(group);
    const before = await add(group);
    const stream = await this.camera.stream(group, { rate: RATE });
    let flowed = before;
    const flows = () => {
      flowed += 10;
      return this.tv.waitFor(group, flowed);
    };
    await flows();
    await work(flows);
    await flows();
    const sent = before + (await stream.stop());
    // A packet that is lost never comes: the counts tell how many, better than a deadline.
    await this.tv.waitFor(group, sent).catch(() => undefined);
    const { lost, duplicated } = await this.tv.count(group, { sent });
    const { packets } = (await this.routes()).find(({ dst }) => dst === group) ?? {};
    equal(
      `${lost} of ${sent} lost, ${duplicated} doubled, ${packets} by the entry`,
      `0 of ${sent} lost, 0 doubled, ${sent} by the entry`,
    );
    await this.tv.leave(group);
  }

  /** The routes in the kernel. */
  async routes(table = '253'): Promise<KernelRoute[]> {
    const text = await this.lab.ip('-s', '-j', 'mroute', 'show', 'table', table);
    return JSON.parse(text) as KernelRoute[];
  }

  async groups(table?: string): Promise<string[]> {
    return (await this.routes(table)).map(({ dst }) => dst).sort();
  }

  /** Resolves when the default table has neither routes nor VIFs nor an owner. */
  async untilFree(): Promise<void> {
    const vifs = () => readFileSync('/proc/net/ip_mr_vif', 'utf8').trim().split('\n').length - 1;
    const isOwned = () => readFileSync('/proc/sys/net/ipv4/conf/all/mc_forwarding', 'utf8').trim() !== '0';
    await until(
      async () => vifs() === 0 && !isOwned() && (await this.routes()).length === 0,
      () => `The table should be free; it has ${vifs()} VIFs. Node-RED said:\n${this.#red?.log}`,
    );
  }

  async close(): Promise<void> {
    await this.#red?.end('SIGKILL');
    for (const pid of allHolders()) process.kill(pid, 'SIGTERM');
    await until(() => allHolders().length === 0, 'Holders should end.');
    await this.lab.close();
    rmSync(this.userDir, { recursive: true });
  }
}
