// The lab's handle of one host: starts its program in a new network namespace and asks it over the IPC channel.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import type { BurstOptions } from './burst';
import type { Captured } from './capture';
import { type Count, nothing } from './counter';
import type { Answer, Calls, Request } from './host-program';
import { hasIPv6 } from './ip';
import type { JoinOptions, StreamCount } from './receiver';
import type { StreamOptions } from './sender';
import { DEADLINE_MS } from './until';
import type { ReportedGroup } from './wiretap';

/** The addresses of a link: the router has .1 and ::1, the host .2 and ::2. */
export interface LinkAddresses {
  ipv4: string;
  ipv6: string;
  routerIpv4: string;
  routerIpv6: string;
}

export interface RunningStream {
  /** Resolves with the number of packets sent. */
  stop(): Promise<number>;
}

export interface CountOptions {
  /** Only the streams of this source. */
  source?: string;
  /** How many packets the sender sent: `lost` then also counts those missing at the end. */
  sent?: number;
}

export class Host implements LinkAddresses {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly routerIpv4: string;
  readonly routerIpv6: string;
  #child: ChildProcess;
  #pending = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #id = 0;
  #ended: Promise<void>;
  #over = false;

  private constructor(name: string, number: number, child: ChildProcess) {
    this.name = name;
    this.ipv4 = `10.0.${number}.2`;
    this.routerIpv4 = `10.0.${number}.1`;
    this.ipv6 = `fd00:${number}::2`;
    this.routerIpv6 = `fd00:${number}::1`;
    this.#child = child;
    child.on('message', (answer: Answer) => this.#receive(answer));
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        this.#fail();
        resolve();
      });
    });
  }

  /** Starts the host's program; its namespace has only `lo` then. */
  static async start(name: string, number: number): Promise<Host> {
    const child = spawn('unshare', ['-n', process.execPath, join(__dirname, 'host-program.js')], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true, // Ctrl-C is not for hosts: they end with the lab
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`Host ${name} did not start: exit ${code}.`)));
    });
    // A lab that was never closed keeps no process alive; only an open question does.
    child.unref();
    child.channel?.unref();
    return new Host(name, number, child);
  }

  /** The host's process: its namespace is /proc/PID/ns/net. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Puts addresses and routes on the host's end of its link, and waits until it carries packets. */
  configure(lines: string[], up: string[]): Promise<void> {
    return this.#call('configure', lines, up);
  }

  /** Runs `ip ARGS…` in the host's namespace. */
  ip(...args: string[]): Promise<string> {
    return this.#call('ip', args);
  }

  /** Changes a setting of the host's kernel: `set('ipv4/conf/all/force_igmp_version', 2)`. */
  set(setting: string, value: number): Promise<void> {
    return this.#call('set', setting, value);
  }

  /** Opens the receiving socket and joins `group`. From then on all that arrives is counted. */
  join(group: string, options: JoinOptions = {}): Promise<void> {
    return this.#call('join', group, options);
  }

  leave(group: string, options: JoinOptions = {}): Promise<void> {
    return this.#call('leave', group, options);
  }

  /** Opens a receiving socket for unicast. */
  listen(family: 'udp4' | 'udp6', port: number): Promise<void> {
    return this.#call('listen', family, port);
  }

  /** What arrived, per stream. */
  counts(): Promise<StreamCount[]> {
    return this.#call('counts');
  }

  /** What arrived of `group`, all streams together; `first`, `last` and `ranges` are those of the last stream. */
  async count(group: string, { source, sent }: CountOptions = {}): Promise<Count> {
    const total: Count = { ...nothing };
    for (const stream of await this.counts()) {
      if (stream.group !== group || (source !== undefined && stream.source !== source)) continue;
      total.received += stream.received;
      total.lost += stream.lost;
      total.duplicated += stream.duplicated;
      total.outOfOrder += stream.outOfOrder;
      total.first = stream.first;
      total.last = stream.last;
      total.ranges = stream.ranges;
    }
    if (sent !== undefined) total.lost = sent - total.received;
    return total;
  }

  /** Forgets what arrived so far. */
  reset(): Promise<void> {
    return this.#call('reset');
  }

  /** Resolves when all that had reached this host's sockets is counted: before saying that nothing arrived. */
  settle(): Promise<void> {
    return this.#call('settle');
  }

  /** Packets dropped because this host was too slow to read them: the network did not lose these. */
  overflow(): Promise<number> {
    return this.#call('overflow');
  }

  /** Resolves when `n` different packets for `group` have arrived; rejects after `deadline` ms. */
  waitFor(group: string, n: number, deadline = DEADLINE_MS): Promise<void> {
    return this.#call('waitFor', group, n, deadline);
  }

  /** Sends `count` packets to `group` (or a unicast address); resolves with the number when the last has left. */
  send(group: string, options: StreamOptions & { count: number }): Promise<number> {
    return this.#call('send', group, options);
  }

  /** Sends until stopped. */
  async stream(group: string, options: StreamOptions = {}): Promise<RunningStream> {
    const number = await this.#call('startStream', group, options);
    return { stop: () => this.#call('stopStream', number) };
  }

  /** From now on hears the IGMP and MLD reports of others on its link. */
  tap(): Promise<void> {
    return this.#call('tap');
  }

  /** What was heard about a group, in its order. */
  async reports(group: string): Promise<ReportedGroup[]> {
    return (await this.#call('reports')).filter((report) => report.group === group);
  }

  /**
   * Sends `count` packets to `groups`, by turns, in the name of any sources; as fast as the machine can, if no rate is asked for.
   * Those of one source to one group are numbered from 0. Resolves with the number sent.
   */
  burst(groups: readonly string[], options: BurstOptions): Promise<number> {
    return this.#call('burst', [...groups], options);
  }

  /** Sends until a UDP datagram "off" comes to `port`, and again from "on". */
  remote(port: number, group: string, options: StreamOptions = {}): Promise<void> {
    return this.#call('remote', port, group, options);
  }

  /** Joins, leaves when a UDP datagram "leave" comes to `port`, and joins again from "join". */
  viewer(port: number, group: string): Promise<void> {
    return this.#call('viewer', port, group);
  }

  /** From now on keeps the packets of the lab that come in, at most so many, without anybody having to be fast enough. */
  capture(version: IpVersion, packets: number): Promise<void> {
    return this.#call('capture', version, packets);
  }

  /** What has come in since `capture`. */
  captured(): Promise<Captured> {
    return this.#call('captured');
  }

  /** Once a second tells the router, in a UDP datagram with JSON to `port`, how many packets arrive per second. */
  report(port: number): Promise<void> {
    return this.#call('report', this.name, this.routerIpv4, port);
  }

  /** Ends the host; its namespace goes with it. */
  async end(): Promise<void> {
    this.#child.ref();
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }

  /** `ip -batch` lines for the host's end of the link, with the addresses of both families. */
  addressLines(iface: string, side: 'host' | 'router'): string[] {
    const [v4, v6] = side === 'host' ? [this.ipv4, this.ipv6] : [this.routerIpv4, this.routerIpv6];
    const lines = [`address add ${v4}/24 dev ${iface}`];
    if (hasIPv6) lines.push(`address add ${v6}/64 dev ${iface} nodad`);
    return lines;
  }

  async #call<M extends keyof Calls>(method: M, ...args: Parameters<Calls[M]>): Promise<Awaited<ReturnType<Calls[M]>>> {
    if (this.#over) throw new Error(`Host ${this.name} has ended.`);
    const request: Request = { id: ++this.#id, method, args };
    this.#child.channel?.ref();
    const result = await new Promise<unknown>((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject });
      this.#child.send(request, (error) => error && reject(error));
    });
    return result as Awaited<ReturnType<Calls[M]>>;
  }

  #receive({ id, result, error }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#child.channel?.unref();
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(`${this.name}: ${error}`));
  }

  #fail(): void {
    this.#over = true;
    for (const { reject } of this.#pending.values()) reject(new Error(`Host ${this.name} has ended.`));
    this.#pending.clear();
  }
}
