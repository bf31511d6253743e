/**
 * Of which new streams the kernel is to tell: of those that routes take which learn, and of all others if somebody wants to know.
 *
 * Each packet of an unknown stream costs the kernel as much time as streams wait for an answer (net/ipv4/ipmr.c mfc_unres_queue is a
 * list), and it drops what it does not tell. So in a flood of streams that nobody takes, it tells of the others only, for a while.
 */
import type { IpVersion } from '../abi/address';
import type { MrouteSocket, StreamPrefix } from '../kernel/kernel';
import type { Template } from '../routing/learning';
import { formatAddress, type Prefix } from '../routing/prefix';

const CALM_MS = 10_000;
const VERSIONS: readonly IpVersion[] = [4, 6];

export interface Wishes {
  /** Whether streams are to be told that no route takes. */
  readonly unknown: boolean;
  readonly templates: readonly Template[];
}

export class Admission {
  private calm: NodeJS.Timeout | undefined;

  constructor(
    private readonly socketOf: (version: IpVersion) => MrouteSocket | undefined,
    private readonly wishes: () => Wishes,
  ) {}

  get isFlooded(): boolean {
    return this.calm !== undefined;
  }

  /** More streams come that nobody takes than the kernel bears. */
  flood(): void {
    if (this.isFlooded) return;
    this.calm = setTimeout(() => {
      this.calm = undefined;
      this.update();
    }, CALM_MS).unref();
    this.update();
  }

  /** What is wished has changed, or a socket is new. */
  update(): void {
    const { unknown, templates } = this.wishes();
    for (const version of VERSIONS) {
      const streams = templates.filter(({ route }) => route.version === version).map(toStreamPrefix);
      this.socketOf(version)?.admit(unknown && !this.isFlooded ? 'all' : streams);
    }
  }

  stop(): void {
    clearTimeout(this.calm);
    this.calm = undefined;
  }
}

function toStreamPrefix({ source, group }: Template): StreamPrefix {
  return source === undefined ? { group: toKernel(group) } : { group: toKernel(group), source: toKernel(source) };
}

function toKernel({ bytes, length }: Prefix): { address: string; length: number } {
  return { address: formatAddress(bytes), length };
}
