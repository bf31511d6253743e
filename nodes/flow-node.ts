/**
 * What the flow nodes have in common: they ask their controller for one thing per message and pass its answer on.
 *
 * `done` is called once per message, with the error if there is one: a Catch node gets it, and nothing is sent.
 */
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { Controller } from '../src/controller/controller';
import { MfcError } from '../src/errors';
import type { ControllerNode } from './mfc-controller';
import { statusOf } from './status';

export interface FlowNodeConfig extends NodeDef {
  /** Id of the config node. */
  controller: string;
}

/** The node's own fields in the words of a message; those left blank are absent. */
export function fieldsOf(config: object, names: readonly string[]): Record<string, unknown> {
  const set = Object.entries(config)
    .map(([name, value]): [string, unknown] => [name, typeof value === 'string' ? value.trim() : value])
    .filter(([name, value]) => names.includes(name) && value !== '' && value !== undefined && value !== null);
  return Object.fromEntries(set);
}

/** Registers a type whose nodes answer each message with what `act` makes of it. */
export function registerFlowNode<Config extends FlowNodeConfig>(
  RED: NodeAPI,
  type: string,
  act: (config: Config) => (controller: Controller, payload: unknown) => Promise<unknown>,
): void {
  function FlowNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const owner = RED.nodes.getNode(config.controller) as ControllerNode | null;
    const ask = act(config);

    this.on('input', async (msg: NodeMessageInFlow, send, done) => {
      try {
        if (owner?.controller === undefined) throw noController();
        msg.payload = await ask(owner.controller, msg.payload);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      send(msg);
      done();
    });

    if (owner === null) {
      this.status(statusOf({ state: 'closed', routes: 0, pending: 0, error: noController() }));
      return;
    }
    owner.register(this);
    this.on('close', (removed: boolean, done: () => void) => {
      void owner.unregister(this, removed).finally(done);
    });
  }

  RED.nodes.registerType(type, FlowNode);
}

function noController(): MfcError {
  return new MfcError('ERR_MFC_NOT_OPEN', 'This node has no controller.', {
    field: 'controller',
    hint: 'Open the node, select one and deploy.',
  });
}
