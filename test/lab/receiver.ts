// Receives the streams of the lab in the network namespace of this process: one socket per family and port, any
// number of groups, one counter per (source, stream, group).

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Count, Counter } from './counter';
import { Overflow } from './overflow';
import { decodePacket, encodePacket } from './packet';
import { LAB_PORT } from './sender';
import { DEADLINE_MS, until } from './until';

export interface JoinOptions {
  /** Only packets from this source (source-specific multicast). */
  source?: string;
  port?: number;
}

/** What arrived of one stream. */
export interface StreamCount extends Count {
  source: string;
  group: string;
}

/** Enough for seconds of a busy machine, where net.core.rmem_max allows it. */
const BUFFER = 16 * 1024 * 1024;
/** The last packets may have found no room: no later one tells. */
const LOOK_AGAIN_MS = 100;
const MARKER = 0;
const MARKER_AGAIN_MS = 50;

interface Received {
  source: string;
  group: string;
  counter: Counter;
  overflow: Overflow;
}

export class Receiver {
  #iface: string;
  #buffer: number;
  #sockets = new Map<string, Promise<Socket>>();
  #overflows = new Set<Overflow>();
  #streams = new Map<string, Received>();
  #events = new EventEmitter().setMaxListeners(0);
  #markers = 0;
  /** Packets of any stream, duplicates too, since the start. */
  packets = 0;
  /** When the last of them was read, by performance.now(). */
  lastAt = 0;

  constructor(iface: string, buffer = BUFFER) {
    this.#iface = iface;
    this.#buffer = buffer;
  }

  /** Opens the socket of the group's family and port and joins the group. */
  async join(group: string, { source, port = LAB_PORT }: JoinOptions = {}): Promise<void> {
    const socket = await this.#socket(isIPv6(group) ? 'udp6' : 'udp4', port);
    if (source === undefined) socket.addMembership(group, this.#via(group));
    else socket.addSourceSpecificMembership(source, group, this.#via(group));
  }

  async leave(group: string, { source, port = LAB_PORT }: JoinOptions = {}): Promise<void> {
    const socket = await this.#socket(isIPv6(group) ? 'udp6' : 'udp4', port);
    if (source === undefined) socket.dropMembership(group, this.#via(group));
    else socket.dropSourceSpecificMembership(source, group, this.#via(group));
  }

  /** Opens a socket for packets to this machine's own addresses. */
  async listen(family: 'udp4' | 'udp6' = 'udp4', port = LAB_PORT): Promise<void> {
    await this.#socket(family, port);
  }

  counts(): StreamCount[] {
    return [...this.#streams.values()].map(({ source, group, counter }) => ({ source, group, ...counter.count() }));
  }

  /** Forgets what arrived so far. */
  reset(): void {
    this.#streams.clear();
    for (const overflow of this.#overflows) overflow.take(Infinity);
  }

  /** Resolves when `n` different packets for `group` have arrived. */
  async waitFor(group: string, n: number, deadline = DEADLINE_MS): Promise<void> {
    const arrived = await new Promise<boolean>((resolve) => {
      const end = (enough: boolean) => {
        this.#events.off('packet', check);
        clearTimeout(timer);
        clearInterval(again);
        resolve(enough);
      };
      const check = () => {
        if (this.#received(group) >= n) end(true);
      };
      const timer = setTimeout(() => end(false), deadline);
      const again = setInterval(() => {
        if (this.#hadNoRoom(group, n)) end(true);
      }, LOOK_AGAIN_MS);
      this.#events.on('packet', check);
      check();
    });
    if (arrived) return;
    const overflow = this.overflow();
    throw new Error(
      `${this.#received(group)} of ${n} packets for ${group} have arrived after ${deadline} ms` +
        (overflow ? `; ${overflow} did not fit the receiving socket's buffer.` : '.'),
    );
  }

  /** Resolves when all that was sent before has been counted: a marker behind it has come through every socket. */
  async settle(): Promise<void> {
    await untilForwarded();
    for (const opening of this.#sockets.values()) await this.#settle(await opening);
  }

  /** Packets that found no room in a socket and that belong to no stream: those at its end, until they are waited for. */
  overflow(): number {
    return Array.from(this.#overflows).reduce((sum, { fresh }) => sum + fresh, 0);
  }

  async close(): Promise<void> {
    for (const opening of this.#sockets.values()) (await opening).close();
    this.#sockets.clear();
    this.#overflows.clear();
  }

  // Without an IPv4 address on the interface the route to 224.0.0.0/4 decides.
  #via(group: string): string | undefined {
    if (isIPv6(group)) return `::%${this.#iface}`;
    return networkInterfaces()[this.#iface]?.find(({ family }) => family === 'IPv4')?.address;
  }

  #socket(family: 'udp4' | 'udp6', port: number): Promise<Socket> {
    const key = `${family} ${port}`;
    const socket = this.#sockets.get(key) ?? this.#open(family, port);
    this.#sockets.set(key, socket);
    return socket;
  }

  async #open(family: 'udp4' | 'udp6', port: number): Promise<Socket> {
    const socket = createSocket({ type: family, ipv6Only: family === 'udp6', recvBufferSize: this.#buffer });
    const overflow = new Overflow(socket);
    socket.on('message', (bytes, from) => this.#read(bytes, from, overflow));
    socket.bind(port);
    await once(socket, 'listening');
    this.#overflows.add(overflow);
    return socket;
  }

  #read(bytes: Buffer, from: RemoteInfo, overflow: Overflow): void {
    const packet = decodePacket(bytes);
    if (packet === undefined) return;
    if (packet.stream === MARKER) {
      this.#events.emit(`marker ${packet.sequence}`);
      return;
    }
    const key = `${from.address} ${packet.stream} ${packet.group}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { source: from.address, group: packet.group, counter: new Counter(), overflow };
      this.#streams.set(key, stream);
    }
    const missing = packet.sequence - stream.counter.next;
    if (missing > 0) stream.counter.addNext(overflow.take(missing));
    stream.counter.add(packet.sequence);
    this.packets++;
    this.lastAt = performance.now();
    this.#events.emit('packet');
  }

  // Whether the last packets of a group, or all of them, have come and found no room.
  #hadNoRoom(group: string, n: number): boolean {
    const missing = (): number => n - this.#received(group);
    const streams = [...this.#streams.values()].filter((stream) => stream.group === group);
    for (const { counter, overflow } of this.overflow() > 0 ? streams : []) {
      counter.addNext(overflow.take(Math.min(missing(), overflow.last)));
    }
    // A stream that nothing is known of yet counts them with its next packet.
    const unknown = streams.length === 0 ? [...this.#overflows].reduce((sum, { last }) => sum + last, 0) : 0;
    return unknown >= missing();
  }

  #received(group: string): number {
    let received = 0;
    for (const stream of this.#streams.values()) if (stream.group === group) received += stream.counter.received;
    return received;
  }

  async #settle(socket: Socket): Promise<void> {
    const sequence = ++this.#markers;
    const { family, port } = socket.address();
    const v6 = family === 'IPv6';
    const marker = encodePacket({ stream: MARKER, sequence, group: '' });
    const through = once(this.#events, `marker ${sequence}`);
    const sender = createSocket(v6 ? 'udp6' : 'udp4');
    const send = () => sender.send(marker, port, v6 ? '::1' : '127.0.0.1');
    send();
    const again = setInterval(send, MARKER_AGAIN_MS); // the socket's buffer may have been full
    await through;
    clearInterval(again);
    sender.close();
  }
}

// Between two interfaces packets wait in a queue of their CPU: the 12th column of /proc/net/softnet_stat.
// Whatever was there is forwarded once every queue has been seen empty. Other programs' packets wait there too.
async function untilForwarded(): Promise<void> {
  const empty = new Set<number>();
  await until(() => {
    const cpus = readFileSync('/proc/net/softnet_stat', 'utf8').trim().split('\n');
    for (const [cpu, line] of cpus.entries()) {
      if (Number.parseInt(line.split(' ')[11] ?? '0', 16) === 0) empty.add(cpu);
    }
    return empty.size === cpus.length;
  }, 'the queues of the kernel should be empty for a moment.');
}
