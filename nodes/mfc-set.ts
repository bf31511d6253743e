/**
 * `mfc set`: makes the whole table, or the whole of one label, what a message says.
 */
import type { NodeAPI } from 'node-red';
import { registerFlowNode } from './flow-node';

export = (RED: NodeAPI): void => {
  registerFlowNode(RED, 'mfc set', (controller, payload, fields) => controller.set(payload, fields));
};
