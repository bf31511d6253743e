/**
 * `mfc add`: puts the routes of a message into the kernel.
 */
import type { NodeAPI } from 'node-red';
import { registerFlowNode } from './flow-node';

export = (RED: NodeAPI): void => {
  registerFlowNode(RED, 'mfc add', (controller, payload, fields) => controller.add(payload, fields));
};
