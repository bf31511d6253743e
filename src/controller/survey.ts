/**
 * What a plan asks about the kernel, answered once per name: a plan is made for one moment.
 */
import type { IpVersion } from '../abi/address';
import type { MfcEntry } from '../abi/family';
import type { Kernel, KernelEntry, Link } from '../kernel/kernel';
import type { LinkFault } from '../routing/link-faults';
import type { Route } from '../routing/route';
import type { MemberStream, World } from '../routing/world';

const hasNothing = (): boolean => false;

/** Who knows which hosts want which streams. */
export interface MemberView {
  wants(version: IpVersion, ifindex: number, stream: MemberStream): boolean;
  /** An output was open when the table was taken over: somebody wants the stream. */
  presume(version: IpVersion, ifindex: number, group: string, source: string): void;
}

/** Who knows when streams last flowed. */
export interface FlowView {
  idleTime(route: Route): number | undefined;
}

/** Why nothing passes an interface that is not running; undefined if it is, or is not there. */
export function downFault(link: Link | undefined): LinkFault | undefined {
  if (link === undefined || link.running) return undefined;
  return link.up ? 'unplugged' : 'down';
}

export class Survey implements World {
  private readonly links = new Map<string, Link | undefined>();
  private names: readonly string[] | undefined;

  /**
   * @param foreign the entries of other programs
   * @param has whether the kernel has an entry already; it has none in a table that was just opened
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly foreign: ReadonlyMap<string, KernelEntry>,
    private readonly members: MemberView,
    private readonly flows: FlowView,
    readonly has: (entry: MfcEntry) => boolean = hasNothing,
  ) {}

  link(name: string): Link | undefined {
    let link = this.links.get(name);
    if (link === undefined && !this.links.has(name)) {
      link = this.kernel.findLink(name);
      this.links.set(name, link);
    }
    return link;
  }

  linkNames(): readonly string[] {
    this.names ??= this.kernel.listLinkNames();
    return this.names;
  }

  isMember(version: IpVersion, name: string, stream: MemberStream): boolean {
    const link = this.link(name);
    return link !== undefined && this.members.wants(version, link.ifindex, stream);
  }

  idleTime(route: Route): number | undefined {
    return this.flows.idleTime(route);
  }

  isUsedByOthers(version: IpVersion, ifindex: number): boolean {
    for (const entry of this.foreign.values()) {
      if (entry.version !== version) continue;
      if (entry.iif === ifindex || entry.outputs.some((output) => output.ifindex === ifindex)) return true;
    }
    return false;
  }

  /** The interfaces that were asked about and are down, or have no carrier. */
  downLinks(): Link[] {
    return Array.from(this.links.values()).flatMap((link) => (link?.running === false ? [link] : []));
  }
}
