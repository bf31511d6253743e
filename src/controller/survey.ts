/**
 * What has become of the interfaces that have VIFs: looked at before each plan, so that no plan is made for a kernel that was.
 *
 * An interface that was deleted takes its VIF along (net/ipv4/ipmr.c ipmr_device_event) while the entries that name it stay. One that
 * was renamed keeps its VIF.
 */
import type { IpVersion } from '../abi/address';
import type { Kernel, Link, MrouteSocket } from '../kernel/kernel';
import type { Route } from '../routing/route';
import type { RouteTable } from '../routing/table';
import type { Vif } from '../routing/vifs';
import type { World } from '../routing/world';

export type Sockets = Map<IpVersion, MrouteSocket>;

export class Survey implements World {
  private readonly links = new Map<string, Link | undefined>();
  private readonly lost: Record<IpVersion, Set<number>> = { 4: new Set(), 6: new Set() };

  constructor(
    private readonly kernel: Kernel,
    private readonly sockets: Sockets,
    table: RouteTable,
  ) {
    for (const [version, socket] of sockets) {
      const renamed = new Map<string, string>();
      for (const vif of table.vifs[version].list()) {
        const name = kernel.findLinkName(vif.ifindex);
        if (name === undefined || socket.vifCounters(vif.vifi) === undefined) this.lost[version].add(vif.vifi);
        else if (name !== vif.name) renamed.set(vif.name, name);
      }
      if (renamed.size === 0) continue;
      keepApart(renamed, table.vifs[version].list());
      table.rename(version, renamed);
    }
  }

  /** One look per name and message. */
  link(name: string): Link | undefined {
    let link = this.links.get(name);
    if (link === undefined && !this.links.has(name)) {
      link = this.kernel.findLink(name);
      this.links.set(name, link);
    }
    return link;
  }

  /** The interfaces that were asked about and are down. */
  downLinks(): string[] {
    return Array.from(this.links.values()).flatMap((link) => (link?.up === false ? [link.name] : []));
  }

  isLost(version: IpVersion, vifi: number): boolean {
    return this.lost[version].has(vifi);
  }

  hasEntry(route: Route): boolean {
    return this.sockets.get(route.version)?.mfcCounters(route.source, route.group) !== undefined;
  }
}

/** A VIF keeps its former name while that of its interface still stands for one that was deleted: names are unique. */
function keepApart(renamed: Map<string, string>, vifs: readonly Vif[]): void {
  const kept = new Set(vifs.map((vif) => vif.name).filter((name) => !renamed.has(name)));
  for (let size = -1; size !== renamed.size; ) {
    size = renamed.size;
    for (const [from, to] of renamed) if (kept.has(to) && renamed.delete(from)) kept.add(from);
  }
}
