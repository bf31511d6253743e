/**
 * The least that is an MQTT broker: it passes on what is published to those who subscribed to the topic, without wildcards.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';

export class Broker {
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #subscribers = new Map<Socket, Set<string>>();
  /** Called with everything that is published. */
  onPublish: (topic: string, payload: string) => void = () => undefined;

  static async open(port: number): Promise<Broker> {
    const broker = new Broker();
    broker.#server.listen(port, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  async close(): Promise<void> {
    for (const socket of this.#subscribers.keys()) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get topics(): string[] {
    return Array.from(this.#subscribers.values(), (topics) => Array.from(topics)).flat();
  }

  #serve(socket: Socket): void {
    const topics = new Set<string>();
    this.#subscribers.set(socket, topics);
    const reading = parser();
    const answer = (packet: Packet) => void socket.write(generate(packet));
    reading.on('packet', (packet: Packet) => {
      const { cmd, messageId = 0 } = packet;
      if (cmd === 'connect') answer({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      if (cmd === 'pingreq') answer({ cmd: 'pingresp' });
      if (cmd === 'subscribe') {
        for (const { topic } of packet.subscriptions) topics.add(topic);
        answer({ cmd: 'suback', messageId, granted: packet.subscriptions.map(() => 0) });
      }
      if (cmd === 'unsubscribe') answer({ cmd: 'unsuback', messageId, granted: [] });
      if (cmd === 'publish') {
        if (packet.qos === 1) answer({ cmd: 'puback', messageId });
        this.#pass(packet);
      }
    });
    socket.on('data', (data: Buffer) => reading.parse(data));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#subscribers.delete(socket));
  }

  #pass({ topic, payload }: IPublishPacket): void {
    this.onPublish(topic, String(payload));
    const packet = generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
    for (const [socket, topics] of this.#subscribers) if (topics.has(topic)) socket.write(packet);
  }
}
