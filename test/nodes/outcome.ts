/**
 * What became of one message that was given to a node: how often the node called `done`, and what came out where.
 */
import { deepEqual, equal } from 'node:assert/strict';
import type { NodeMessage } from 'node-red';
import type { ErrorCause, ErrorCode } from '../../src/errors';
import type { SinkName } from './flows';

/** A message as flows see it; a Catch node adds `error`. */
export interface Message extends NodeMessage {
  [property: string]: unknown;
  error?: { message: string; code?: ErrorCode; cause?: ErrorCause; source: { id: string; count: number } };
}

export interface Failure {
  message: string;
  code: ErrorCode | undefined;
  cause: ErrorCause;
}

export class Outcome {
  /** One entry per call of `done`: its error. */
  readonly completions: (Error | undefined)[] = [];
  readonly answers: Message[] = [];
  readonly caught: Message[] = [];
  readonly completed: Message[] = [];
  /** Resolves with the first call of `done`. */
  readonly done: Promise<Error | undefined>;
  /** Resolves when `done` was called and the message is where it belongs: answered and completed, or caught. */
  readonly delivered: Promise<void>;
  #resolveDone: (error: Error | undefined) => void = () => undefined;
  #resolveDelivered: () => void = () => undefined;

  constructor(readonly id: string) {
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    this.delivered = new Promise((resolve) => {
      this.#resolveDelivered = resolve;
    });
  }

  complete(error: Error | undefined): void {
    this.completions.push(error);
    this.#resolveDone(error);
    this.#look();
  }

  arrive(sink: SinkName, msg: object): void {
    this[sink].push(msg as Message);
    this.#look();
  }

  /** The answer. Throws if there is anything else than one answer and one call of `done`. */
  get answer(): Message {
    const [failure] = this.caught;
    equal(failure?.error?.message, undefined);
    deepEqual(this.#counts(), { completions: 1, answers: 1, caught: 0, completed: 1 });
    const [answer] = this.answers;
    if (answer === undefined) throw new Error('unreachable: counted above');
    return answer;
  }

  /** The failure. Throws if there is anything else than one failure and one call of `done`. */
  get failure(): Failure {
    deepEqual(this.#counts(), { completions: 1, answers: 0, caught: 1, completed: 0 });
    const error = this.caught[0]?.error;
    equal(error?.source.count, 1);
    return { message: error?.message ?? '', code: error?.code, cause: error?.cause ?? {} };
  }

  #look(): void {
    const answered = this.answers.length > 0 && this.completed.length > 0;
    if (this.completions.length > 0 && (answered || this.caught.length > 0)) this.#resolveDelivered();
  }

  #counts(): object {
    const { completions, answers, caught, completed } = this;
    return {
      completions: completions.length,
      answers: answers.length,
      caught: caught.length,
      completed: completed.length,
    };
  }
}
