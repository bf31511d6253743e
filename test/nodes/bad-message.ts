/**
 * How the tables of bad messages are written: what is sent, and which failure it must lead to.
 */
import type { ErrorCode } from '../../src/errors';

export interface BadMessage {
  /** What is bad about it. */
  readonly name: string;
  readonly payload: unknown;
  readonly code: ErrorCode;
  /** The field that the error's cause names. */
  readonly field: string;
  /** How the error's message starts. */
  readonly says: string;
}

/** A route that could be added, in the interfaces of the tests, and is not there. */
export const GOOD = { source: '10.1.1.6', group: '239.1.1.2', iif: 'eth1', oifs: ['eth2'] };
export const GOOD_IPV6 = { source: 'fd00::6', group: 'ff3e::2', iif: 'eth1', oifs: ['eth2'] };
/** The route that is there while bad messages come. */
export const PRESENT = { source: '10.1.1.5', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2', 'eth3'] };

/** A message that ERR_MFC_INVALID answers. */
export function invalid(name: string, payload: unknown, field: string, what: string): BadMessage {
  return { name, payload, code: 'ERR_MFC_INVALID', field, says: `Invalid argument: ${field} ${what}` };
}

/** `GOOD` with other values in one or more fields. */
export function changed(fields: object): object {
  return { ...GOOD, ...fields };
}

/** An object from JSON text: the only way to the key `__proto__`. */
export function json(text: string): unknown {
  return JSON.parse(text);
}
