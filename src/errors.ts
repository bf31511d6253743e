/**
 * The one error type of the package and its codes.
 *
 * A flow's Catch node sees `error.message`, `error.code` and `error.cause`; all three are part of the contract with users.
 * The message says what is wrong and ends with what to do next. This file knows no other layer.
 */

export type ErrorCode =
  /** The message is not a valid route; the cause names the field and the value. */
  | 'ERR_MFC_INVALID'
  /** No such interface. */
  | 'ERR_MFC_NO_INTERFACE'
  /** The interface cannot multicast, or is a loopback. */
  | 'ERR_MFC_NOT_MULTICAST'
  /** Delete of a route, or of an output, that is not there. */
  | 'ERR_MFC_NO_ROUTE'
  /** A guard rail of the controller forbids it; the cause names the rule. */
  | 'ERR_MFC_DENIED'
  /** All 32 VIF numbers are taken. */
  | 'ERR_MFC_VIFS_EXHAUSTED'
  /** A capability is missing. */
  | 'ERR_MFC_PERMISSION'
  /** Another socket owns the routing table. */
  | 'ERR_MFC_TABLE_IN_USE'
  /** Not Linux, or a kernel without multicast routing. */
  | 'ERR_MFC_UNSUPPORTED'
  /** The controller is not open. */
  | 'ERR_MFC_NOT_OPEN'
  /** The state file could not be read or saved. */
  | 'ERR_MFC_STORE'
  /** The kernel refused for any other reason; the cause names errno and call. */
  | 'ERR_MFC_SYSCALL';

export interface ErrorCause {
  /** Name of the kernel's error, such as `EADDRINUSE`. */
  errno?: string;
  /** The call that failed, such as `MRT_ADD_VIF`. */
  syscall?: string;
  /** The field of the message at fault, such as `payload[3].oifs[1]`. */
  field?: string;
  /** What the field held. */
  value?: unknown;
  /** The guard rail that was overstepped: the controller's property, such as `allowedGroups`. */
  rule?: string;
  /** What to do next; also the end of the message. */
  hint?: string;
}

export class MfcError extends Error {
  override readonly name = 'MfcError';
  readonly code: ErrorCode;
  override readonly cause: ErrorCause;

  constructor(code: ErrorCode, what: string, cause: ErrorCause = {}) {
    super(cause.hint === undefined ? what : `${what} ${cause.hint}`);
    this.code = code;
    this.cause = cause;
  }

  /** The message without its hint. */
  get what(): string {
    const { hint } = this.cause;
    return hint === undefined ? this.message : this.message.slice(0, -hint.length - 1);
  }

  /** Node-RED makes the Catch node's `error.message` of this; the name of a class would say nothing there. */
  override toString(): string {
    return this.message;
  }
}

/** Whether an error is the kernel's answer `errno`. */
export function isErrno(error: unknown, errno: string): boolean {
  return error instanceof MfcError && error.cause.errno === errno;
}

/** What was thrown, as a text: code of others may throw what is no error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
