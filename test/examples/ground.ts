/**
 * What the examples expect to find: the hosts of `npm start`, and a Node-RED on their router. A test file has one.
 */
import { deepEqual } from 'node:assert/strict';
import { type Host, Lab, until } from '../lab/lab';
import { readFlow } from './files';
import { User } from './user';

export const GROUP = '239.10.20.30';

interface KernelRoute {
  src: string;
  dst: string;
  iif: string;
  /** Missing where packets wait for an entry. */
  multipath?: { oif: string; ttl?: number }[];
}

export class Ground {
  private constructor(
    readonly lab: Lab,
    readonly camera: Host,
    readonly tvs: readonly [Host, Host, Host],
    readonly backup: Host,
    readonly user: User,
  ) {}

  static async open(): Promise<Ground> {
    const lab = await Lab.open();
    try {
      const camera = await lab.host('camera');
      const tvs = [await lab.host('tv1'), await lab.host('tv2'), await lab.host('tv3')] as const;
      const backup = await lab.host('backup');
      return new Ground(lab, camera, [...tvs], backup, await User.start());
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.user.close();
    await this.lab.close();
  }

  /** What the kernel has, as `10.0.1.2 239.10.20.30: camera > tv1 tv2/16`. */
  async routes(...family: string[]): Promise<string[]> {
    const entries = JSON.parse(await this.lab.ip(...family, '-j', 'mroute', 'show')) as KernelRoute[];
    return entries
      .flatMap(({ src, dst, iif, multipath }) => {
        if (multipath === undefined) return [];
        // In an any-source route the kernel wants the input among the outputs.
        const outputs = multipath.filter(({ oif }) => oif !== iif);
        const names = outputs.map(({ oif, ttl = 1 }) => (ttl === 1 ? oif : `${oif}/${ttl}`));
        return `${src} ${dst}: ${iif} > ${names.sort().join(' ')}`.trim();
      })
      .sort();
  }

  /** Resolves when the kernel has these routes and no others. */
  async has(...wanted: string[]): Promise<void> {
    let routes: string[] = [];
    await until(
      async () => {
        routes = await this.routes();
        return routes.join() === wanted.toSorted().join();
      },
      () => `${wanted} should be the routes, which are ${routes}`,
    );
  }

  /** Resolves when a receiver gets more of a sender's packets. */
  async flows(from: Host, to: Host, group = GROUP): Promise<void> {
    const before = await countOf(to, from, group);
    await until(async () => (await countOf(to, from, group)) > before, `packets of ${from.name} at ${to.name}`);
  }
}

/** How many of a sender's packets a receiver has got. */
export const countOf = async (to: Host, { ipv4 }: Host, group = GROUP): Promise<number> =>
  (await to.count(group, { source: ipv4 })).received;

/** One file of `examples`: all its buttons are pressed in the end. */
export function example(file: string, user: () => User, tests: () => void): void {
  describe(file, () => {
    before(() => user().deploy(readFlow(file)));
    tests();
    after(() => deepEqual(Array.from(user().untouched), []));
  });
}
