/**
 * `mfc event`: sends a message for each event of its controller that it is set to.
 */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { ControllerNode } from './controller-node';
import { noController } from './flow-node';
import { onStarted } from './started';
import { badFilter, statusOf } from './status';

interface EventConfig extends NodeDef {
  /** Id of the config node. */
  controller: string;
  /** Kinds; none means all but `rates`. */
  events?: string[];
  source?: string;
  group?: string;
  interface?: string;
}

/** What nodes do when all flows have started: before that, a message may find nobody at the end of its wire. */
const starting = new Set<() => void>();

function startAll(): void {
  for (const start of starting) start();
  starting.clear();
}

export = (RED: NodeAPI): void => {
  onStarted(RED, startAll);

  function EventNode(this: Node, config: EventConfig): void {
    RED.nodes.createNode(this, config);
    const owner = RED.nodes.getNode(config.controller) as ControllerNode | null;
    if (owner === null) {
      this.status(statusOf(RED, { state: 'closed', routes: 0, pending: 0, degraded: 0, error: noController() }));
      return;
    }
    owner.register(this);
    try {
      const { events, source, group, interface: link } = config;
      const subscription = owner.controller?.subscribe({ events, source, group, interface: link }, this.id);
      const listen = (): void => {
        subscription?.listen((event) => this.send({ topic: event.event, payload: event }));
      };
      starting.add(listen);
      this.on('close', () => {
        starting.delete(listen);
        subscription?.end();
        owner.unregister(this);
      });
    } catch (error) {
      owner.unregister(this);
      this.status(badFilter(RED));
      this.error(error);
    }
  }

  RED.nodes.registerType('mfc event', EventNode);
};
