/**
 * The config node: has a controller as long as it has users, and tells them what that is doing.
 */
import type { Node, NodeAPI } from 'node-red';
import type { Controller, ControllerOptions } from '../src/controller/controller';
import { claim, expect, GRACE_SECONDS, park, sweep } from '../src/controller/parking';
import type { MfcError } from '../src/errors';
import { serveAdmin } from './admin/admin';
import type { ControllerConfig, ControllerNode } from './controller-node';
import { noteRunning } from './running';
import { onStarted } from './started';
import { directoryOf, stateFileOf } from './state-file';
import { statusOf } from './status';

/** A status is for eyes: more often than this is only load. */
const STATUS_INTERVAL_MS = 250;

/** What settings.js may say. */
interface Settings {
  /** How long flows may take to start again, seconds. */
  mfcControllerGrace?: number;
}

function optionsOf(RED: NodeAPI, config: ControllerConfig): ControllerOptions {
  const directory = directoryOf(RED);
  const { id, allowedInterfaces, allowedGroups, allowedSources, maxRoutes, reservedRoutes, loops } = config;
  return {
    stateFile: stateFileOf(RED, id),
    table: config.table,
    meterInterval: config.meterInterval,
    watchInterfaces: config.watchInterfaces,
    rails: { allowedInterfaces, allowedGroups, allowedSources, maxRoutes, reservedRoutes, loops },
    keepForwarding: config.keepForwarding === true,
    keeping: { id, directory, seconds: config.keepSeconds },
  };
}

/** What no node has come for is not wanted any more. */
function sweepAll(): void {
  void sweep();
}

export = (RED: NodeAPI): void => {
  onStarted(RED, sweepAll);
  serveAdmin(RED);

  function ControllerNode(this: ControllerNode, config: ControllerConfig): void {
    RED.nodes.createNode(this, config);
    this.table = config.table;
    const options = optionsOf(RED, config);
    const { mfcControllerGrace: grace = GRACE_SECONDS } = RED.settings as Settings;
    // By id: where overlapping deploys make a node twice, Node-RED closes one of them.
    const users = new Map<string, Node>();
    let timer: NodeJS.Timeout | undefined;

    const show = (): void => {
      timer = undefined;
      if (this.controller === undefined) return;
      for (const user of users.values()) user.status(statusOf(RED, this.controller.status));
    };
    let hasFailed = false;
    const onStatus = (): void => {
      timer ??= setTimeout(show, STATUS_INTERVAL_MS);
      if (!hasFailed || this.controller?.status.state !== 'open') return;
      hasFailed = false;
      this.log('The routing table is open now.');
    };
    const onWarning = (warning: MfcError): void => this.warn(warning.message);

    const open = (): Controller => {
      const controller = claim(options);
      controller.on('status', onStatus);
      controller.on('warning', onWarning);
      controller.open().catch((error: unknown) => {
        if (this.controller !== controller) return; // a deploy came before it was open
        hasFailed = true;
        this.error(error);
      });
      return controller;
    };

    // Whether this is the end, Node-RED does not know: a node that moves out of a deleted flow is `removed` and comes back at once.
    const leave = (): void => {
      const { controller } = this;
      if (controller === undefined) return;
      this.controller = undefined;
      controller.off('status', onStatus);
      controller.off('warning', onWarning);
      clearTimeout(timer);
      timer = undefined;
      park(controller, options, grace);
    };

    this.register = (user) => {
      users.set(user.id, user);
      this.controller ??= open();
      user.status(statusOf(RED, this.controller.status));
    };
    this.unregister = (user) => {
      users.delete(user.id);
      if (users.size === 0) leave();
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
    this.on('close', leave);
    noteRunning(this);
    expect(options);
  }

  RED.nodes.registerType('mfc-controller', ControllerNode);
};
