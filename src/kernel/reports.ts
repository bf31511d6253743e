/**
 * Tells a listener what hosts and queriers say about groups on the interfaces that it wants to hear.
 *
 * Anybody on a link can send as many reports as the link carries. So there is a socket per interface and family: a flood fills only its
 * own buffer, and takes no more than a tenth of the event loop's time.
 */
import type { IpVersion } from '../abi/address';
import { decodeIgmpPacket } from '../abi/igmp';
import { sockaddr_in6 } from '../abi/ipv6';
import { decodeMldPacket } from '../abi/mld';
import type { MembershipListener, Reports } from './kernel';
import { close, tryReceiveFrom } from './libc';
import { type Readiness, watchReadable } from './readiness';
import { openReportSocket } from './report-socket';

/** A report is a packet of its link's size, at most a jumbo frame. Of a longer one only this much is read, and that is no report. */
const PACKET_SIZE = 9_216;
/** A socket may hold the event loop so long in each window of time; then it waits for the next. */
const SLICE_MS = 1;
const WINDOW_MS = 10;

const packet = new Uint8Array(PACKET_SIZE);
const from = new Uint8Array(sockaddr_in6.size);

/** Hears one family on one interface. */
class Ear {
  private readiness: Readiness | undefined;
  private rest: NodeJS.Timeout | undefined;
  private windowEnd = 0;
  /** How much of the slice there is still in this window. */
  private left = 0;

  constructor(
    private readonly version: IpVersion,
    private readonly ifindex: number,
    private readonly listener: MembershipListener,
    private fd: number,
  ) {
    this.listen();
  }

  close(): void {
    if (this.fd < 0) return;
    clearTimeout(this.rest);
    this.readiness?.close();
    close(this.fd);
    this.fd = -1; // its number may be another file's soon
  }

  private listen(): void {
    this.readiness = watchReadable(this.fd, () => this.read());
    this.readiness.unref();
  }

  private read(): void {
    const start = performance.now();
    if (start >= this.windowEnd) {
      this.windowEnd = start + WINDOW_MS;
      this.left = SLICE_MS;
    }
    let used = 0;
    while (this.fd >= 0 && used < this.left) {
      const size = tryReceiveFrom(this.fd, packet, from);
      if (size === undefined) break;
      this.tell(packet.subarray(0, size));
      used = performance.now() - start;
    }
    this.left -= used;
    if (this.left <= 0) this.pause();
  }

  private tell(bytes: Uint8Array): void {
    const heard = this.version === 4 ? decodeIgmpPacket(bytes) : decodeMldPacket(bytes, from);
    if (heard !== undefined) this.listener({ version: this.version, ifindex: this.ifindex, ...heard });
  }

  private pause(): void {
    if (this.fd < 0) return; // closed by the listener
    this.readiness?.close();
    this.rest = setTimeout(() => this.listen(), Math.ceil(this.windowEnd - performance.now()));
    this.rest.unref();
  }
}

class LinuxReports implements Reports {
  private readonly ears = new Map<string, Ear>();

  constructor(private readonly listener: MembershipListener) {}

  hear(version: IpVersion, ifindex: number): void {
    const name = `${version} ${ifindex}`;
    this.ears.get(name)?.close();
    this.ears.delete(name);
    this.ears.set(name, new Ear(version, ifindex, this.listener, openReportSocket(version, ifindex)));
  }

  unhear(version: IpVersion, ifindex: number): void {
    const name = `${version} ${ifindex}`;
    this.ears.get(name)?.close();
    this.ears.delete(name);
  }

  close(): void {
    for (const ear of this.ears.values()) ear.close();
    this.ears.clear();
  }
}

export function openReports(listener: MembershipListener): Reports {
  return new LinuxReports(listener);
}
