// The routes as the events of a controller tell of them: added up, they are those of its state.

import { deepEqual, ok } from 'node:assert/strict';
import type { RouteState } from '../../../src/controller/answers';
import type { Controller } from '../../../src/controller/controller';
import type { MfcEvent } from '../../../src/streams/events/event';
import { until } from '../../lab/until';
import { Told } from '../told';
import { isOneStream, isPattern, streamOf } from './forms';

const KINDS = ['route_added', 'route_changed', 'route_removed', 'route_pending', 'route_active'];

type Rule = Pick<RouteState, 'source' | 'group' | 'iif' | 'oifs' | 'state' | 'allow_absent'>;

export class ToldRoutes {
  private readonly told: Told;
  private readonly routes = new Map<string, string>();

  constructor(controller: Controller, state: readonly RouteState[]) {
    this.told = new Told(controller, { events: KINDS });
    for (const rule of state) this.routes.set(keyOf(rule), textOf({ ...rule, state: toldState(rule) }));
  }

  /** What was told adds up to these. */
  async check(state: readonly RouteState[]): Promise<void> {
    const expected = new Map(state.map((rule) => [keyOf(rule), textOf({ ...rule, state: toldState(rule) })]));
    await until(() => this.take() && sorted(this.routes).join() === sorted(expected).join(), 'told').catch(() =>
      deepEqual(sorted(this.routes), sorted(expected)),
    );
  }

  end(): void {
    this.told.subscription.end();
  }

  private take(): true {
    for (const event of this.told.events.splice(0)) this.add(event);
    return true;
  }

  private add(event: MfcEvent): void {
    const rule = event as unknown as Rule;
    const key = keyOf(rule);
    const isThere = this.routes.has(key);
    ok(
      event.event === 'route_added' ? !isThere : isThere,
      `${event.event} of ${key}, which is ${isThere ? '' : 'not '}there`,
    );
    if (event.event === 'route_removed') this.routes.delete(key);
    else this.routes.set(key, textOf(rule));
  }
}

/** That a link is down is no event of a route, and no part of the status: it waits for nothing. */
export function toldState({ state, allow_absent }: Pick<RouteState, 'state' | 'allow_absent'>): RouteState['state'] {
  return state === 'degraded' && allow_absent !== true ? 'active' : state;
}

/** One stream can have a route for any input and the entry that this one has learnt. */
function keyOf(rule: Rule): string {
  return `${streamOf(rule)}${isOneStream(rule) && isPattern(rule.iif) ? ' ?' : ''}`;
}

function textOf({ iif, oifs, state }: Rule): string {
  return `${iif} > ${oifs.map((oif) => JSON.stringify(oif)).sort()} ${state}`;
}

const sorted = (routes: ReadonlyMap<string, string>): string[] =>
  Array.from(routes, ([key, text]) => `${key} ${text}`).sort();
