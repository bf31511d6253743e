/**
 * `mfc state`: answers any message with the routes, the VIFs and their counters, as an object or as text.
 */
import type { NodeAPI } from 'node-red';
import { formatState } from '../src/controller/text';
import { type FlowNodeConfig, fieldsOf, registerFlowNode } from './flow-node';

interface StateConfig extends FlowNodeConfig {
  source: string;
  group: string;
  iif: string;
  /** `object` or `table`. */
  output: string;
}

export = (RED: NodeAPI): void => {
  registerFlowNode<StateConfig>(RED, 'mfc state', (config) => {
    const fields = fieldsOf(config, ['source', 'group', 'iif']);
    return async (controller, payload) => {
      const state = await controller.state(payload, fields);
      return config.output === 'table' ? formatState(state) : state;
    };
  });
};
