/**
 * What is measured of routes and interfaces, as answers and events have it.
 *
 * Keys that nothing is known of are left out: no rates before the second reading, no age before the first packet.
 */
import type { IpVersion } from '../../abi/address';
import type { Route } from '../../routing/route';
import type { RouteTable } from '../../routing/table';
import type { Vif } from '../../routing/vifs';
import type { Clock } from '../clock';
import type { Leases } from '../leases';
import type { AlarmState, Alarms } from './alarms';
import type { RouteRates, VifRates } from './gauge';
import type { Meter } from './meter';

/** Of the last packet. */
export interface LastSeen {
  /** When it was noticed, ISO 8601. */
  last_seen?: string;
  /** Seconds since then. */
  age?: number;
}

export interface RouteMeasures extends Partial<RouteRates>, LastSeen {
  alarm_state?: AlarmState;
  /** Seconds that are left. */
  expires_in?: number;
}

export interface VifMeasures extends Partial<VifRates>, LastSeen {}

export class Measures {
  constructor(
    private readonly table: RouteTable,
    private readonly meter: Meter,
    private readonly alarms: Alarms,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** Somebody looks: what is measured will be up to date for a while. */
  look(): void {
    this.meter.look();
  }

  addToRoute(answer: RouteMeasures, key: string, { learning }: Route): void {
    if (learning === undefined) this.addGauge(answer, key);
    else this.addLearnt(answer, key);
    const state = this.alarms.stateOf(key);
    if (state !== undefined) answer.alarm_state = state;
    const left = this.leases.left(key);
    // What is over by now is gone in a moment. Not 0, or the rule could not be sent back.
    if (left !== undefined) answer.expires_in = Math.max(1, Math.round(left)) / 1000;
  }

  addToVif(answer: VifMeasures, version: IpVersion, vif: Vif): void {
    const gauge = this.meter.ofVif(version, vif);
    if (gauge === undefined) return;
    if (gauge.rates !== undefined) addVifRates(answer, gauge.rates);
    this.addLastSeen(answer, gauge.lastAt);
  }

  private addGauge(answer: RouteMeasures, key: string): void {
    const gauge = this.meter.ofRoute(key);
    if (gauge === undefined) return;
    if (gauge.rates !== undefined) addRouteRates(answer, gauge.rates);
    this.addLastSeen(answer, gauge.lastAt);
  }

  /** A route that learns has the rates of what it has learnt, together. */
  private addLearnt(answer: RouteMeasures, key: string): void {
    let lastAt: number | undefined;
    for (const learnt of this.table.learntBy(key)) {
      const gauge = this.meter.ofRoute(learnt);
      if (gauge?.rates !== undefined) addRouteRates(answer, gauge.rates);
      if (gauge?.lastAt !== undefined) lastAt = Math.max(lastAt ?? 0, gauge.lastAt);
    }
    this.addLastSeen(answer, lastAt);
  }

  private addLastSeen(answer: LastSeen, at: number | undefined): void {
    if (at === undefined) return;
    const age = secondsBetween(at, this.clock.now());
    answer.last_seen = new Date(Date.now() - 1000 * age).toISOString();
    answer.age = age;
  }
}

/** Milliseconds turned into seconds. */
export function secondsBetween(from: number, to: number): number {
  return Math.round(to - from) / 1000;
}

/** Packets to the hundredth: a rate is seldom whole. */
function sum(a: number | undefined, b: number): number {
  return Math.round(100 * ((a ?? 0) + b)) / 100;
}

export function addRouteRates(to: Partial<RouteRates>, rates: RouteRates): void {
  to.packets_per_second = sum(to.packets_per_second, rates.packets_per_second);
  to.bits_per_second = Math.round((to.bits_per_second ?? 0) + rates.bits_per_second);
  to.wrong_if_per_second = sum(to.wrong_if_per_second, rates.wrong_if_per_second);
}

export function addVifRates(to: Partial<VifRates>, rates: VifRates): void {
  to.packets_in_per_second = sum(to.packets_in_per_second, rates.packets_in_per_second);
  to.bits_in_per_second = Math.round((to.bits_in_per_second ?? 0) + rates.bits_in_per_second);
  to.packets_out_per_second = sum(to.packets_out_per_second, rates.packets_out_per_second);
  to.bits_out_per_second = Math.round((to.bits_out_per_second ?? 0) + rates.bits_out_per_second);
}
