/**
 * Many new streams at once, for a router that learns: how many of them it loses.
 *
 * Each source sends one packet. The kernel keeps it until an entry is made, and tells of it by the owner's socket; where that has no room,
 * packet and stream are lost. So a round is over when as many packets have arrived, or found no room, as were sent.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import { putU32 } from '../../src/abi/endian';
import { SO_RCVBUF, SOL_SOCKET } from '../../src/abi/socket-options';
import { Controller } from '../../src/controller/controller';
import type { Kernel } from '../../src/kernel/kernel';
import { setsockopt } from '../../src/kernel/libc';
import { linux } from '../../src/kernel/linux';
import { type Host, Lab } from '../lab/lab';
import { until } from '../lab/until';
import { Smcroute } from './smcroute';

/** What `net.core.rmem_max` is if nobody has set it. */
const DEFAULT_RMEM_MAX = 212_992;
const PREFIX = { 4: '239.1.0.0/16', 6: 'ff15:1::/32' } as const;
const GROUP = { 4: '239.1.1.1', 6: 'ff15:1::1' } as const;

/** Someone who routes what the camera sends to PREFIX, to the TV. */
interface Router {
  stop(): Promise<void>;
}

export class NewStreams {
  private constructor(
    private readonly lab: Lab,
    readonly camera: Host,
    readonly tv: Host,
    private readonly version: IpVersion,
  ) {}

  static async open(version: IpVersion = 4): Promise<NewStreams> {
    const lab = await Lab.open();
    return new NewStreams(lab, await lab.host('camera'), await lab.host('tv'), version);
  }

  /** Ours. */
  async ours(kernel: Kernel = linux): Promise<Router> {
    const directory = await mkdtemp(join(tmpdir(), 'mfc-peers-'));
    const controller = new Controller({ stateFile: join(directory, 'state.json'), kernel });
    await controller.open();
    await controller.add({ group: PREFIX[this.version], iif: 'camera', oifs: ['tv'] });
    return {
      stop: async () => {
        await controller.close();
        await rm(directory, { recursive: true });
      },
    };
  }

  /** Ours, as on a machine where nobody has given us a right or room. */
  oursWithoutRights(): Promise<Router> {
    return this.ours({ ...linux, openMroute: (version, table) => shrink(linux.openMroute(version, table)) });
  }

  smcroute(): Promise<Router> {
    const route = `mroute from camera group ${PREFIX[this.version]} to tv`;
    return Smcroute.start('phyint camera enable', 'phyint tv enable', route);
  }

  /** How many of `count` new streams are lost, by a router that is started for it. */
  async lost(start: () => Promise<Router>, count: number): Promise<number> {
    const { version, camera, tv } = this;
    const router = await start();
    try {
      await tv.capture(version, count);
      const options = { count, sources: sourcesOf(version, count) };
      await camera.burst([GROUP[version]], options);
      return await until(async () => {
        const { waiting, dropped } = ownerSocket(version);
        if (waiting > 0) return undefined;
        const { streams } = await tv.captured();
        return streams + dropped === count ? dropped : undefined;
      }, 'what was sent should have arrived, or have found no room.');
    } finally {
      await router.stop();
    }
  }

  async close(): Promise<void> {
    await this.lab.close();
  }
}

/** The room that an ordinary user gets by default. */
function shrink<S extends { readonly fd: number }>(socket: S): S {
  const size = new Uint8Array(4);
  putU32(size, 0, DEFAULT_RMEM_MAX);
  setsockopt(socket.fd, SOL_SOCKET, SO_RCVBUF, size, size.length, 'SO_RCVBUF');
  return socket;
}

function sourcesOf(version: IpVersion, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    version === 4 ? `10.9.${i >> 8}.${i & 255}` : `fd09::${i.toString(16)}`,
  );
}

/** What the owner socket of this namespace has not been read of, in bytes, and what it had no room for: /proc/net/raw. */
function ownerSocket(version: IpVersion): { waiting: number; dropped: number } {
  const [, ...lines] = readFileSync(`/proc/net/${version === 4 ? 'raw' : 'raw6'}`, 'utf8')
    .trim()
    .split('\n');
  let waiting = 0;
  let dropped = 0;
  for (const line of lines) {
    const columns = line.trim().split(/\s+/);
    waiting += Number.parseInt(columns[4]?.split(':')[1] ?? '', 16);
    dropped += Number(columns.at(-1));
  }
  return { waiting, dropped };
}
