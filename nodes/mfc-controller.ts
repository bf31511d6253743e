/**
 * The config node: has a controller as long as it has users, and tells them what that is doing.
 */
import { join } from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { Controller } from '../src/controller/controller';
import { statusOf } from './status';

interface ControllerConfig extends NodeDef {
  /** Number of the routing table; blank is the kernel's default one. */
  table: string;
}

export interface ControllerNode extends Node {
  /** Absent while no node uses this one. */
  controller?: Controller | undefined;
  /** The first user opens the controller. All users show its status. */
  register(user: Node): void;
  /** The last user to be removed from the flows closes the controller. */
  unregister(user: Node, removed: boolean): Promise<void>;
  /** A message came too late. In a deploy the Catch nodes may be gone before it fails, so the log has to tell. */
  refused(): void;
}

/** A status is for eyes: more often than this is only load. */
const STATUS_INTERVAL_MS = 250;

export = (RED: NodeAPI): void => {
  function ControllerNode(this: ControllerNode, config: ControllerConfig): void {
    RED.nodes.createNode(this, config);
    const stateFile = join(RED.settings.userDir ?? '.', `mfc-${encodeURIComponent(this.id)}.json`);
    const users = new Set<Node>();
    let timer: NodeJS.Timeout | undefined;

    const show = (): void => {
      timer = undefined;
      if (this.controller === undefined) return;
      for (const user of users) user.status(statusOf(this.controller.status));
    };

    const open = (): Controller => {
      const controller = new Controller({ stateFile, table: config.table });
      controller.on('status', () => {
        timer ??= setTimeout(show, STATUS_INTERVAL_MS);
      });
      controller.on('warning', (warning) => this.warn(warning.message));
      controller.open().catch((error: unknown) => this.error(error));
      return controller;
    };

    const close = async (): Promise<void> => {
      const { controller } = this;
      this.controller = undefined;
      clearTimeout(timer);
      timer = undefined;
      await controller?.close();
    };

    this.register = (user) => {
      users.add(user);
      this.controller ??= open();
      user.status(statusOf(this.controller.status));
    };
    this.unregister = async (user, removed) => {
      users.delete(user);
      if (users.size > 0) return;
      if (removed) return close();
      // A user that was changed comes back at once, and its routes must not blink. It may also have gone to another controller.
      RED.events.once('flows:started', () => {
        if (users.size === 0) void close();
      });
    };
    let refusals = 0;
    this.refused = () => {
      if (refusals++ > 0) return;
      setImmediate(() => {
        const messages = refusals === 1 ? '1 message was' : `${refusals} messages were`;
        this.warn(`${messages} not done, since the flow was stopped. Send again what is still wanted.`);
        refusals = 0;
      });
    };
    this.on('close', (done: () => void) => void close().finally(done));
  }

  RED.nodes.registerType('mfc-controller', ControllerNode);
};
