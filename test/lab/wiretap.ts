// Hears the IGMP and MLD reports that reach this process's namespace, as a switch would: packets off the wire, whoever they are for.
//
//   IGMPv3 report   8 bytes: type 0x22, 0, checksum, 0, 0, records
//   MLDv2 report    8 bytes: type 143, 0, checksum, 0, 0, records
//   record          type, words of other data, sources (2 bytes), group, sources

import { formatIpv4, formatIpv6, getIpv6 } from '../../src/abi/address';
import { rawSocket, tryReceive } from '../../src/kernel/libc';
import { watchReadable } from '../../src/kernel/readiness';

/** What a machine says about a group that it joins, leaves, or is asked about: RFC 3376 4.2.12. */
const TYPES = ['', 'is_in', 'is_ex', 'to_in', 'to_ex', 'allow', 'block'] as const;

export interface ReportedGroup {
  type: (typeof TYPES)[number];
  group: string;
  sources: string[];
  /** Of the machine that says so. */
  from: string;
}

const AF_PACKET = 17;
/** ETH_P_IP and ETH_P_IPV6 in network order: what comes in, and not what this machine sends. */
const PROTOCOLS = [0x0008, 0xdd86];
const ETHERNET = 14;
const IPV6 = 40;
const HOP_BY_HOP = 0;
const IGMP = 2;
const ICMPV6 = 58;
const IGMPV3_REPORT = 0x22;
const MLDV2_REPORT = 143;
const LARGEST_FRAME = 65_536;

export class Wiretap {
  readonly heard: ReportedGroup[] = [];
  private readonly bytes = new Uint8Array(LARGEST_FRAME);

  constructor() {
    for (const protocol of PROTOCOLS) {
      const fd = rawSocket(AF_PACKET, protocol);
      watchReadable(fd, () => this.read(fd)).unref();
    }
  }

  private read(fd: number): void {
    for (let size = tryReceive(fd, this.bytes); typeof size === 'number'; size = tryReceive(fd, this.bytes)) {
      this.heard.push(...decodeReport(Buffer.from(this.bytes.subarray(ETHERNET, size))));
    }
  }
}

/** An IP packet; empty if it is not a report. */
function decodeReport(packet: Buffer): ReportedGroup[] {
  return packet[0] !== undefined && packet[0] >> 4 === 6 ? decodeMld(packet) : decodeIgmp(packet);
}

function decodeIgmp(packet: Buffer): ReportedGroup[] {
  const report = packet.subarray(4 * ((packet[0] ?? 0) & 0xf));
  if (packet[9] !== IGMP || report[0] !== IGMPV3_REPORT) return [];
  return decodeRecords(report, formatIpv4(packet, 12), 4, (at) => formatIpv4(report, at));
}

/** Reports have a Router Alert before the header of ICMPv6. */
function decodeMld(packet: Buffer): ReportedGroup[] {
  if (packet[6] !== HOP_BY_HOP || packet[IPV6] !== ICMPV6) return [];
  const report = packet.subarray(IPV6 + 8 * ((packet[IPV6 + 1] ?? 0) + 1));
  if (report[0] !== MLDV2_REPORT) return [];
  return decodeRecords(report, formatIpv6(getIpv6(packet, 8)), 16, (at) => formatIpv6(getIpv6(report, at)));
}

function decodeRecords(report: Buffer, from: string, size: number, text: (at: number) => string): ReportedGroup[] {
  const records: ReportedGroup[] = [];
  let at = 8;
  for (let left = report.readUInt16BE(6); left > 0; left--) {
    const count = report.readUInt16BE(at + 2);
    const sources = Array.from({ length: count }, (_, i) => text(at + 4 + size * (i + 1)));
    records.push({ type: TYPES[report[at] ?? 0] ?? '', group: text(at + 4), sources, from });
    at += 4 + size * (1 + count) + 4 * (report[at + 1] ?? 0);
  }
  return records;
}
