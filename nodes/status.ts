/**
 * What the controller is doing, as the few words under a node, in the language of the server: they have numbers, which the editor,
 * where each user has a language, cannot put into its own texts.
 */
import type { NodeAPI, NodeStatus } from 'node-red';
import type { Status } from '../src/controller/answers';
import { type ErrorCode, MfcError } from '../src/errors';

const TEXTS = '@mroute/node-red-mfc/mfc-controller:mfc-controller.status';

/** Why a controller is closed: keys of the catalog. */
export const REASONS: Partial<Record<ErrorCode, string>> = {
  ERR_MFC_INVALID: 'setting',
  ERR_MFC_PERMISSION: 'right',
  ERR_MFC_TABLE_IN_USE: 'in-use',
  ERR_MFC_UNSUPPORTED: 'unsupported',
  ERR_MFC_STORE: 'store',
  ERR_MFC_NOT_OPEN: 'no-controller',
};

/** The status of a node whose filter says nothing that the controller understands. */
export function badFilter(RED: NodeAPI): NodeStatus {
  return { fill: 'red', shape: 'ring', text: RED._(`${TEXTS}.bad-filter`) };
}

export function statusOf(RED: NodeAPI, { state, routes, pending, degraded, error }: Status): NodeStatus {
  if (state === 'opening') return { fill: 'yellow', shape: 'ring', text: RED._(`${TEXTS}.opening`) };
  if (state === 'closed') return { fill: 'red', shape: 'ring', text: closedText(RED, error) };
  const open = RED._(`${TEXTS}.open`, { count: routes });
  if (pending > 0) return { fill: 'yellow', shape: 'ring', text: RED._(`${TEXTS}.pending`, { open, pending }) };
  if (degraded > 0) return { fill: 'yellow', shape: 'dot', text: RED._(`${TEXTS}.degraded`, { open, degraded }) };
  return { fill: 'green', shape: 'dot', text: open };
}

function closedText(RED: NodeAPI, error: Error | undefined): string {
  if (error === undefined) return RED._(`${TEXTS}.closed`);
  const reason = (error instanceof MfcError && REASONS[error.code]) || 'see-log';
  return RED._(`${TEXTS}.closed-because`, { reason: RED._(`${TEXTS}.reason.${reason}`) });
}
