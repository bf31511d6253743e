/**
 * `mfc del`: takes the routes of a message, or some of their outputs, out of the kernel.
 */
import type { NodeAPI } from 'node-red';
import { type FlowNodeConfig, fieldsOf, registerFlowNode } from './flow-node';

interface DelConfig extends FlowNodeConfig {
  source: string;
  group: string;
  iif: string;
  oifs: string;
  dryRun: boolean;
}

export = (RED: NodeAPI): void => {
  registerFlowNode<DelConfig>(RED, 'mfc del', (config) => {
    const fields = fieldsOf(config, ['source', 'group', 'iif', 'oifs']);
    if (config.dryRun) fields.dry_run = true;
    return (controller, payload) => controller.del(payload, fields);
  });
};
