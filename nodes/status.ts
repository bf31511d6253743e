/**
 * What the controller is doing, as the few words under a node.
 */
import type { NodeStatus } from 'node-red';
import type { Status } from '../src/controller/answers';
import { type ErrorCode, MfcError } from '../src/errors';

const REASONS: Partial<Record<ErrorCode, string>> = {
  ERR_MFC_INVALID: 'bad setting',
  ERR_MFC_PERMISSION: 'right missing',
  ERR_MFC_TABLE_IN_USE: 'table in use',
  ERR_MFC_UNSUPPORTED: 'not supported',
  ERR_MFC_STORE: 'state file',
  ERR_MFC_NOT_OPEN: 'no controller',
};

export function statusOf({ state, routes, pending, degraded, error }: Status): NodeStatus {
  if (state === 'opening') return { fill: 'yellow', shape: 'ring', text: 'opening' };
  if (state === 'closed') return { fill: 'red', shape: 'ring', text: closedText(error) };
  const text = `open · ${routes} ${routes === 1 ? 'route' : 'routes'}`;
  if (pending > 0) return { fill: 'yellow', shape: 'ring', text: `${text}, ${pending} pending` };
  if (degraded > 0) return { fill: 'yellow', shape: 'dot', text: `${text}, ${degraded} degraded` };
  return { fill: 'green', shape: 'dot', text };
}

function closedText(error: Error | undefined): string {
  if (error === undefined) return 'closed';
  return `closed: ${(error instanceof MfcError && REASONS[error.code]) || 'see log'}`;
}
