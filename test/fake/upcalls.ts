// The upcalls of an owner socket of the fake kernel: those that wait in the open file, and the one object in which a process gets them.

import { type IpVersion, parseIpv4, parseIpv6 } from '../../src/abi/address';
import type { Prefix, StreamPrefix } from '../../src/abi/upcall-filter';
import type { Upcall } from '../../src/kernel/kernel';
import { addressBytes } from '../lab/frame';

/** What an upcall says. */
export type Report = Pick<Upcall, 'kind' | 'vifi' | 'source' | 'group'>;

/** As many as the buffer of the real one has room for, more or less, once somebody has listened. */
const CAPACITY = 40_000;

export class FakeUpcalls {
  private readonly waiting: Report[] = [];
  private admitted: readonly StreamPrefix[] | 'all' = 'all';
  /** Called when there is something to read. */
  onReadable: (() => void) | undefined;

  constructor(private readonly version: IpVersion) {}

  admit(streams: readonly StreamPrefix[] | 'all'): void {
    this.admitted = streams;
  }

  /** Whether it was let in. */
  push(upcall: Report): boolean {
    const { admitted } = this;
    const wanted = upcall.kind === 'wrongvif' || admitted === 'all' || admitted.some((one) => this.takes(one, upcall));
    if (!wanted || this.waiting.length === CAPACITY) return false;
    this.waiting.push(upcall);
    this.onReadable?.();
    return true;
  }

  /** The newest. */
  pop(): Report | undefined {
    return this.waiting.pop();
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  private takes({ vifi, source, group }: StreamPrefix, upcall: Report): boolean {
    const begins = (address: string, prefix?: Prefix): boolean =>
      prefix === undefined || this.bits(address).startsWith(this.bits(prefix.address).slice(0, prefix.length));
    return (vifi ?? upcall.vifi) === upcall.vifi && begins(upcall.source, source) && begins(upcall.group, group);
  }

  private bits(address: string): string {
    if (this.version === 4) return parseIpv4(address).toString(2).padStart(32, '0');
    return (parseIpv6(address) ?? []).map((word) => word.toString(2).padStart(16, '0')).join('');
  }
}

/** As of the real kernel, it holds one upcall after the other. In between it holds nonsense: who keeps it, shows. */
export class FakeUpcall implements Upcall {
  kind: Upcall['kind'] = 'nocache';
  vifi = -1;
  source = '';
  group = '';
  readonly sourceBytes: Uint8Array;
  readonly groupBytes: Uint8Array;

  constructor(private readonly version: IpVersion) {
    const size = version === 4 ? 4 : 16;
    this.sourceBytes = new Uint8Array(size);
    this.groupBytes = new Uint8Array(size);
  }

  during(report: Report, call: (upcall: Upcall) => void): void {
    Object.assign(this, report);
    this.sourceBytes.set(addressBytes(this.version, report.source));
    this.groupBytes.set(addressBytes(this.version, report.group));
    call(this);
    Object.assign(this, { vifi: -1, source: 'used after the call', group: 'used after the call' });
    for (const bytes of [this.sourceBytes, this.groupBytes]) bytes.fill(0xff);
  }
}
