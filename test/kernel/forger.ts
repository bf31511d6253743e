// A host that sends IGMP and MLD as it likes, from any address: what no kernel would send.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type IpVersion, parseIpv4, parseIpv6, putIpv4, putIpv6 } from '../../src/abi/address';
import { HOST_IFACE } from '../lab/ip';
import type { Host } from '../lab/lab';
import type { Forgery } from './forger-program';

export class Forger {
  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    private readonly lines: Interface,
  ) {}

  /** On a host of the lab. */
  static behind(host: Host): Promise<Forger> {
    return Forger.start(host.pid, HOST_IFACE);
  }

  /** In the network namespace of a process. */
  static async start(pid: number, iface: string): Promise<Forger> {
    const program = [process.execPath, join(__dirname, 'forger-program.js'), iface];
    const child = spawn('nsenter', ['-t', String(pid), '-n', ...program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const forger = new Forger(child, createInterface(child.stdout));
    await once(forger.lines, 'line');
    return forger;
  }

  /** Resolves when the last has left. */
  async send(version: IpVersion, to: string, packets: readonly Uint8Array[], times = 1): Promise<void> {
    const texts = packets.map((bytes) => Buffer.from(bytes).toString('hex'));
    const forgery: Forgery = { version, to, packets: texts, times };
    const answer = once(this.lines, 'line');
    this.child.stdin.write(`${JSON.stringify(forgery)}\n`);
    await answer;
  }

  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.stdin.end();
    await exit;
  }
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

export interface Spoiled {
  /** Without the option that routers look at. */
  noAlert?: boolean;
  /** With another checksum than the right one. */
  checksum?: boolean;
}

/** An IPv4 packet with IGMP; the kernel writes the header's own checksum. */
export function igmpPacket(from: string, to: string, payload: string, spoiled: Spoiled = {}): Uint8Array {
  const message = hex(payload);
  message.writeUInt16BE(checksum(message) ^ (spoiled.checksum ? 1 : 0), 2);
  const header = Buffer.alloc(spoiled.noAlert ? 20 : 24);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(header.length + message.length, 2);
  header[8] = 1; // TTL
  header[9] = 2; // IGMP
  putIpv4(header, 12, parseIpv4(from));
  putIpv4(header, 16, parseIpv4(to));
  if (!spoiled.noAlert) header.writeUInt32BE(0x94040000, 20);
  return Buffer.concat([header, message]);
}

/** An IPv6 packet with MLD. */
export function mldPacket(from: string, to: string, payload: string, spoiled: Spoiled = {}): Uint8Array {
  const options = spoiled.noAlert ? Buffer.alloc(0) : hex('3a00 0502 0000 0100'); // hop by hop: Router Alert
  const message = hex(payload);
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(options.length + message.length, 4);
  header[6] = spoiled.noAlert ? 58 : 0; // what is next: ICMPv6, or hop by hop
  header[7] = 1; // hop limit
  putIpv6(header, 8, parseIpv6(from) ?? []);
  putIpv6(header, 24, parseIpv6(to) ?? []);
  const pseudo = Buffer.concat([header.subarray(8), Buffer.from([0, 0, 0, message.length, 0, 0, 0, 58]), message]);
  message.writeUInt16BE(checksum(pseudo) ^ (spoiled.checksum ? 1 : 0), 2);
  return Buffer.concat([header, options, message]);
}

/** RFC 1071, of bytes that have zeros where it goes. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
