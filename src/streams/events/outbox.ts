/**
 * Sends what waits, a few milliseconds per turn of the event loop: each in the order in which it came, and all that have something to
 * send in turns.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pace } from '../../pace';

export interface Sender {
  /** How many it has to send. */
  readonly due: number;
  /** Sends one. Must not throw. */
  send(): void;
}

export class Outbox {
  private readonly senders = new Set<Sender>();
  private isSending = false;

  /** How many wait to be sent. */
  get due(): number {
    let due = 0;
    for (const sender of this.senders) due += sender.due;
    return due;
  }

  /** It may have something to send. */
  add(sender: Sender): void {
    this.senders.add(sender);
    if (!this.isSending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    await nextTurn();
    const pace = new Pace();
    while (this.senders.size > 0) {
      for (const sender of this.senders) {
        if (sender.due > 0) sender.send();
        else this.senders.delete(sender);
        if (pace.isDue()) await pace.rest();
      }
    }
    this.isSending = false;
  }
}
