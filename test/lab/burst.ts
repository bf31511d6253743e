// Sends packets of any sources as fast as the machine can: many per call, as whole Ethernet frames, past the UDP and IP code of the host.
//
// Between calls the host answers other questions. Packets for which the router's queue has no room are lost there, as on a real
// interface: net.core.netdev_max_backlog.

import type { IpVersion } from '../../src/abi/address';
import { putLong } from '../../src/abi/endian';
import { iovec, msghdr } from '../../src/abi/unix';
import { fault } from '../../src/kernel/faults';
import { addressOf, cFunction, close, lastErrno, longSize } from '../../src/kernel/libc';
import { addressBytes, completeFrame, encodeFrame, frameSize } from './frame';
import { packetSocket } from './packet-socket';
import { LAB_PORT } from './sender';

export interface BurstOptions {
  /** Packets of all streams together. */
  count: number;
  /** By turns, after the groups; `random` is another one in every packet. */
  sources: readonly string[] | 'random';
  /** Packets per second; left out, as fast as the machine can. */
  rate?: number;
  ttl?: number;
  port?: number;
}

/** struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; } */
const MMSGHDR_SIZE = msghdr[longSize].size + longSize;
/** Packets per call. */
const BATCH = 256;
const TTL = 8;

type SendMany = (fd: number, messages: Uint8Array, count: number, flags: number) => number;

export class Burst {
  private readonly version: IpVersion;
  private readonly frames: Buffer;
  private readonly messages: Buffer;
  private readonly templates: Buffer[];
  private readonly sources: Sources;
  private readonly sendMany = cFunction<SendMany>(
    'int sendmmsg(int fd, void *messages, unsigned int count, int flags)',
  );
  private next = 0;

  constructor(
    private readonly iface: string,
    stream: number,
    groups: readonly string[],
    private readonly options: BurstOptions,
  ) {
    const { ttl = TTL, port = LAB_PORT } = options;
    this.version = groups[0]?.includes(':') ? 6 : 4;
    this.templates = groups.map((group) => encodeFrame(this.version, { group, port, ttl, stream }));
    this.sources = sourcesOf(this.version, options.sources);
    this.frames = Buffer.allocUnsafeSlow(BATCH * frameSize(this.version));
    this.messages = encodeMessages(this.frames, frameSize(this.version));
  }

  /** Answers the number of packets sent. */
  async send(): Promise<number> {
    const fd = packetSocket(this.iface, 0);
    const start = performance.now();
    try {
      while (this.next < this.options.count) {
        const due = this.due(performance.now() - start);
        if (due > this.next) this.sendBatch(fd, Math.min(due - this.next, BATCH));
        await new Promise(setImmediate);
      }
    } finally {
      close(fd);
    }
    return this.next;
  }

  /** Packets that should have been sent after so many milliseconds. */
  private due(elapsed: number): number {
    const { count, rate } = this.options;
    return rate === undefined ? count : Math.min(count, Math.floor((elapsed * rate) / 1000) + 1);
  }

  private sendBatch(fd: number, size: number): void {
    for (let i = 0; i < size; i++) this.prepare(i, this.next + i);
    for (let done = 0; done < size; ) {
      const sent = this.sendMany(fd, this.messages.subarray(done * MMSGHDR_SIZE), size - done, 0);
      if (sent < 0) throw fault('sendmmsg', lastErrno());
      done += sent;
    }
    this.next += size;
  }

  private prepare(slot: number, n: number): void {
    const size = frameSize(this.version);
    const { length: groups } = this.templates;
    this.frames.set(this.templates[n % groups] ?? [], slot * size);
    const turn = Math.floor(n / groups);
    const { length, at } = this.sources;
    completeFrame(this.frames, slot * size, this.version, at(turn), Math.floor(turn / length));
  }
}

interface Sources {
  readonly length: number;
  at(turn: number): Uint8Array;
}

function sourcesOf(version: IpVersion, sources: BurstOptions['sources']): Sources {
  if (sources === 'random') return randomSources(version);
  const all = sources.map((source) => addressBytes(version, source));
  return { length: all.length, at: (turn) => all[turn % all.length] ?? new Uint8Array() };
}

/** Hosts of 16.0.0.0/4 or 2000::/100, the same ones every time, and each once: the low bits of the numbers have their full period. */
function randomSources(version: IpVersion): Sources {
  const bytes = Buffer.from(addressBytes(version, version === 4 ? '16.0.0.0' : '2000::'));
  const at = bytes.length - 4;
  const base = bytes.readUInt32BE(at);
  let state = 1;
  return {
    length: Number.POSITIVE_INFINITY,
    at: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes.writeUInt32BE(base + (state & 0x0fffffff), at);
      return bytes;
    },
  };
}

/** One struct mmsghdr for each frame, and behind them their iovecs. */
function encodeMessages(frames: Buffer, size: number): Buffer {
  const vectorsAt = BATCH * MMSGHDR_SIZE;
  const vector = iovec[longSize];
  const bytes = Buffer.allocUnsafeSlow(vectorsAt + BATCH * vector.size).fill(0);
  for (let i = 0; i < BATCH; i++) {
    const message = i * MMSGHDR_SIZE;
    const data = vectorsAt + i * vector.size;
    putLong(bytes, message + msghdr[longSize].msg_iov, addressOf(bytes) + BigInt(data), longSize);
    putLong(bytes, message + msghdr[longSize].msg_iovlen, 1n, longSize);
    putLong(bytes, data + vector.iov_base, addressOf(frames) + BigInt(i * size), longSize);
    putLong(bytes, data + vector.iov_len, BigInt(size), longSize);
  }
  return bytes;
}
