// When counters are read: only while somebody asks, on time, and of what is in the kernel.

import { deepEqual, equal } from 'node:assert/strict';
import { MeterGround } from './meter-ground';

const A = '239.1.1.1';
const B = '239.1.1.2';

describe('streams: the meter', () => {
  it('has no timer and remembers nothing as long as nobody asks', () => {
    const { clock, gauge, reads } = metering();
    deepEqual([clock.waiting, reads(), gauge(A)], [0, 0, undefined]);
  });

  it('reads from when somebody looks, until nobody has looked for a minute', () => {
    const { one, clock, gauge, reads } = metering();
    one.meter.look();
    clock.go(59_500);
    equal(gauge(A) !== undefined, true);
    clock.go(1_000);
    deepEqual([clock.waiting, gauge(A)], [0, undefined]);
    equal(reads(), 60); // at 0, 1, … 59 s

    one.meter.look();
    clock.go(30_000);
    one.meter.look();
    clock.go(59_000);
    equal(gauge(A) !== undefined, true);
  });

  it('reads while somebody has subscribed', () => {
    const { one, clock, gauge } = metering();
    const end = one.subscribe('rates');
    clock.go(100_000);
    equal(gauge(A) !== undefined, true);
    end();
    clock.go(1_000);
    deepEqual([clock.waiting, gauge(A)], [0, undefined]);
  });

  it('reads while a route has an alarm', () => {
    const { one, clock, gauge } = metering();
    one.add(B, { alarm: { idle: 5 } });
    clock.go(100_000);
    equal(gauge(A) !== undefined, true);
    one.del(B);
    clock.go(10_000);
    deepEqual([clock.waiting, gauge(A)], [0, undefined]);
  });

  it('never begins after the end', () => {
    const one = new MeterGround();
    one.metering.stop();
    one.metering.start(1_000); // what was under way when the end came
    one.add(A, { alarm: { idle: 5 } });
    one.meter.look();
    one.subscribe('rates');
    deepEqual([one.clock.waiting, one.gauge(A)], [0, undefined]);
  });

  it('gives the rates of each entry, at the interval', () => {
    const { one, clock } = metering();
    one.add(B);
    one.add('239.1.1.3', { iif: 'in2' });
    one.meter.look();
    for (let tenth = 0; tenth < 25; tenth++) {
      one.packets(A, 3);
      one.packets(B, 1, 'in2');
      clock.go(100);
    }
    const [a, b] = [one.gauge(A), one.gauge(B)];
    deepEqual(a?.rates, { packets_per_second: 30, bits_per_second: 24_000, wrong_if_per_second: 0 });
    deepEqual(b?.rates, { packets_per_second: 0, bits_per_second: 0, wrong_if_per_second: 10 });
    deepEqual([clock.now() - (a?.lastAt ?? 0), b?.lastAt], [500, undefined]);
    const [input] = one.ground.table.vifs[4].list();
    equal(input && one.meter.ofVif(4, input)?.rates?.packets_in_per_second, 30);
  });

  it('is not later each time, and leaves out what it is too late for', () => {
    const { one, clock, reads } = metering();
    one.meter.look();
    clock.go(0);
    equal(reads(), 1);
    clock.skip(2_700); // nothing ran for so long
    clock.go(0);
    equal(reads(), 2);
    clock.go(299);
    equal(reads(), 2);
    clock.go(1); // at 3 s, not at 3.7
    equal(reads(), 3);
    clock.go(10_000);
    equal(reads(), 13);
  });

  it('makes no rate of less than an interval for a route that has just come', () => {
    const { one, clock } = metering();
    one.meter.look();
    clock.go(999);
    one.add(B);
    one.packets(B, 2);
    clock.go(1);
    equal(one.gauge(B)?.rates, undefined);
    clock.go(1_000);
    equal(one.gauge(B)?.rates?.packets_per_second, 0);
  });

  it('forgets entries and VIFs that go', () => {
    const { one, clock } = metering();
    one.add(B, { oifs: ['out2'] });
    one.meter.look();
    clock.go(1_000);
    const out2 = one.ground.table.vifs[4].byName('out2');
    equal(out2 && one.meter.ofVif(4, out2) !== undefined, true);
    one.del(B);
    equal(one.gauge(B), undefined);
    clock.go(1_000);
    equal(out2 && one.meter.ofVif(4, out2), undefined);
  });

  it('tells the rates from the second reading on', () => {
    const { one, clock } = metering();
    one.subscribe('rates');
    clock.go(0);
    equal(one.told.length, 0);
    one.packets(A, 5);
    clock.go(1_000);
    const [{ time: _, ...rates } = { time: '' }] = one.told;
    deepEqual(rates, {
      event: 'rates',
      routes: [
        {
          source: '10.0.0.1',
          group: A,
          iif: 'in1',
          packets_per_second: 5,
          bits_per_second: 4_000,
          wrong_if_per_second: 0,
          age: 0,
        },
      ],
      interfaces: {
        in1: { packets_in_per_second: 5, bits_in_per_second: 4_000, packets_out_per_second: 0, bits_out_per_second: 0 },
        out1: {
          packets_in_per_second: 0,
          bits_in_per_second: 0,
          packets_out_per_second: 5,
          bits_out_per_second: 4_000,
        },
      },
    });
    clock.go(2_000);
    equal(one.told.length, 3);
  });

  function metering(): {
    one: MeterGround;
    clock: MeterGround['clock'];
    reads: () => number;
    gauge: (group: string) => unknown;
  } {
    const one = new MeterGround();
    one.add(A);
    return { one, clock: one.clock, reads: () => one.reads, gauge: (group) => one.gauge(group) };
  }
});
