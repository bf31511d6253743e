// The program of one host of the lab. It runs in the host's own network namespace and does what the lab asks over
// the IPC channel. When the channel closes it ends, however the lab's process ended, and its namespace goes with it.

import { writeFileSync } from 'node:fs';
import type { IpVersion } from '../../src/abi/address';
import { Burst, type BurstOptions } from './burst';
import { Capture, type Captured } from './capture';
import { HOST_IFACE, ip, ipBatch, settleNamespace, untilRunning } from './ip';
import { type JoinOptions, Receiver, type StreamCount } from './receiver';
import { startCamera, startViewer } from './remote';
import { startReport } from './report';
import { Stream, type StreamOptions } from './sender';
import type { ReportedGroup, Wiretap } from './wiretap';

const receiver = new Receiver(HOST_IFACE);
let capture: Capture | undefined;
const streams = new Map<number, Stream>();
let streamNumber = 0;
let wiretap: Wiretap | undefined;

/** What the lab may ask; the arguments and answers travel as JSON. */
export const calls = {
  /** Sets up the namespace's links: lines of `ip -batch`; then waits until `up` carry packets. */
  async configure(lines: string[], up: string[]): Promise<void> {
    await ipBatch(lines);
    await untilRunning(up);
  },
  ip: (args: string[]): Promise<string> => ip(args),
  set: (setting: string, value: number): void => writeFileSync(`/proc/sys/net/${setting}`, String(value)),
  join: (group: string, options: JoinOptions): Promise<void> => receiver.join(group, options),
  leave: (group: string, options: JoinOptions): Promise<void> => receiver.leave(group, options),
  listen: (family: 'udp4' | 'udp6', port: number): Promise<void> => receiver.listen(family, port),
  counts: (): StreamCount[] => receiver.counts(),
  reset: (): void => receiver.reset(),
  settle: (): Promise<void> => receiver.settle(),
  overflow: (): number => receiver.overflow(),
  waitFor: (group: string, n: number, deadline: number): Promise<void> => receiver.waitFor(group, n, deadline),

  async send(group: string, options: StreamOptions & { count: number }): Promise<number> {
    const stream = await Stream.open(group, ++streamNumber, HOST_IFACE, options);
    const sent = await stream.done;
    if (stream.failure) throw stream.failure;
    return sent;
  },
  async startStream(group: string, options: StreamOptions): Promise<number> {
    const number = ++streamNumber;
    streams.set(number, await Stream.open(group, number, HOST_IFACE, options));
    return number;
  },
  async stopStream(number: number): Promise<number> {
    const sent = (await streams.get(number)?.stop()) ?? 0;
    streams.delete(number);
    return sent;
  },
  burst: (groups: string[], options: BurstOptions): Promise<number> =>
    new Burst(HOST_IFACE, ++streamNumber, groups, options).send(),

  remote: (port: number, group: string, options: StreamOptions): Promise<void> =>
    startCamera(port, group, () => ++streamNumber, HOST_IFACE, options),
  viewer: (port: number, group: string): Promise<void> => startViewer(port, group, receiver),

  /** Most hosts hear no reports: they need not load what it takes. */
  async tap(): Promise<void> {
    const { Wiretap } = await import('./wiretap.js');
    wiretap ??= new Wiretap();
  },
  reports: (): ReportedGroup[] => wiretap?.heard ?? [],

  capture(version: IpVersion, packets: number): void {
    capture?.close();
    capture = new Capture(HOST_IFACE, version, packets);
  },
  captured: (): Captured => capture?.read() ?? { packets: 0, streams: 0, dropped: 0 },

  report: (name: string, address: string, port: number): void => startReport(name, receiver, address, port),
};

export type Calls = typeof calls;
export interface Request {
  id: number;
  method: keyof Calls;
  args: unknown[];
}
export interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

// The lab may have gone meanwhile: then this process is about to end too.
function tell(message: Answer | 'ready'): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

async function answer({ id, method, args }: Request): Promise<void> {
  const reply: Answer = { id };
  try {
    reply.result = await (calls[method] as (...args: unknown[]) => unknown)(...args);
  } catch (error) {
    reply.error = (error as Error).message;
  }
  tell(reply);
}

if (require.main === module) {
  process.on('disconnect', () => process.exit());
  process.on('message', (request: Request) => void answer(request));
  settleNamespace();
  ip(['link', 'set', 'lo', 'up']).then(
    () => tell('ready'),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
