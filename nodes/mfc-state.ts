/**
 * `mfc state`: answers any message with the routes, the VIFs and their counters, as an object or as text.
 */
import type { NodeAPI } from 'node-red';
import { formatState } from '../src/controller/text';
import { type FlowNodeConfig, registerFlowNode } from './flow-node';

interface StateConfig extends FlowNodeConfig {
  /** `object` or `table`. */
  output: string;
}

export = (RED: NodeAPI): void => {
  registerFlowNode<StateConfig>(RED, 'mfc state', async (controller, payload, fields, { output }) => {
    const state = await controller.state(payload, fields);
    return output === 'table' ? formatState(state) : state;
  });
};
