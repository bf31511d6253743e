/**
 * node first-packet-program.js SENDER RECEIVER GROUP FIRST COUNT: how long the first packet of a new stream takes from host to host.
 *
 * Sends from the namespace of process SENDER in the name of COUNT hosts, and sees them arrive in that of process RECEIVER. FIRST is the
 * number of the first host, so that none is known from before. Prints the microseconds as JSON. It never waits in the kernel: to be woken
 * up costs more than what is measured.
 */
import { closeSync, openSync } from 'node:fs';
import { fault } from '../../src/kernel/faults';
import { cFunction, lastErrno, send, tryReceive } from '../../src/kernel/libc';
import { completeFrame, encodeFrame, frameSize, LAYOUT } from '../lab/frame';
import { HOST_IFACE } from '../lab/ip';
import { packetSocket } from '../lab/packet-socket';
import { LAB_PORT } from '../lab/sender';

const CLONE_NEWNET = 0x40000000;
/** Between two packets everything comes to rest, as between streams in real life. */
const INTERVAL_MS = 1;
const DEADLINE_MS = 1000;
const { etherType, source: sourceAt } = LAYOUT[4];

const setns = cFunction<(fd: number, type: number) => number>('int setns(int fd, int type)');

/** What is opened in the network namespace of a process. */
function inside<T>(pid: string, open: () => T): T {
  const fd = openSync(`/proc/${pid}/ns/net`, 'r');
  if (setns(fd, CLONE_NEWNET) !== 0) throw fault('setns', lastErrno());
  closeSync(fd);
  return open();
}

/** The bytes of the n-th host of 10.128.0.0/9, where the lab has none. */
const hostBytes = (n: number): Uint8Array => Uint8Array.of(10, 128 | (n >>> 16), n >>> 8, n);

function measure(sender: number, receiver: number, group: string, first: number, count: number): number[] {
  const frame = encodeFrame(4, { group, port: LAB_PORT, ttl: 8, stream: 1 });
  const arrived = Buffer.alloc(frameSize(4));
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const source = hostBytes(first + n);
    completeFrame(frame, 0, 4, source, 0);
    const start = performance.now();
    send(sender, frame);
    while (
      tryReceive(receiver, arrived) !== frame.length ||
      arrived.compare(source, 0, 4, sourceAt, sourceAt + 4) !== 0
    ) {
      if (performance.now() - start > DEADLINE_MS) throw new Error(`Packet ${n} of ${group} has not arrived.`);
    }
    times.push(1000 * (performance.now() - start));
    while (performance.now() < start + INTERVAL_MS);
  }
  return times;
}

const [sender = '', receiver = '', group = '', first, count] = process.argv.slice(2);
const sending = inside(sender, () => packetSocket(HOST_IFACE, 0));
const receiving = inside(receiver, () => packetSocket(HOST_IFACE, etherType));
process.stdout.write(JSON.stringify(measure(sending, receiving, group, Number(first), Number(count))));
