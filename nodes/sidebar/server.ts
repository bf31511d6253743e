/**
 * Requests to the admin endpoints of the package. A failure is an Error with a sentence for people.
 */
import type { ServerError } from './answers.js';
import { say } from './words.js';

const TIMEOUT_MS = 10_000;

export interface Answer<Body> {
  readonly body: Body;
  /** The server's time, milliseconds since the epoch: its clock and the browser's may differ. */
  readonly now: number;
}

/** What is wrong and what to do, once each. */
export function sentenceOf({ message, hint }: ServerError): string {
  return hint === undefined || message.includes(hint) ? message : `${message} ${hint}`;
}

/** @param path with its query */
export function read<Body>(path: string): Promise<Answer<Body>> {
  return request('GET', path);
}

/** Changes something: `payload` as the node of the same name takes it. */
export function write<Body>(path: string, payload: object): Promise<Answer<Body>> {
  return request('POST', path, payload);
}

function request<Body>(method: 'GET' | 'POST', path: string, payload?: object): Promise<Answer<Body>> {
  return new Promise((resolve, reject) => {
    $.ajax({
      method,
      url: `mfc/${path}`,
      timeout: TIMEOUT_MS,
      dataType: 'json',
      ...(payload && { contentType: 'application/json', data: JSON.stringify(payload) }),
      success: (body, _status, reply) => {
        const date = Date.parse(reply.getResponseHeader('Date') ?? '');
        resolve({ body: body as Body, now: Number.isNaN(date) ? Date.now() : date });
      },
      error: ({ status, responseJSON }) => {
        const error = serverError(responseJSON);
        reject(new Error(error === undefined ? reasonOf(status) : sentenceOf(error)));
      },
    });
  });
}

function serverError(body: unknown): ServerError | undefined {
  const { error } = (body ?? {}) as { error?: ServerError };
  return typeof error?.message === 'string' ? error : undefined;
}

function reasonOf(status: number): string {
  if (status === 0) return say('error.unreachable');
  if (status === 401 || status === 403) return say('error.forbidden');
  if (status === 404) return say('error.absent');
  return say('error.unexpected', { status });
}
