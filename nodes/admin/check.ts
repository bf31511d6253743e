/**
 * `POST mfc/check`: whether a controller with this table would open, for the controller's form.
 */
import type { NodeAPI } from 'node-red';
import { checkTable } from '../../src/controller/check';
import { isParked, isSameTable } from '../../src/controller/parking';
import { MfcError } from '../../src/errors';
import { findRunning } from '../running';
import { stateFileOf } from '../state-file';
import { bodyOf } from './endpoints';

interface CheckRequest {
  /** Id of the controller, if it has one already. */
  id?: unknown;
  /** As the form has it: a number, `${NAME}` of an environment variable, or blank. */
  table?: unknown;
}

export type CheckAnswer = { ok: true; message: string } | { ok: false; error: object };

export function check(RED: NodeAPI, body: CheckRequest): CheckAnswer {
  const id = typeof body.id === 'string' ? body.id : '';
  const text = textOf(body.table ?? '');
  const table = tableOf(RED, id, text);
  try {
    return {
      ok: true,
      message: isOwn(RED, id, table) ? 'This controller is open with this table.' : checkTable(table),
    };
  } catch (error) {
    return { ok: false, ...bodyOf(table === text ? error : withoutValue(error, text)) };
  }
}

/** Whether the controller has the table already: nobody else could open it then. */
function isOwn(RED: NodeAPI, id: string, table: string): boolean {
  const node = findRunning(id);
  if (node === undefined) return isParked({ stateFile: stateFileOf(RED, id), table });
  return node.controller?.status.state === 'open' && isSameTable(node, { table });
}

/** As Node-RED does it when it starts a node. */
function tableOf(RED: NodeAPI, id: string, text: string): string {
  const [, name] = /^\$\{(\S+)\}$/.exec(text.trim()) ?? [];
  if (name === undefined) return text;
  const node = findRunning(id);
  const value: unknown = node === undefined ? process.env[name] : RED.util.getSetting(node, name);
  return value === undefined ? text : String(value);
}

/** Who may try a table may not read the environment. */
function withoutValue(error: unknown, variable: string): unknown {
  if (!(error instanceof MfcError) || error.code !== 'ERR_MFC_INVALID') return error;
  const { field, hint } = error.cause;
  const what = `Invalid argument: the value of ${variable.trim()} is no table.`;
  return new MfcError('ERR_MFC_INVALID', what, { value: variable, ...(field && { field }), ...(hint && { hint }) });
}

/** What is neither text nor number is no table, whatever it would be as a text. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
