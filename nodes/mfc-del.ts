/**
 * `mfc del`: takes the routes of a message, or some of their outputs, out of the kernel.
 */
import type { NodeAPI } from 'node-red';
import { registerFlowNode } from './flow-node';

export = (RED: NodeAPI): void => {
  registerFlowNode(RED, 'mfc del', (controller, payload, fields) => controller.del(payload, fields));
};
