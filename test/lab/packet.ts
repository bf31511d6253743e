// The packets of the lab: what a sender writes and a receiver counts by. Pure.
//
//  offset size
//   0     4   "MFC1"
//   4     4   stream: one number per stream of a host
//   8     4   sequence number, from 0 in every stream
//  12     1   length of the group's text
//  13     n   group, as text: a receiving socket cannot tell to which group a packet was sent
//
// A marker is a packet of stream 0 that a receiver sends to itself.

const MAGIC = 0x4d464331;
const HEADER = 13;
/** Room for the longest IPv6 group. */
export const MIN_SIZE = 64;

export interface Packet {
  stream: number;
  sequence: number;
  group: string;
}

/** A packet of `size` bytes, at least MIN_SIZE, to be numbered with `setSequence`. */
export function encodePacket(packet: Packet, size = MIN_SIZE): Buffer {
  const bytes = Buffer.alloc(Math.max(size, MIN_SIZE));
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(packet.stream, 4);
  bytes.writeUInt32BE(packet.sequence, 8);
  bytes.writeUInt8(packet.group.length, 12);
  bytes.write(packet.group, HEADER, 'latin1');
  return bytes;
}

/** Numbers the packet at `at` anew. */
export function setSequence(bytes: Buffer, at: number, sequence: number): void {
  bytes.writeUInt32BE(sequence, at + 8);
}

/** What `bytes` say, or undefined if they are no packet of the lab. */
export function decodePacket(bytes: Buffer): Packet | undefined {
  if (bytes.length < MIN_SIZE || bytes.readUInt32BE(0) !== MAGIC) return undefined;
  return {
    stream: bytes.readUInt32BE(4),
    sequence: bytes.readUInt32BE(8),
    group: bytes.toString('latin1', HEADER, HEADER + bytes.readUInt8(12)),
  };
}
