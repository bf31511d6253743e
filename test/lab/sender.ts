// Sends streams of numbered packets at a steady rate. One stream = one socket, numbers from 0.
// The clock says how many packets are due, so a late timer is made up for, but never in a burst of more than
// BURST_MS' worth: beyond that the stream takes longer instead.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { encodePacket } from './packet';

export interface StreamOptions {
  /** Packets to send; left out, until stopped. */
  count?: number;
  /** Packets per second; left out or 0, as fast as the socket takes them. */
  rate?: number;
  ttl?: number;
  port?: number;
  /** Bytes of UDP payload, at least 64. */
  size?: number;
}

export const LAB_PORT = 5004;
const TTL = 8;
const BURST_MS = 100;
const IN_FLIGHT = 256;

export class Stream {
  #socket: Socket;
  #packet: { group: string; port: number; stream: number; size: number | undefined };
  #total: number;
  #rate: number;
  #next = 0;
  #inFlight = 0;
  #sent = 0;
  #failure: Error | undefined;
  #stopped = false;
  #closed = false;
  #start = performance.now();
  #timer: NodeJS.Timeout | undefined;
  /** Resolves with the number of packets sent when the last has left. */
  readonly done: Promise<number>;
  #finish: (sent: number) => void = () => undefined;

  private constructor(socket: Socket, group: string, stream: number, options: StreamOptions) {
    this.#socket = socket;
    this.#packet = { group, port: options.port ?? LAB_PORT, stream, size: options.size };
    this.#total = options.count ?? Number.POSITIVE_INFINITY;
    this.#rate = options.rate || Number.POSITIVE_INFINITY;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#pump();
  }

  /** Opens a socket and begins to send to `group` (or to a unicast address) through `iface`. */
  static async open(group: string, stream: number, iface: string, options: StreamOptions): Promise<Stream> {
    const socket = createSocket(isIPv6(group) ? 'udp6' : 'udp4');
    socket.bind(0);
    await once(socket, 'listening');
    socket.setMulticastTTL(options.ttl ?? TTL);
    socket.setMulticastLoopback(false);
    // IPv4 finds the interface by the route to 224.0.0.0/4: also without any address.
    if (isIPv6(group)) socket.setMulticastInterface(`::%${iface}`);
    return new Stream(socket, group, stream, options);
  }

  /** Why packets could not be sent, if so. Their numbers are gaps in the stream. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  stop(): Promise<number> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#endIfDone();
    return this.done;
  }

  #pump(): void {
    const due = Math.min(this.#due(), this.#total, this.#next + IN_FLIGHT - this.#inFlight);
    while (this.#next < due) this.#send(this.#next++);
    if (this.#stopped || this.#next >= this.#total) return;
    // At full speed the callbacks of `send` go on.
    if (Number.isFinite(this.#rate)) this.#timer = setTimeout(() => this.#pump(), this.#untilNext());
  }

  #due(): number {
    if (!Number.isFinite(this.#rate)) return Number.POSITIVE_INFINITY;
    const now = performance.now();
    const late = now - this.#start - (this.#next * 1000) / this.#rate;
    if (late > BURST_MS) this.#start += late - BURST_MS;
    return Math.floor(((now - this.#start) * this.#rate) / 1000) + 1;
  }

  #untilNext(): number {
    return Math.max(1, this.#start + (this.#next * 1000) / this.#rate - performance.now());
  }

  #send(sequence: number): void {
    const { group, port, stream, size } = this.#packet;
    this.#inFlight++;
    this.#socket.send(encodePacket({ stream, sequence, group }, size), port, group, (error) => {
      this.#inFlight--;
      if (error) this.#failure ??= error;
      else this.#sent++;
      if (this.#stopped || this.#next >= this.#total) this.#endIfDone();
      else if (!Number.isFinite(this.#rate)) this.#pump();
    });
  }

  #endIfDone(): void {
    if (this.#inFlight > 0 || this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#finish(this.#sent);
  }
}
