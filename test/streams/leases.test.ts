// Routes that end by themselves: on time, together, whatever the system's clock does.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { routeKey } from '../../src/routing/route';
import { Leases } from '../../src/streams/leases';
import { Ground } from '../routing/world';
import { FakeClock } from './fake-clock';

const SOURCE = '10.0.0.1';
const A = '239.1.1.1';
const B = '239.1.1.2';
const many = Array.from({ length: 1_000 }, (_, i) => `239.2.${i >> 8}.${i & 255}`);
const DAY = 86_400_000;

describe('streams: leases', () => {
  let ground: Ground;
  let clock: FakeClock;
  let leases: Leases;
  let over: string[][];
  let skew: number;

  beforeEach(() => {
    ground = new Ground('in1', 'out1');
    clock = new FakeClock();
    over = [];
    skew = 0;
    leases = new Leases(
      ground.table,
      (keys) => over.push(keys.map((key) => key.split(' ')[1] ?? '')),
      clock,
      () => clock.now() + skew,
    );
  });

  function add(group: string, seconds?: number): void {
    const end = seconds === undefined ? {} : { expires_at: clock.now() + skew + 1_000 * seconds };
    ground.run(ground.planSaved({ source: SOURCE, group, iif: 'in1', oifs: ['out1'], ...end }));
  }

  const left = (group: string): number | undefined => leases.left(routeKey(SOURCE, group));

  it('ends a route when its time is over, and not before', () => {
    add(A, 30);
    add(B);
    deepEqual([left(A), left(B)], [30_000, undefined]);
    clock.go(29_999);
    deepEqual([over, left(A)], [[], 1]);
    clock.go(1);
    deepEqual([over, left(A)], [[[A]], 0]);
  });

  it('does nothing after the end, whatever comes then', () => {
    add(A, 30);
    leases.stop();
    add(B, 5);
    equal(clock.waiting, 0);
    clock.go(DAY);
    deepEqual(over, []);
  });

  it('begins anew when the route is added again, and may be shorter then', () => {
    add(A, 30);
    clock.go(20_000);
    add(A, 30);
    clock.go(29_999);
    deepEqual(over, []);
    add(A, 5);
    clock.go(5_000);
    deepEqual(over, [[A]]);
  });

  it('goes with the route, or with a change to one without an end', () => {
    add(A, 30);
    ground.run(ground.planDel({ source: SOURCE, group: A }));
    add(B, 30);
    add(B);
    clock.go(60_000);
    deepEqual([over, clock.waiting], [[], 0]);
  });

  it('is not shortened or lengthened by a system clock that jumps', () => {
    add(A, 30);
    skew = 50 * 365 * DAY;
    clock.go(29_000);
    deepEqual([over, left(A)], [[], 1_000]);
    skew = -900_000;
    add(B, 10);
    clock.go(1_000);
    deepEqual([over, left(B)], [[[A]], 9_000]);
  });

  it('may last for years, which is longer than any timer', () => {
    const longest: number[] = [];
    const { wake } = clock;
    clock.wake = (at, call) => {
      longest.push(at - clock.now());
      return wake.call(clock, at, call);
    };
    add(A, (400 * DAY) / 1_000);
    clock.go(400 * DAY - 1);
    deepEqual(over, []);
    clock.go(1);
    deepEqual(over, [[A]]);
    ok(longest.every((ms) => ms < 2 ** 31));
  });

  it('ends many together', () => {
    for (const group of many) add(group, 30);
    clock.go(30_000);
    deepEqual([over.length, over[0]?.length], [1, 1_000]);
  });

  it('looks seldom where many end shortly after each other', () => {
    for (const [i, group] of many.entries()) add(group, 30 + i / 2_000);
    clock.go(30_520);
    equal(over.flat().length, 1_000);
    ok(over.length <= 27);
  });

  it('is told again as long as the route is there', () => {
    add(A, 30);
    clock.go(32_500);
    deepEqual(over, [[A], [A], [A]]);
    ground.run(ground.planDel({ source: SOURCE, group: A }));
    clock.go(5_000);
    deepEqual([over.length, clock.waiting], [3, 0]);
  });

  it('that is over when it comes ends at once', () => {
    add(A, -5);
    clock.go(0);
    deepEqual(over, [[A]]);
  });
});
