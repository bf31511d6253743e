/**
 * `mfc add`: puts the routes of a message into the kernel.
 */
import type { NodeAPI } from 'node-red';
import { type FlowNodeConfig, fieldsOf, registerFlowNode } from './flow-node';

interface AddConfig extends FlowNodeConfig {
  source: string;
  group: string;
  iif: string;
  oifs: string;
  threshold: string;
  label: string;
  dryRun: boolean;
}

export = (RED: NodeAPI): void => {
  registerFlowNode<AddConfig>(RED, 'mfc add', (config) => {
    const fields = fieldsOf(config, ['source', 'group', 'iif', 'oifs', 'threshold', 'label']);
    if ('threshold' in fields) fields.threshold = Number(fields.threshold);
    if (config.dryRun) fields.dry_run = true;
    return (controller, payload) => controller.add(payload, fields);
  });
};
