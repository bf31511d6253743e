/**
 * The first packet of a new stream: through a native any-source route, a route that learns, and Debian's smcroute, if that is installed.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from '../lab/lab';
import { hasSmcroute, Smcroute } from '../peers/smcroute';
import { median, quantile, report } from './figures';

const GROUP = '239.1.1.1';
const PREFIX = '239.1.0.0/16';
const COUNT = 1_000;
const ROUNDS = 5;
const PROGRAM = join(__dirname, 'first-packet-program.js');

/** Starts to route `group` from the camera to the TV; answers how to end it. */
export type Start = (group: string) => Promise<() => Promise<void>>;

const startSmcroute: Start = async (group) => {
  const smcroute = await Smcroute.start(
    'phyint camera enable',
    'phyint tv enable',
    `mroute from camera group ${group} to tv`,
  );
  return () => smcroute.stop();
};

export class FirstPacket {
  /** The next host that has not sent yet. */
  private next = 1;

  constructor(
    private readonly camera: Host,
    private readonly tv: Host,
    private readonly startOurs: Start,
  ) {}

  /** In turns, since machines are noisy. */
  async report(): Promise<void> {
    const ways: [name: string, start: Start, group: string, limit?: number][] = [
      ['native any-source route', this.startOurs, GROUP],
      ['route that learns', this.startOurs, PREFIX, 100],
    ];
    if (hasSmcroute()) ways.push(['smcroute', startSmcroute, PREFIX]);
    const rounds = ways.map((): number[][] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, [, start, group]] of ways.entries()) rounds[i]?.push(await this.measure(start, group));
    }
    for (const [i, [name, , , atMost]] of ways.entries()) {
      const times = rounds[i] ?? [];
      report(`first packet of a new stream, ${name}`, median(times.map(median)), 'µs', atMost ? { atMost } : undefined);
      report('  1 % take longer than', median(times.map((of) => quantile(of, 0.99))), 'µs');
    }
  }

  private async measure(start: Start, group: string): Promise<number[]> {
    const stop = await start(group);
    const args = [this.camera.pid, this.tv.pid, GROUP, this.next, COUNT].map(String);
    this.next += COUNT;
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
      return JSON.parse(stdout) as number[];
    } finally {
      await stop();
    }
  }
}
