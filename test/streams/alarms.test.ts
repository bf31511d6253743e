// Streams that begin, fail and are back: told once each, and in time.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { Random } from '../lab/random';
import { MeterGround } from './meter-ground';

const A = '239.1.1.1';
const B = '239.1.1.2';
const STREAM = ['stream_started', 'stream_lost', 'stream_restored'] as const;

describe('streams: alarms', () => {
  let one: MeterGround;
  beforeEach(() => {
    one = new MeterGround();
    one.subscribe(...STREAM);
  });

  /** Packets of a stream for so long, one each tenth of a second. */
  function flow(group: string, ms: number): void {
    for (let gone = 0; gone < ms; gone += 100) {
      one.packets(group, 1);
      one.clock.go(100);
    }
  }

  it('tells of the first packet, the loss and the return, once each', () => {
    one.add(A, { alarm: { idle: 2 } });
    equal(one.state(A), 'waiting');
    one.clock.go(1_900);
    deepEqual([one.heard(), one.state(A)], [[], 'waiting']);
    flow(A, 10_000);
    deepEqual([one.heard(), one.state(A)], [[`stream_started ${A}`], 'ok']);
    one.clock.go(10_000);
    deepEqual([one.heard(), one.state(A)], [[`stream_lost ${A}`], 'lost']);
    flow(A, 10_000);
    deepEqual([one.told[0]?.gap, one.heard(), one.state(A)], [10, [`stream_restored ${A}`], 'ok']);
  });

  it('tells of the loss if no packet ever came; then the first one starts and restores', () => {
    one.add(A, { alarm: { idle: 2 } });
    one.clock.go(1_999);
    deepEqual(one.heard(), []);
    one.clock.go(1);
    deepEqual(one.heard(), [`stream_lost ${A}`]);
    flow(A, 3_000);
    deepEqual(one.heard(), [`stream_started ${A}`, `stream_restored ${A}`]);
  });

  it('says what the stream is', () => {
    one.add(A, { alarm: { idle: 2 }, label: 'news' });
    one.clock.go(3_000);
    const [{ time: _, ...lost } = { time: '' }] = one.told;
    deepEqual(lost, {
      event: 'stream_lost',
      source: '10.0.0.1',
      group: A,
      iif: 'in1',
      oifs: ['out1'],
      label: 'news',
      alarm: { idle: 2 },
    });
  });

  it('takes packets on a wrong interface for none', () => {
    one.add(B, { iif: 'in2' });
    one.add(A, { alarm: { idle: 2 } });
    flow(A, 3_000);
    one.heard();
    for (let gone = 0; gone < 5_000; gone += 100) {
      one.packets(A, 1, 'in2');
      one.clock.go(100);
    }
    equal(one.gauge(A)?.rates?.wrong_if_per_second, 10);
    deepEqual(one.heard(), [`stream_lost ${A}`]);
  });

  it('notices a loss between the idle time and one interval more after the last packet, and a return within one', () => {
    const random = new Random(7);
    for (let round = 0; round < 200; round++) {
      const interval = 100 + random.below(2_000);
      const idle = 50 + random.below(4_000);
      one = new MeterGround(interval);
      one.subscribe(...STREAM);
      one.add(A, { alarm: { idle: idle / 1_000 } });
      for (let i = random.below(40); i >= 0; i--) {
        one.packets(A, 1);
        one.clock.go(1 + random.below(Math.min(idle, interval)));
      }
      one.heard();
      one.packets(A, 1);
      const after = until('stream_lost', idle + 2 * interval);
      ok(after >= idle && after <= idle + interval + 20, `${after} ms: idle ${idle}, interval ${interval}`);
      one.clock.go(random.below(interval));
      one.packets(A, 1);
      const back = until('stream_restored', 2 * interval);
      ok(back <= interval, `back after ${back} ms, interval ${interval}`);
    }
  });

  /** Milliseconds until it is told. */
  function until(kind: string, most: number): number {
    one.told.length = 0;
    for (let ms = 0; ms <= most; ms++) {
      if (one.told.some(({ event }) => event === kind)) return ms;
      one.clock.go(1);
    }
    throw new Error(`${kind} was not told within ${most} ms.`);
  }

  it('gives a changed route its whole time again, and keeps what it was', () => {
    one.add(A, { alarm: { idle: 2 } });
    flow(A, 3_000);
    one.heard();
    one.clock.go(1_500);
    one.add(A, { iif: 'in2', alarm: { idle: 2 } });
    equal(one.state(A), 'ok');
    one.clock.go(1_500);
    deepEqual(one.heard(), []);
    one.clock.go(600);
    deepEqual(one.heard(), [`stream_lost ${A}`]);
    one.add(A, { iif: 'in1', alarm: { idle: 2 } });
    one.clock.go(10_000);
    deepEqual([one.heard(), one.state(A)], [[], 'lost']);
    flow(A, 1_000);
    deepEqual(one.heard(), [`stream_restored ${A}`]);
  });

  it('goes on counting through a change that means nothing for the stream', () => {
    one.add(A, { alarm: { idle: 2 } });
    one.clock.go(1_500);
    one.add(A, { alarm: { idle: 2 }, expires_in: 60 });
    one.clock.go(600);
    deepEqual(one.heard(), [`stream_lost ${A}`]);
  });

  it('may come to a route that is there, and go', () => {
    one.add(A);
    flow(A, 3_000);
    one.heard();
    one.add(A, { alarm: { idle: 2 } });
    equal(one.state(A), 'waiting');
    flow(A, 2_000);
    deepEqual([one.heard(), one.state(A)], [[], 'ok']);
    one.add(A);
    one.clock.go(10_000);
    deepEqual([one.heard(), one.state(A)], [[], undefined]);
  });

  it('ends with the route', () => {
    one.add(A, { alarm: { idle: 2 } });
    one.del(A);
    one.clock.go(10_000);
    deepEqual([one.heard(), one.alarms.size, one.state(A)], [[], 0, undefined]);
  });

  it('tells of first packets of routes without an alarm, but not of streams that flowed before anybody asked', () => {
    one = new MeterGround();
    one.add(A);
    one.add(B);
    flow(A, 1_000);
    one.subscribe(...STREAM);
    flow(A, 3_000);
    deepEqual(one.heard(), []);
    flow(B, 3_000);
    one.clock.go(60_000);
    deepEqual(one.heard(), [`stream_started ${B}`]);
    one.del(B);
    one.add(B);
    flow(B, 1_500);
    deepEqual(one.heard(), [`stream_started ${B}`]);
  });

  it('takes an entry that was made anew behind its back for what it counts since then', () => {
    one.add(A, { alarm: { idle: 2 } });
    flow(A, 3_000);
    one.heard();
    const other = one.ground.kernel.otherProgram(4);
    const entry = {
      version: 4,
      source: '10.0.0.1',
      group: A,
      parent: 0,
      outputs: [{ vifi: 1, threshold: 1 }],
    } as const;
    other.delMfc(entry);
    one.ground.sockets[4].addMfc(entry);
    one.clock.go(4_000);
    deepEqual(one.heard(), [`stream_lost ${A}`]);
    flow(A, 1_000);
    deepEqual(one.heard(), [`stream_restored ${A}`]);
  });
});
