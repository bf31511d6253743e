// A network in one process: this process's private network namespace is the router, every host is a namespace of its
// own behind a veth pair. All is real: kernel, packets, interfaces. Runs only under `node dist/test/lab/run.js`.
//
//   const lab = await Lab.open();
//   const camera = await lab.host('camera');       // the 1st host: interface `camera` here, 10.0.1.1 here, 10.0.1.2 there
//   const tv1 = await lab.host('tv1');             // the 2nd: 10.0.2.1 – 10.0.2.2, fd00:2::1 – fd00:2::2
//   await tv1.join('239.10.20.30');                // {source}, {port}; counts from now on
//   … add a route from `camera` to `tv1` …
//   const sent = await camera.send('239.10.20.30', { count: 1000, rate: 1000 });
//   await tv1.waitFor('239.10.20.30', sent);       // an event, not a sleep
//   await tv2.settle();                            // before "nothing arrived": all that came is counted
//   await tv1.count('239.10.20.30', { sent });     // {received, lost, duplicated, outOfOrder, first, last, ranges}
//   const stream = await camera.stream('239.10.20.30', { rate: 1000 }); … const sent = await stream.stop();
//   await lab.link('eth1', 'eth2'); await lab.unlink('eth1'); await lab.setLink('tv1', 'down'); await lab.rename('eth2', 'x');
//   await lab.ip('-j', 'mroute', 'show');          // `ip` on the router
//   await lab.close();                             // hosts end, links go

import { Host } from './host';
import { HOST_IFACE, hasIPv6, ip, ipBatch, settleNamespace, untilRunning } from './ip';
import { isPrivate } from './namespace';

export type { Count } from './counter';
export { Host } from './host';
export { until } from './until';

export interface HostOptions {
  /** false: neither end of the link gets an address. */
  addresses?: boolean;
}

/** Where both ends of a pair have the same ifindex, the kernel puts carrier events off for up to a second. */
const FIRST_IFINDEX = 1001;
/** All links of the lab are in this group, whatever tests rename or delete: one command removes those that are left. */
const GROUP = '1000';

export class Lab {
  #hosts: Host[] = [];
  #numbers = 0;
  #ifindex = FIRST_IFINDEX;
  #far: Promise<Host> | undefined;

  private constructor() {}

  /** Takes this process's namespace as the router: one that was made for it, and one lab at a time. */
  static async open(): Promise<Lab> {
    if (!isPrivate()) {
      throw new Error('The lab changes interfaces, so it runs only under: node dist/test/lab/run.js COMMAND ARGS…');
    }
    if (await isBuilt()) throw new Error('Another lab is open in this namespace: it must be closed first.');
    settleNamespace();
    return new Lab();
  }

  /** Makes a host behind the interface `name`; its addresses follow from the order of the calls. */
  async host(name: string, options: HostOptions = {}): Promise<Host> {
    const host = await Host.start(name, ++this.#numbers);
    this.#hosts.push(host);
    await this.connect(host, options);
    return host;
  }

  /** Links a host to the router: again, after `unlink`. Its sockets must join again then. */
  async connect(host: Host, { addresses = true }: HostOptions = {}): Promise<void> {
    await this.#pair(host, [{ near: host.name, far: HOST_IFACE }]);
    if (addresses) await ipBatch(host.addressLines(host.name, 'router'));
    const routes = [`route add 224.0.0.0/4 dev ${HOST_IFACE}`]; // sockets find the interface by it
    if (addresses) {
      routes.unshift(...host.addressLines(HOST_IFACE, 'host'), `route add default via ${host.routerIpv4}`);
      if (hasIPv6) routes.push(`route add default via ${host.routerIpv6}`);
    }
    await host.configure([`link set ${HOST_IFACE} up`, ...routes], [HOST_IFACE]);
    await untilRunning([host.name]);
  }

  /** Makes interfaces with nobody behind them: up, running, without IPv4 addresses. */
  async link(...names: string[]): Promise<void> {
    this.#far ??= Host.start('far ends', 0);
    const far = await this.#far;
    await this.#pair(
      far,
      names.map((name) => ({ near: name, far: name })),
    );
    await far.configure(
      names.map((name) => `link set dev ${name} up`),
      names,
    );
    await untilRunning(names);
  }

  /** Removes interfaces, also that of a host. */
  async unlink(...names: string[]): Promise<void> {
    await ipBatch(names.map((name) => `link delete dev ${name}`));
  }

  async setLink(name: string, state: 'up' | 'down'): Promise<void> {
    await ip(['link', 'set', 'dev', name, state]);
    if (state === 'down') return;
    await untilRunning([name]);
    await this.#hosts.find((host) => host.name === name)?.configure([], [HOST_IFACE]);
  }

  /** Renames an interface; older kernels do it only while the interface is down. */
  async rename(from: string, to: string): Promise<void> {
    try {
      await ip(['link', 'set', 'dev', from, 'name', to]);
    } catch {
      await ipBatch([`link set dev ${from} down`, `link set dev ${from} name ${to}`, `link set dev ${to} up`]);
      await untilRunning([to]);
    }
  }

  /** Runs `ip ARGS…` on the router. */
  ip(...args: string[]): Promise<string> {
    return ip(args);
  }

  /** Ends all hosts and removes all links: the namespace is as it was before. */
  async close(): Promise<void> {
    if (await isBuilt()) await ip(['link', 'delete', 'group', GROUP]);
    await Promise.all(this.#hosts.map((host) => host.end()));
    await (await this.#far)?.end();
    this.#hosts = [];
    this.#far = undefined;
  }

  async #pair(host: Host, pairs: { near: string; far: string }[]): Promise<void> {
    const lines = pairs.flatMap(({ near, far }) => [
      `link add name ${near} index ${this.#ifindex++} group ${GROUP} type veth peer name ${far} netns ${host.pid}`,
      `link set dev ${near} up`,
    ]);
    await ipBatch(lines);
  }
}

/** Whether there are links of a lab. */
async function isBuilt(): Promise<boolean> {
  // Not as JSON: older versions of `ip` print an empty object for no link.
  return (await ip(['-oneline', 'link', 'show', 'group', GROUP])).trim() !== '';
}
