/**
 * A storm: packets of streams that nobody wants, each of another source, while Node-RED runs with a route that learns. What Node-RED
 * answers meanwhile, what the kernel pays, and whether streams that are wanted still come through.
 */
import { readFileSync } from 'node:fs';
import type { NodeRedProcess } from '../lab/node-red-process';
import { FLOW, type FlowItem } from '../streams/flows';
import { Ground } from '../streams/ground';
import { median, quantile, report } from './figures';

const PACKETS = 100_000;
const PREFIX = '239.1.0.0/16';
const WANTED = '239.1.1.1';
const UNWANTED = '239.2.1.1';
/** New streams that are wanted, while the storm lasts. */
const STREAMS = 100;
const STREAMS_PER_SECOND = 100;
/** GET /ping through a flow. */
const PING: FlowItem = { id: 'ping', type: 'http in', z: 'first', url: '/ping', method: 'get', wires: [['out']] };
const PING_EVERY_MS = 5;
const MIB = 1024;
/** Unit of the times in /proc/stat: USER_HZ, 100 on all machines of Node.js. */
const TICK_MS = 10;

interface Answers {
  /** Milliseconds from question to answer. */
  readonly times: number[];
  /** Milliseconds of these in which the process worked: what it did not do because others had the processor does not count. */
  readonly work: number[];
}

/** Asks again and again, and notes how long each answer took. */
class Pings {
  private readonly answers: Answers = { times: [], work: [] };
  private isOver = false;
  private readonly done: Promise<void>;

  constructor(private readonly red: NodeRedProcess) {
    this.done = this.run();
  }

  async stop(): Promise<Answers> {
    this.isOver = true;
    await this.done;
    return this.answers;
  }

  private async run(): Promise<void> {
    const { times, work } = this.answers;
    while (!this.isOver) {
      const [start, worked] = [performance.now(), workOf(this.red.pid)];
      await this.red.get('/ping', '*/*');
      times.push(performance.now() - start);
      work.push(workOf(this.red.pid) - worked);
      await new Promise((resolve) => setTimeout(resolve, PING_EVERY_MS));
    }
  }
}

/** Milliseconds of processor time that the first thread of a process, the one with the event loop, has had. */
function workOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** What a process holds, in MiB. */
function memory(pid: number): number {
  const [, size] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(size) / MIB;
}

/** Milliseconds of all processors in the network's part of the kernel. */
function softirq(): number {
  const [cpu = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  return Number(cpu.trim().split(/\s+/)[7]) * TICK_MS;
}

function reportAnswers(what: string, { times, work }: Answers, bar?: { atMost: number }): void {
  report(`${what}: median`, median(times), 'ms');
  report('    longest', quantile(times, 1), 'ms');
  report('    longest, without waiting for a processor', quantile(work, 1), 'ms', bar);
}

const sources = Array.from({ length: STREAMS }, (_, i) => `10.9.0.${i + 1}`);

/** The lab of this namespace must be closed. */
export async function reportStorm(): Promise<void> {
  const ground = await Ground.open([...FLOW, PING]);
  try {
    const { red, camera, tv } = ground;
    const other = await ground.lab.host('other');
    await red.post('/add', { group: PREFIX, oifs: ['tv'] });
    const calm = new Pings(red);
    await other.burst([UNWANTED], { count: STREAMS, sources, rate: STREAMS_PER_SECOND }); // as long as without a storm
    reportAnswers('Node-RED answers, without a storm', await calm.stop());
    const before = { memory: memory(red.pid), softirq: softirq(), time: performance.now() };
    const pings = new Pings(red);
    await tv.capture(4, STREAMS);
    await Promise.all([
      camera.burst([UNWANTED], { count: PACKETS, sources: 'random' }).then((sent) => {
        const seconds = (performance.now() - before.time) / 1000;
        report('100,000 packets of random sources that no route takes, per second', sent / seconds, '');
      }),
      other.burst([WANTED], { count: STREAMS, sources, rate: STREAMS_PER_SECOND }),
    ]);
    reportAnswers('  Node-RED answers meanwhile', await pings.stop(), { atMost: 50 });
    report("  processor time of the kernel's network", softirq() - before.softirq, 'ms');
    report('  memory of Node-RED grows by', memory(red.pid) - before.memory, 'MB', { atMost: 64 });
    report('  new streams that a route takes, lost', STREAMS - (await tv.captured()).streams, '', { atMost: 0 });
  } finally {
    await ground.close();
  }
}
