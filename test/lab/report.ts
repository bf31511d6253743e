// What a receiver tells its router once a second: a UDP datagram with JSON, {"receiver": "tv1", "packets_per_second": 50}.
// The rate is measured from packet to packet, so that a steady stream gives a steady number.

import { createSocket } from 'node:dgram';
import type { Receiver } from './receiver';

const PERIOD_MS = 1000;

export function startReport(name: string, receiver: Receiver, address: string, port: number): void {
  const socket = createSocket('udp4');
  let before = { packets: 0, at: performance.now() };
  setInterval(() => {
    const packets = receiver.packets - before.packets;
    const now = { packets: receiver.packets, at: packets > 0 ? receiver.lastAt : performance.now() };
    const rate = packets > 0 ? Math.round((packets * 1000) / Math.max(now.at - before.at, 1)) : 0;
    before = now;
    socket.send(JSON.stringify({ receiver: name, packets_per_second: rate }), port, address, () => undefined);
  }, PERIOD_MS);
}
