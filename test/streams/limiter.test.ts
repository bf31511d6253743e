// How much of a flood of unknown streams is let through.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { Limiter } from '../../src/streams/events/limiter';
import { costOf, plainCostOf } from './flood';

const MINUTE = 60_000;
const PER_SECOND = 50;
const MAX_STREAMS = 1_000;

describe('events: limiter', () => {
  it('lets a stream through at once, and then once a minute with the number of notices', () => {
    const limiter = new Limiter();
    equal(limiter.note('a', 0), 1);
    for (let now = 10_000; now < MINUTE; now += 10_000) equal(limiter.note('a', now), 'known');
    equal(limiter.note('a', MINUTE), 6);
    equal(limiter.note('a', MINUTE + 1), 'known');
    equal(limiter.note('a', 2 * MINUTE), 2);
    equal(limiter.note('a', 20 * MINUTE), 1);
  });

  it('lets streams through independently of each other', () => {
    const limiter = new Limiter();
    deepEqual(
      ['a', 'b', 'a', 'c'].map((key, now) => limiter.note(key, now)),
      [1, 1, 'known', 1],
    );
  });

  it('never lets more through in a second, whenever it begins', () => {
    const limiter = new Limiter();
    const times: number[] = [];
    for (let i = 0; i < 100_000; i++) if (limiter.note(`${i}`, i / 10) === 1) times.push(i / 10);
    for (const [i, time] of times.entries()) ok(time - (times[i - PER_SECOND] ?? -Infinity) >= 1_000);
    equal(times.length, 10 * PER_SECOND);
  });

  it('a stream that was held back comes when there is room, as the first', () => {
    const limiter = new Limiter();
    for (let i = 0; i < PER_SECOND; i++) equal(limiter.note(`${i}`, 0), 1);
    equal(limiter.note('late', 999), 'held');
    equal(limiter.note('late', 1_000), 1);
    equal(limiter.note('late', 1_001), 'known');
  });

  it('what is held back of a known stream counts when it comes', () => {
    const limiter = new Limiter();
    limiter.note('a', 0);
    for (let i = 0; i < PER_SECOND; i++) limiter.note(`${i}`, MINUTE);
    equal(limiter.note('a', MINUTE + 1), 'held');
    equal(limiter.note('a', MINUTE + 1_000), 2);
  });

  it('remembers a stream that is noticed every ten seconds through any flood, and no more than so many', () => {
    const limiter = new Limiter();
    let told = 0;
    for (let now = 0; now < MINUTE; now++) {
      for (let i = 0; i < 10; i++) limiter.note(`${now} ${i}`, now);
      if (now % 10_000 === 0 && typeof limiter.note('live', now) === 'number') told++;
      ok(limiter.size <= MAX_STREAMS);
    }
    equal(limiter.size, MAX_STREAMS);
    equal(told, 1);
  });

  it('forgets the stream that was not heard of for the longest time', () => {
    const limiter = new Limiter();
    for (let i = 0; i < MAX_STREAMS; i++) limiter.note(`${i}`, 20 * i);
    const now = 20 * MAX_STREAMS;
    equal(limiter.note('0', now), 'known');
    limiter.note('one more', now);
    equal(limiter.note('0', now + 1_000), 'known');
    equal(limiter.note('1', now + 1_000), 1);
  });

  it('costs little more in a flood than the plainest memory of it', () => {
    const limiter = new Limiter();
    const keys = Array.from({ length: 100_000 }, (_, i) => `unrouted 10.0.${i >> 8}.${i & 255} 239.1.1.1 eth1`);
    const plain = plainCostOf(keys, (key) => key);
    const cost = costOf(keys, (key, i) => limiter.note(key, i / 100));
    ok(cost < 10 * plain, `${cost} µs each, and ${plain} µs`);
  });
});
