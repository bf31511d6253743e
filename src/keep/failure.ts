/**
 * The errors of keeping that are not the kernel's answer.
 */
import { MfcError } from '../errors';

/** The error for a file that could not be made or removed; one of ours stays as it is. */
export function fileFailed(error: unknown): MfcError {
  if (error instanceof MfcError) return error;
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  return new MfcError('ERR_MFC_STORE', `The routes cannot be kept: ${message}.`, {
    ...(code === undefined ? {} : { errno: code }),
    ...(syscall === undefined ? {} : { syscall }),
    hint: "Let the user that Node-RED runs as write in Node-RED's user directory.",
  });
}

/** The drop-in for the service that makes the service manager keep sockets. */
const DROP_IN =
  "Run 'sudo systemctl edit' for that service, add the lines [Service] and FileDescriptorStoreMax=64, then restart the service; " +
  'where a script starts Node-RED, also NotifyAccess=all.';

/** The service manager's store is not offered, and a holder would be ended together with the service. */
export function noStore(service: string): MfcError {
  return new MfcError('ERR_MFC_STORE', `The service manager keeps no sockets for ${service}.`, { hint: DROP_IN });
}

export function storeRefused(): MfcError {
  return new MfcError('ERR_MFC_STORE', 'The service manager did not keep the socket: its store is full.', {
    hint: 'Give FileDescriptorStoreMax= in the unit a higher number and restart the service.',
  });
}

export function storeSilent(): MfcError {
  return new MfcError('ERR_MFC_STORE', 'The service manager does not answer.', {
    hint: "Look at 'systemctl status' and try again.",
  });
}

/** Another living process has what is kept. */
export function served(pid: number): MfcError {
  const who = pid > 0 ? `the process with pid ${pid}` : 'a process in another container';
  return new MfcError('ERR_MFC_TABLE_IN_USE', `The kept routes of this controller belong to ${who}.`, {
    value: pid,
    hint: 'Two Node-REDs run with this user directory: stop one of them.',
  });
}

export function foreignHolder(uid: number): MfcError {
  return new MfcError('ERR_MFC_PERMISSION', `The process that keeps the routes runs as another user (uid ${uid}).`, {
    value: uid,
    hint: 'Start Node-RED as that user, or end that process.',
  });
}

export function holderFailed(what: string): MfcError {
  return new MfcError('ERR_MFC_STORE', `The process that keeps the routes ${what}.`, {
    hint: 'The routes are in the kernel, but would not outlive Node-RED. Restart the flow to try again.',
  });
}
