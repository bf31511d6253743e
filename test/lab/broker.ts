// An MQTT broker on the loopback of this process's network namespace, for flows that expect one on localhost.

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { Aedes, PublishPacket, Subscription } from 'aedes';

export class Broker {
  readonly #aedes: Aedes;
  readonly #server: Server;
  /** What clients are subscribed to. */
  readonly topics = new Set<string>();
  /** Called with everything that clients publish. */
  onPublish: (topic: string, payload: string, retain: boolean) => void = () => undefined;

  private constructor(aedes: Aedes) {
    this.#aedes = aedes;
    this.#server = createServer(aedes.handle);
    aedes.on('subscribe', (subscriptions: Subscription[]) => {
      for (const { topic } of subscriptions) this.topics.add(topic);
    });
    aedes.on('unsubscribe', (topics: string[]) => {
      for (const topic of topics) this.topics.delete(topic);
    });
    aedes.on('publish', ({ topic, payload, retain }: PublishPacket, client) => {
      if (client !== null) this.onPublish(topic, String(payload), retain);
    });
  }

  static async open(port: number): Promise<Broker> {
    const { Aedes } = await import('aedes'); // an ES module
    const broker = new Broker(await Aedes.createBroker());
    broker.#server.listen(port, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  /** To all who subscribed, as from another client. */
  async publish(topic: string, payload: string): Promise<void> {
    const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
    await new Promise<void>((resolve, reject) => {
      this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends all connections too. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await closed;
  }
}
