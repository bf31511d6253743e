// Keeps the first packets of the lab that come in by an interface, in a ring that the kernel fills by itself: nothing is lost to a reader
// that is too slow, and no processor is taken from what is measured. Looked at when all is over.

import { formatIpv4, formatIpv6, getIpv6, type IpVersion } from '../../src/abi/address';
import { getI32, getU16, putU32 } from '../../src/abi/endian';
import { cFunction, close, getsockopt, setsockopt } from '../../src/kernel/libc';
import { ETHERNET, LAYOUT, UDP } from './frame';
import { decodePacket } from './packet';
import { packetSocket } from './packet-socket';

/** What has come in; a stream is one source's to one group. */
export interface Captured {
  packets: number;
  streams: number;
  /** Packets for which there was no room. */
  dropped: number;
}

const SOL_PACKET = 263;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_VERSION = 10;
const TPACKET_V2 = 1;
/** struct tpacket_req { unsigned int tp_block_size, tp_block_nr, tp_frame_size, tp_frame_nr; } */
const tpacket_req = { size: 16, tp_block_size: 0, tp_block_nr: 4, tp_frame_size: 8, tp_frame_nr: 12 } as const;
/** struct tpacket2_hdr { u32 tp_status, tp_len, tp_snaplen; u16 tp_mac, tp_net; … }, of each frame of the ring */
const tpacket2_hdr = { tp_status: 0, tp_snaplen: 8, tp_net: 14 } as const;
/** struct tpacket_stats { unsigned int tp_packets, tp_drops; } */
const tpacket_stats = { size: 8, tp_drops: 4 } as const;
const TP_STATUS_USER = 1;
/** The header and a packet of the lab. */
const FRAME = 256;
const FRAMES_PER_BLOCK = 256;
const BLOCK = FRAME * FRAMES_PER_BLOCK;
/** Router discovery and the like take room as well. */
const OTHERS = 256;

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

interface Memory {
  mmap(at: null, size: number, protection: number, flags: number, fd: number, offset: number): unknown;
  munmap(at: unknown, size: number): number;
  memcpy(to: Uint8Array, from: unknown, size: number): unknown;
}

const loadMemory = (): Memory => ({
  mmap: cFunction('void *mmap(void *at, size_t size, int protection, int flags, int fd, long offset)'),
  munmap: cFunction('int munmap(void *at, size_t size)'),
  memcpy: cFunction('void *memcpy(void *to, const void *from, size_t size)'),
});

export class Capture {
  private readonly memory = loadMemory();
  private readonly size: number;
  private readonly fd: number;
  private readonly ring: unknown;
  private dropped = 0;

  constructor(
    iface: string,
    private readonly version: IpVersion,
    packets: number,
  ) {
    const blocks = Math.ceil((packets + OTHERS) / FRAMES_PER_BLOCK);
    this.size = blocks * BLOCK;
    this.fd = packetSocket(iface, LAYOUT[version].etherType, (fd) => makeRing(fd, blocks));
    this.ring = this.memory.mmap(null, this.size, PROT_READ_WRITE, MAP_SHARED, this.fd, 0);
  }

  /** What is there now. */
  read(): Captured {
    const bytes = Buffer.allocUnsafeSlow(this.size);
    this.memory.memcpy(bytes, this.ring, this.size);
    const streams = new Set<string>();
    let packets = 0;
    for (let at = 0; at < this.size && getI32(bytes, at + tpacket2_hdr.tp_status) & TP_STATUS_USER; at += FRAME) {
      const stream = this.streamAt(bytes, at);
      if (stream === undefined) continue;
      packets++;
      streams.add(stream);
    }
    return { packets, streams: streams.size, dropped: this.countDropped() };
  }

  close(): void {
    this.memory.munmap(this.ring, this.size);
    close(this.fd);
  }

  /** Undefined for what is no packet of the lab. */
  private streamAt(bytes: Buffer, frame: number): string | undefined {
    const { header, source } = LAYOUT[this.version];
    const ip = frame + getU16(bytes, frame + tpacket2_hdr.tp_net);
    const end = ip - ETHERNET + getI32(bytes, frame + tpacket2_hdr.tp_snaplen);
    const packet = decodePacket(bytes.subarray(Math.min(ip + header + UDP, end), end));
    const from = ip - ETHERNET + source;
    return (
      packet && `${this.version === 4 ? formatIpv4(bytes, from) : formatIpv6(getIpv6(bytes, from))} ${packet.group}`
    );
  }

  /** The kernel counts from the last question on. */
  private countDropped(): number {
    const stats = new Uint8Array(tpacket_stats.size);
    getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, stats, 'PACKET_STATISTICS');
    this.dropped += getI32(stats, tpacket_stats.tp_drops);
    return this.dropped;
  }
}

function makeRing(fd: number, blocks: number): void {
  const version = new Uint8Array(4);
  putU32(version, 0, TPACKET_V2);
  setsockopt(fd, SOL_PACKET, PACKET_VERSION, version, version.length, 'PACKET_VERSION');
  const request = new Uint8Array(tpacket_req.size);
  putU32(request, tpacket_req.tp_block_size, BLOCK);
  putU32(request, tpacket_req.tp_block_nr, blocks);
  putU32(request, tpacket_req.tp_frame_size, FRAME);
  putU32(request, tpacket_req.tp_frame_nr, blocks * FRAMES_PER_BLOCK);
  setsockopt(fd, SOL_PACKET, PACKET_RX_RING, request, request.length, 'PACKET_RX_RING');
}
