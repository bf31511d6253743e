/**
 * Endpoints of Node-RED's admin API, each behind a permission: they take JSON and answer JSON, failures too.
 */
import type { NodeAPI } from 'node-red';
import { type ErrorCode, MfcError, messageOf } from '../../src/errors';
import { NoSuchController } from '../running';

type Handler = ReturnType<NodeAPI['auth']['needsPermission']>;
export type Request = Parameters<Handler>[0];
type Response = Parameters<Handler>[1];

/** What an endpoint answers to a request, or a promise of that. What it throws is told. */
export type Answer = (request: Request) => unknown;

/** What is not here is 500. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  ERR_MFC_INVALID: 400,
  ERR_MFC_NO_INTERFACE: 400,
  ERR_MFC_NOT_MULTICAST: 400,
  ERR_MFC_DENIED: 403,
  ERR_MFC_NO_ROUTE: 404,
  ERR_MFC_VIFS_EXHAUSTED: 409,
  ERR_MFC_TABLE_IN_USE: 409,
  ERR_MFC_PERMISSION: 503,
  ERR_MFC_UNSUPPORTED: 503,
  ERR_MFC_NOT_OPEN: 503,
};

export class Endpoints {
  constructor(private readonly RED: NodeAPI) {}

  /** Who may read may ask. */
  read(path: string, answer: Answer): void {
    const { httpAdmin, auth } = this.RED;
    httpAdmin.get(path, auth.needsPermission('mfc.read'), this.respond(answer));
  }

  /** Who may write may ask. It is noted in Node-RED's audit log. */
  write(path: string, answer: Answer): void {
    const { httpAdmin, auth, log } = this.RED;
    const event = path.slice(1).replace('/:id', '').replaceAll('/', '.');
    const audited = (request: Request): unknown => {
      const entry = { level: log.AUDIT, event }; // who it was, and the path with the id, come from the request
      log.audit(entry, request);
      return answer(request);
    };
    httpAdmin.post(path, auth.needsPermission('mfc.write'), onlyJson, this.respond(audited));
  }

  private respond(answer: Answer): Handler {
    return async (request, response) => {
      try {
        send(response, 200, await answer(request));
      } catch (error) {
        if (!(error instanceof MfcError)) this.RED.log.error(error);
        send(response, statusOf(error), bodyOf(error));
      }
    };
  }
}

/** A page of another site can send forms and texts without asking the browser's user; JSON it cannot. */
const onlyJson: Handler = (request, response, next) => {
  if (request.is('application/json')) return next();
  const error = new MfcError('ERR_MFC_INVALID', 'The body is not JSON.', {
    hint: "Send it with 'Content-Type: application/json'.",
  });
  send(response, 415, bodyOf(error));
};

/** Not by Express's own `json`, which computes a checksum of the answer: thousands of routes have a long one, and it is never the same. */
function send(response: Response, status: number, body: unknown): void {
  response.status(status).type('json').set('Cache-Control', 'no-store').end(JSON.stringify(body));
}

function statusOf(error: unknown): number {
  if (error instanceof NoSuchController) return 404;
  return (error instanceof MfcError && STATUSES[error.code]) || 500;
}

/** What a failure answers: `{error: {code, message, …}}`. */
export function bodyOf(error: unknown): { error: object } {
  if (error instanceof MfcError) return { error: { code: error.code, message: error.message, ...error.cause } };
  return { error: { code: 'ERR_MFC_SYSCALL', message: messageOf(error) } };
}
