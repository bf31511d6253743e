/**
 * Counters that were read again and again, as rates. Pure: the time comes with the counters, milliseconds.
 *
 * A rate is what came since the reading before, divided by the time that really went by. Counters that are lower than they were belong to
 * an entry or a VIF that was made anew: what they show came since then.
 */
import { type MfcCounters, rightPackets, type VifCounters } from '../../abi/family';

export interface RouteRates {
  /** On the right interface. */
  packets_per_second: number;
  bits_per_second: number;
  wrong_if_per_second: number;
}

export interface VifRates {
  packets_in_per_second: number;
  bits_in_per_second: number;
  packets_out_per_second: number;
  bits_out_per_second: number;
}

const NO_ROUTE_COUNTERS: MfcCounters = { packets: 0, bytes: 0, wrong_if: 0 };
const NO_VIF_COUNTERS: VifCounters = { packets_in: 0, bytes_in: 0, packets_out: 0, bytes_out: 0 };
/** Where an unsigned long has 32 bits, bytes begin anew every few minutes. */
const WRAP = 2 ** 32;

interface Reading<C> {
  readonly counters: C;
  readonly at: number;
}

export class RouteGauge {
  /** Undefined as long as the counters were read once only. */
  rates: RouteRates | undefined;
  /** When packets on the right interface were last noticed; undefined if there were none since the first reading. */
  lastAt: number | undefined;
  /** What the last rates were made of. */
  private base: Reading<MfcCounters> | undefined;
  /** Packets on the right interface. */
  private packets: number;

  /** @param hasStarted whether the stream's first packet has come already */
  constructor(
    private last: MfcCounters,
    public hasStarted: boolean,
  ) {
    this.packets = rightPackets(last);
  }

  /** The entry is in the kernel again, with these counters. */
  rebase(counters: MfcCounters): void {
    this.base = undefined;
    this.last = counters;
    this.packets = rightPackets(counters);
  }

  /** Makes the rates. Answers as `look`. */
  read(counters: MfcCounters, now: number): boolean {
    if (this.base !== undefined && now > this.base.at) this.rates = routeRates(this.base, counters, now);
    this.base = { counters, at: now };
    return this.look(counters, now);
  }

  /** Whether packets came in on the right interface since the last look or reading. */
  look(counters: MfcCounters, now: number): boolean {
    const before = isNew(this.last, counters) ? 0 : this.packets;
    this.last = counters;
    // The kernel counts a packet before it counts it as one on a wrong interface: for a moment there seem to be more.
    this.packets = Math.max(before, rightPackets(counters));
    if (this.packets === before) return false;
    this.lastAt = now;
    return true;
  }
}

/** Whether the entry was made anew between two readings. */
function isNew(before: MfcCounters, now: MfcCounters): boolean {
  return now.packets < before.packets || now.wrong_if < before.wrong_if;
}

export class VifGauge {
  rates: VifRates | undefined;
  /** When packets, in or out, were last noticed. */
  lastAt: number | undefined;

  private base: Reading<VifCounters> | undefined;

  read(counters: VifCounters, now: number): void {
    if (this.base !== undefined && now > this.base.at) {
      const { packets_in, packets_out } = this.base.counters;
      if (counters.packets_in !== packets_in || counters.packets_out !== packets_out) this.lastAt = now;
      this.rates = vifRates(this.base, counters, now);
    }
    this.base = { counters, at: now };
  }
}

/** The kernel does not count the bytes of packets on a wrong interface apart: they are taken to be of average size. */
function routeRates(before: Reading<MfcCounters>, now: MfcCounters, at: number): RouteRates {
  const ms = at - before.at;
  const base = isNew(before.counters, now) ? NO_ROUTE_COUNTERS : before.counters;
  const packets = now.packets - base.packets;
  const wrong = now.wrong_if - base.wrong_if;
  const right = Math.max(0, packets - wrong); // between the two counters a packet may have come in
  const bits = packets === 0 ? 0 : (8 * bytesSince(base.bytes, now.bytes) * right) / packets;
  return {
    packets_per_second: (1000 * right) / ms,
    bits_per_second: (1000 * bits) / ms,
    wrong_if_per_second: (1000 * wrong) / ms,
  };
}

function vifRates({ counters, at: before }: Reading<VifCounters>, now: VifCounters, at: number): VifRates {
  const ms = at - before;
  const isAnew = now.packets_in < counters.packets_in || now.packets_out < counters.packets_out;
  const base = isAnew ? NO_VIF_COUNTERS : counters;
  return {
    packets_in_per_second: (1000 * (now.packets_in - base.packets_in)) / ms,
    bits_in_per_second: (8000 * bytesSince(base.bytes_in, now.bytes_in)) / ms,
    packets_out_per_second: (1000 * (now.packets_out - base.packets_out)) / ms,
    bits_out_per_second: (8000 * bytesSince(base.bytes_out, now.bytes_out)) / ms,
  };
}

/** Packets went on and bytes back: the counter of bytes was full. */
function bytesSince(before: number, now: number): number {
  return now >= before ? now - before : now - before + WRAP;
}
