/**
 * What the flow nodes have in common: they ask their controller for one thing per message and pass its answer on.
 *
 * `done` is called once per message, with the error if there is one: a Catch node gets it, and nothing is sent.
 */
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { Controller } from '../src/controller/controller';
import { closed } from '../src/controller/installer';
import { MfcError } from '../src/errors';
import type { ControllerNode } from './controller-node';
import { type FieldsConfig, fieldsOf } from './fields';
import { statusOf } from './status';

export interface FlowNodeConfig extends NodeDef, FieldsConfig {
  /** Id of the config node. */
  controller: string;
}

/** Registers a type whose nodes answer each message with what `act` makes of it. */
export function registerFlowNode<Config extends FlowNodeConfig = FlowNodeConfig>(
  RED: NodeAPI,
  type: string,
  act: (controller: Controller, payload: unknown, fields: Record<string, unknown>, config: Config) => Promise<unknown>,
): void {
  function FlowNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const owner = RED.nodes.getNode(config.controller) as ControllerNode | null;
    const fields = fieldsOf(config);

    const answer = async (msg: NodeMessageInFlow, send: (msg: NodeMessageInFlow) => void): Promise<void> => {
      if (owner === null) throw noController();
      if (owner.controller === undefined) throw closed();
      msg.payload = await act(owner.controller, msg.payload, fields, config);
      send(msg);
    };

    this.on('input', async (msg: NodeMessageInFlow, send, done) => {
      let failure: Error | undefined;
      try {
        await answer(msg, send);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        if (owner !== null && error instanceof MfcError && error.code === 'ERR_MFC_NOT_OPEN') owner.refused();
      }
      try {
        done(failure);
      } catch (error) {
        // Node-RED copies the message for Catch and Complete nodes, and there are objects that cannot be copied.
        this.error(failure ?? error, { _msgid: msg._msgid });
      }
    });

    if (owner === null) {
      this.status(statusOf(RED, { state: 'closed', routes: 0, pending: 0, degraded: 0, error: noController() }));
      return;
    }
    owner.register(this);
    this.on('close', () => owner.unregister(this));
  }

  RED.nodes.registerType(type, FlowNode);
}

/** Why a node does nothing. */
export function noController(): MfcError {
  return new MfcError('ERR_MFC_NOT_OPEN', 'This node has no controller, or it is disabled.', {
    field: 'controller',
    hint: 'Open the node, select or enable one, and deploy.',
  });
}
