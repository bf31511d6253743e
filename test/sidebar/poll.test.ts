/**
 * When the sidebar asks the server, and when it does not.
 */
import assert from 'node:assert/strict';
import { type Clock, INTERVAL_MS, MAX_PAUSE_MS, Poll } from '../../nodes/sidebar/poll';

/** Rounds end when the test says so; timers are a list. */
class Ground implements Clock {
  asked = 0;
  readonly timers = new Map<number, { action: () => void; milliseconds: number }>();
  readonly poll = new Poll(() => this.#ask(), this);
  #numbers = 0;
  #end: { resolve: () => void; reject: (error: Error) => void } | undefined;

  set(action: () => void, milliseconds: number): number {
    this.timers.set(++this.#numbers, { action, milliseconds });
    return this.#numbers;
  }

  clear(timer: number): void {
    this.timers.delete(timer);
  }

  get pauses(): number[] {
    return Array.from(this.timers.values(), ({ milliseconds }) => milliseconds);
  }

  /** The round that is under way ends. */
  async answer(isWell = true): Promise<void> {
    assert.ok(this.#end, 'no round is under way');
    const { resolve, reject } = this.#end;
    this.#end = undefined;
    if (isWell) resolve();
    else reject(new Error('no answer'));
    await new Promise(setImmediate);
  }

  /** The time of the only timer comes. */
  pass(): void {
    assert.equal(this.timers.size, 1);
    for (const [timer, { action }] of this.timers) {
      this.timers.delete(timer);
      action();
    }
  }

  #ask(): Promise<void> {
    assert.equal(this.#end, undefined, 'two rounds at once');
    this.asked += 1;
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
  }
}

describe('poll', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground();
  });

  it('asks nothing before somebody looks', () => {
    assert.deepEqual([ground.asked, ground.timers.size], [0, 0]);
  });

  it('asks at once, then a second after each answer', async () => {
    ground.poll.turn(true);
    assert.deepEqual([ground.asked, ground.pauses], [1, []]);
    await ground.answer();
    assert.deepEqual([ground.asked, ground.pauses], [1, [INTERVAL_MS]]);
    ground.pass();
    assert.equal(ground.asked, 2);
  });

  it('asks nothing while nobody looks, and has no timer', async () => {
    ground.poll.turn(true);
    await ground.answer();
    ground.poll.turn(false);
    assert.equal(ground.timers.size, 0);
    ground.poll.hurry();
    assert.deepEqual([ground.asked, ground.timers.size], [1, 0]);
  });

  it('an answer that comes when nobody looks any more starts nothing', async () => {
    ground.poll.turn(true);
    ground.poll.turn(false);
    await ground.answer();
    assert.deepEqual([ground.asked, ground.timers.size], [1, 0]);
  });

  it('somebody who looks again during a round waits for it, and then asks anew', async () => {
    ground.poll.turn(true);
    ground.poll.turn(false);
    ground.poll.turn(true);
    assert.equal(ground.asked, 1);
    await ground.answer();
    assert.equal(ground.asked, 2);
  });

  it('news are asked for at once, but never beside a round', async () => {
    ground.poll.turn(true);
    await ground.answer();
    ground.poll.hurry();
    assert.deepEqual([ground.asked, ground.timers.size], [2, 0]);
    ground.poll.hurry();
    ground.poll.hurry();
    assert.equal(ground.asked, 2);
    await ground.answer();
    assert.equal(ground.asked, 3);
    await ground.answer();
    assert.deepEqual([ground.asked, ground.pauses], [3, [INTERVAL_MS]]);
  });

  it('waits longer after each failure, up to a limit, and as ever after an answer', async () => {
    ground.poll.turn(true);
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      await ground.answer(false);
      pauses.push(...ground.pauses);
      ground.pass();
    }
    assert.deepEqual(pauses, [2000, 4000, 8000, MAX_PAUSE_MS, MAX_PAUSE_MS, MAX_PAUSE_MS]);
    await ground.answer();
    assert.deepEqual(ground.pauses, [INTERVAL_MS]);
  });
});
