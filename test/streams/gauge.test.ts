// Counters as rates: by the time that went by, and on after an entry was made anew.

import { deepEqual, equal } from 'node:assert/strict';
import type { MfcCounters } from '../../src/abi/family';
import { RouteGauge, VifGauge } from '../../src/streams/meters/gauge';

const BYTES = 1_000;

function counted(packets: number, wrong_if = 0, bytes = packets * BYTES): MfcCounters {
  return { packets, bytes, wrong_if };
}

function rates(gauge: RouteGauge): number[] | undefined {
  const { rates } = gauge;
  return rates && [rates.packets_per_second, rates.bits_per_second, rates.wrong_if_per_second];
}

describe('streams: the gauge of a route', () => {
  it('has no rates before the second reading', () => {
    const gauge = new RouteGauge(counted(0), false);
    equal(rates(gauge), undefined);
    gauge.read(counted(7), 1_000);
    equal(rates(gauge), undefined);
    gauge.read(counted(7), 2_000);
    deepEqual(rates(gauge), [0, 0, 0]);
  });

  it('divides by the time that went by, however late a reading is', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(100), 1_000);
    gauge.read(counted(350), 3_500);
    deepEqual(rates(gauge), [100, 100 * 8 * BYTES, 0]);
    gauge.read(counted(400), 3_600);
    deepEqual(rates(gauge), [500, 500 * 8 * BYTES, 0]);
  });

  it('keeps its rates if no time went by', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(0), 1_000);
    gauge.read(counted(100), 2_000);
    gauge.read(counted(100), 2_000);
    deepEqual(rates(gauge), [100, 100 * 8 * BYTES, 0]);
  });

  it('tells packets on a wrong interface apart, with the average size', () => {
    const gauge = new RouteGauge(counted(10, 10), true);
    gauge.read(counted(10, 10), 0);
    equal(gauge.read(counted(110, 60), 1_000), true);
    deepEqual(rates(gauge), [50, 50 * 8 * BYTES, 50]);
    equal(gauge.read(counted(160, 110), 2_000), false);
    deepEqual(rates(gauge), [0, 0, 50]);
    equal(gauge.lastAt, 1_000);
  });

  it('does not take a packet for a right one that is not counted as a wrong one yet', () => {
    const gauge = new RouteGauge(counted(0), false);
    equal(gauge.read(counted(5, 5), 0), false);
    equal(gauge.read(counted(6, 6), 1_000), false);
    gauge.read(counted(8, 7), 2_000); // between the two counters
    equal(gauge.read(counted(8, 8), 3_000), false);
    equal(gauge.read(counted(9, 9), 4_000), false);
    deepEqual(rates(gauge), [0, 0, 1]);
  });

  it('counts from 0 after the entry was made anew', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(1_000_000, 5), 0);
    equal(gauge.read(counted(30, 0), 1_000), true);
    deepEqual(rates(gauge), [30, 30 * 8 * BYTES, 0]);
    equal(gauge.read(counted(0, 0), 2_000), false);
    deepEqual(rates(gauge), [0, 0, 0]);
    equal(gauge.read(counted(1, 0), 3_000), true);
  });

  it('goes on where the counter of bytes has 32 bits and begins anew', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(4_000_000, 0, 2 ** 32 - 500), 0);
    gauge.read(counted(4_000_001, 0, 500), 1_000);
    deepEqual(rates(gauge), [1, 8_000, 0]);
  });

  it('is exact beyond 32 bits', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(2 ** 40, 0, 2 ** 50), 0);
    gauge.read(counted(2 ** 40 + 3, 0, 2 ** 50 + 3_000), 1_000);
    deepEqual(rates(gauge), [3, 24_000, 0]);
  });

  it('notices packets at a look, and makes no rate of that', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(0), 0);
    gauge.read(counted(10), 1_000);
    equal(gauge.look(counted(15), 1_010), true);
    equal(gauge.look(counted(15), 1_020), false);
    equal(gauge.lastAt, 1_010);
    deepEqual(rates(gauge), [10, 10 * 8 * BYTES, 0]);
    equal(gauge.read(counted(30), 2_000), true);
    deepEqual(rates(gauge), [20, 20 * 8 * BYTES, 0]);
  });

  it('takes what an entry has counted before it was there for nothing new', () => {
    const gauge = new RouteGauge(counted(0), false);
    gauge.read(counted(0), 0);
    gauge.rebase(counted(5_000));
    equal(gauge.read(counted(5_000), 1_000), false);
    equal(gauge.lastAt, undefined);
    equal(gauge.read(counted(5_001), 2_000), true);
    deepEqual(rates(gauge), [1, 8 * BYTES, 0]);
  });
});

describe('streams: the gauge of a VIF', () => {
  it('has rates of both directions, and starts anew with the VIF', () => {
    const gauge = new VifGauge();
    gauge.read({ packets_in: 5, bytes_in: 500, packets_out: 7, bytes_out: 700 }, 0);
    deepEqual([gauge.rates, gauge.lastAt], [undefined, undefined]);
    gauge.read({ packets_in: 5, bytes_in: 500, packets_out: 7, bytes_out: 700 }, 500);
    equal(gauge.lastAt, undefined);
    gauge.read({ packets_in: 15, bytes_in: 1_500, packets_out: 7, bytes_out: 700 }, 2_500);
    deepEqual(gauge.rates, {
      packets_in_per_second: 5,
      bits_in_per_second: 4_000,
      packets_out_per_second: 0,
      bits_out_per_second: 0,
    });
    gauge.read({ packets_in: 2, bytes_in: 200, packets_out: 3, bytes_out: 300 }, 3_500);
    deepEqual(gauge.rates, {
      packets_in_per_second: 2,
      bits_in_per_second: 1_600,
      packets_out_per_second: 3,
      bits_out_per_second: 2_400,
    });
    equal(gauge.lastAt, 3_500);
  });
});
