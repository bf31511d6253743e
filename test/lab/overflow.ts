// What a receiving socket had no room for, because nobody read in time. It has come all the same: a receiver that a busy machine lets wait
// is no loss on the way. The room is what net.core.rmem_max allows, a few hundred packets by default.

import type { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';

export class Overflow {
  readonly #socket: Socket;
  #known = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** How many packets nobody has counted yet. */
  get fresh(): number {
    return this.#look().drops - this.#known;
  }

  /** Counts so many of them, if there are; answers how many. */
  take(most: number): number {
    const taken = Math.min(most, this.fresh);
    this.#known += taken;
    return taken;
  }

  /** How many there are at the end of all that has come: 0 as long as what did find room is not read. */
  get last(): number {
    const { waiting, drops } = this.#look();
    return waiting > 0 ? 0 : drops - this.#known;
  }

  // /proc/net/udp: "sl local_address:port rem_address st tx_queue:rx_queue … drops", numbers in hex but for the drops.
  #look(): { waiting: number; drops: number } {
    const { family, port } = this.#socket.address();
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const text = readFileSync(`/proc/net/${family === 'IPv6' ? 'udp6' : 'udp'}`, 'utf8');
    const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
    const own = lines.filter(([, address]) => address?.endsWith(`:${hex}`));
    return {
      waiting: own.reduce((sum, [, , , , queues]) => sum + Number.parseInt(queues?.split(':')[1] ?? '', 16), 0),
      drops: own.reduce((sum, columns) => sum + Number(columns.at(-1)), 0),
    };
  }
}
