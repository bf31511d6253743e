/**
 * Of which new streams the kernel is to tell: of all, but in a flood of streams that nobody takes only of the others.
 *
 * Each packet of an unknown stream costs the kernel as much time as streams wait for an answer (net/ipv4/ipmr.c mfc_unres_queue is a
 * list). What it does not tell of does not wait: it is dropped.
 */
import type { IpVersion } from '../../abi/address';
import type { MrouteSocket, StreamPrefix } from '../../kernel/kernel';
import type { Template } from '../../routing/learning';
import { formatAddress, type Prefix } from '../../routing/prefix';

const CALM_MS = 10_000;
const VERSIONS: readonly IpVersion[] = [4, 6];

export class Admission {
  private calm: NodeJS.Timeout | undefined;

  constructor(
    private readonly socketOf: (version: IpVersion) => MrouteSocket | undefined,
    /** The routes that can learn. */
    private readonly templates: () => readonly Template[],
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

  /** What routes learn has changed, or a socket is new. */
  update(): void {
    const templates = this.templates();
    for (const version of VERSIONS) {
      const streams = templates.filter(({ route }) => route.version === version).map(toStreamPrefix);
      this.socketOf(version)?.admit(this.isFlooded ? streams : 'all');
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
