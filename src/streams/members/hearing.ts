/**
 * Hears hosts on the interfaces where somebody needs to know who has joined, and nowhere else.
 */
import type { IpVersion } from '../../abi/address';
import { MfcError } from '../../errors';
import type { Kernel, MembershipListener, Reports } from '../../kernel/kernel';

export interface HeardLink {
  readonly version: IpVersion;
  readonly ifindex: number;
}

export interface HearingListener {
  heard: MembershipListener;
  /** The interface is not heard any more. */
  forget(version: IpVersion, ifindex: number): void;
  warn(warning: MfcError): void;
}

export class Hearing {
  private reports: Reports | undefined;
  private readonly links = new Map<string, HeardLink>();
  /** Those that could not be heard, which was told. They are tried again with every call of `set`. */
  private readonly failed = new Set<string>();

  constructor(
    private readonly kernel: Kernel,
    private readonly listener: HearingListener,
  ) {}

  /** Goes over to these interfaces. Those that stay are heard on. */
  set(wanted: readonly HeardLink[]): void {
    const names = new Map(wanted.map((link) => [`${link.version} ${link.ifindex}`, link]));
    for (const [name, link] of this.links) if (!names.has(name)) this.unhear(name, link);
    for (const name of this.failed) if (!names.has(name)) this.failed.delete(name);
    for (const [name, link] of names) if (!this.links.has(name)) this.hear(name, link);
  }

  close(): void {
    this.reports?.close();
    this.reports = undefined;
    this.links.clear();
  }

  private hear(name: string, link: HeardLink): void {
    if (this.kernel.findLinkName(link.ifindex) === undefined) return; // routes leave it in a moment
    try {
      this.reports ??= this.kernel.openReports(this.listener.heard);
      this.reports.hear(link.version, link.ifindex);
      this.links.set(name, link);
      this.failed.delete(name);
    } catch (error) {
      if (!(error instanceof MfcError)) throw error;
      if (!this.failed.has(name)) this.listener.warn(error);
      this.failed.add(name);
    }
  }

  private unhear(name: string, { version, ifindex }: HeardLink): void {
    this.links.delete(name);
    this.reports?.unhear(version, ifindex);
    this.listener.forget(version, ifindex);
  }
}
