// A stream that anybody can switch: a UDP datagram with the text "off" or "on". So a flow can have its camera fail.

import { createSocket } from 'node:dgram';
import { Stream, type StreamOptions } from './sender';

export async function startRemote(
  port: number,
  group: string,
  numberOf: () => number,
  iface: string,
  options: StreamOptions,
): Promise<void> {
  let stream: Stream | undefined = await Stream.open(group, numberOf(), iface, options);
  const socket = createSocket('udp4');
  socket.on('message', async (text) => {
    if (String(text) === 'off') {
      await stream?.stop();
      stream = undefined;
    } else if (String(text) === 'on') {
      stream ??= await Stream.open(group, numberOf(), iface, options);
    }
  });
  await new Promise<void>((resolve) => socket.bind(port, resolve));
}
