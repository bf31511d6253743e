// Streams and viewers that anybody can switch: a UDP datagram with the text "off" or "on", "leave" or "join". So a flow can have its
// camera fail, and its viewers come and go.

import { createSocket } from 'node:dgram';
import type { Receiver } from './receiver';
import { Stream, type StreamOptions } from './sender';

type Words = Record<string, () => Promise<void>>;

/** Sends until told otherwise. */
export async function startCamera(
  port: number,
  group: string,
  numberOf: () => number,
  iface: string,
  options: StreamOptions,
): Promise<void> {
  let stream: Stream | undefined = await Stream.open(group, numberOf(), iface, options);
  await obey(port, {
    async off() {
      await stream?.stop();
      stream = undefined;
    },
    async on() {
      stream ??= await Stream.open(group, numberOf(), iface, options);
    },
  });
}

/** Has joined until told otherwise. */
export async function startViewer(port: number, group: string, receiver: Receiver): Promise<void> {
  await receiver.join(group);
  let hasJoined = true;
  const leave = async (): Promise<void> => {
    if (hasJoined) await receiver.leave(group);
    hasJoined = false;
  };
  await obey(port, {
    leave,
    // Once more if it has: it may have joined before anybody listened, and where no querier asks, hosts do not repeat it.
    async join() {
      await leave();
      await receiver.join(group);
      hasJoined = true;
    },
  });
}

/** One word after the other, in the order in which they come. */
async function obey(port: number, words: Words): Promise<void> {
  const socket = createSocket('udp4');
  let done = Promise.resolve();
  socket.on('message', (text) => {
    done = done.then(() => words[String(text)]?.());
  });
  await new Promise<void>((resolve) => socket.bind(port, resolve));
}
