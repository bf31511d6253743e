/**
 * A storm: packets of streams that nobody wants, each of another source, while Node-RED runs with a route that learns. What Node-RED
 * answers meanwhile, what the kernel pays, and whether streams that are wanted still come through.
 */
import { readFileSync } from 'node:fs';
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

/** Asks again and again, and notes how long each answer took. */
class Pings {
  readonly times: number[] = [];
  private isOver = false;
  private readonly done: Promise<void>;

  constructor(private readonly ask: () => Promise<unknown>) {
    this.done = this.run();
  }

  async stop(): Promise<number[]> {
    this.isOver = true;
    await this.done;
    return this.times;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      const start = performance.now();
      await this.ask();
      this.times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, PING_EVERY_MS));
    }
  }
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

const sources = Array.from({ length: STREAMS }, (_, i) => `10.9.0.${i + 1}`);

/** The lab of this namespace must be closed. */
export async function reportStorm(): Promise<void> {
  const ground = await Ground.open([...FLOW, PING]);
  try {
    const { red, camera, tv } = ground;
    const other = await ground.lab.host('other');
    await red.post('/add', { group: PREFIX, oifs: ['tv'] });
    const ask = () => red.get('/ping', '*/*');
    const calm = new Pings(ask);
    await other.burst([UNWANTED], { count: STREAMS, sources, rate: STREAMS_PER_SECOND }); // as long as without a storm
    report('Node-RED answers, without a storm: median', median(await calm.stop()), 'ms');
    const before = { memory: memory(red.pid), softirq: softirq(), time: performance.now() };
    const pings = new Pings(ask);
    await tv.capture(4, STREAMS);
    await Promise.all([
      camera.burst([UNWANTED], { count: PACKETS, sources: 'random' }).then((sent) => {
        const seconds = (performance.now() - before.time) / 1000;
        report('100,000 packets of random sources that no route takes, per second', sent / seconds, '');
      }),
      other.burst([WANTED], { count: STREAMS, sources, rate: STREAMS_PER_SECOND }),
    ]);
    const times = await pings.stop();
    report('  Node-RED answers meanwhile: median', median(times), 'ms');
    report('  longest', quantile(times, 1), 'ms', { atMost: 50 });
    report("  processor time of the kernel's network", softirq() - before.softirq, 'ms');
    report('  memory of Node-RED grows by', memory(red.pid) - before.memory, 'MB', { atMost: 64 });
    report('  new streams that a route takes, lost', STREAMS - (await tv.captured()).streams, '', { atMost: 0 });
  } finally {
    await ground.close();
  }
}
