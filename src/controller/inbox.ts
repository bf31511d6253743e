/**
 * The messages of a controller, done one after the other. Those that come before a table is open wait, but not without end.
 */
import { MfcError } from '../errors';
import type { Queue } from '../queue';
import { closed } from './installer';

/** As many messages may wait for the table. */
const MAX_WAITING = 1_000;

export interface InboxListener {
  /** Whether any table is open. */
  isOpen(): boolean;
  /** Why none is, if that is known. */
  failure(): MfcError | undefined;
}

export class Inbox {
  /** No message is taken any more. */
  isClosed = false;

  constructor(
    private readonly queue: Queue,
    private readonly listener: InboxListener,
  ) {}

  take<T>(task: () => Promise<T>): Promise<T> {
    if (this.isClosed) return Promise.reject(closed());
    if (this.listener.isOpen() || this.queue.size < MAX_WAITING) return this.queue.run(task);
    const hint = this.listener.failure()?.message ?? 'Send it again when the controller is open.';
    const what = `${MAX_WAITING} messages wait already for the controller to open.`;
    return Promise.reject(new MfcError('ERR_MFC_NOT_OPEN', what, { hint }));
  }
}
