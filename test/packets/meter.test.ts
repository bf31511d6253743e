/**
 * Rates, alarms and leases with real packets: what the kernel counts is what is told, in time.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { join } from 'node:path';
import type { StateAnswer } from '../../src/controller/answers';
import { Controller } from '../../src/controller/controller';
import type { EventKind, MfcEvent } from '../../src/streams/events/event';
import { until } from '../lab/until';
import { Router } from './router';

const RATE = 500;
/** Two clocks make a time of day of what was measured: each time a little different. */
const ROUNDING_MS = 10;
const SIZE = 500;
const IPV4_BITS = 8 * (SIZE + 28);
const IPV6_BITS = 8 * (SIZE + 48);
/** A busy machine sends and reads late, but not so late. */
const NEAR = 0.25;
const INTERVAL = 0.2;
/** Seconds. How exact the times are, test/streams/alarms.test.ts shows by a clock that nothing disturbs. */
const IDLE = 0.5;

const FAMILIES = [
  {
    name: 'IPv4',
    group: '239.50.1.1',
    native: '239.50.1.2',
    quiet: '239.50.1.3',
    prefix: '239.50.2.0/24',
    learnt: '239.50.2.1',
    bits: IPV4_BITS,
    source: ({ camera }: Router) => camera.ipv4,
  },
  {
    name: 'IPv6',
    group: 'ff15:50::1:1',
    native: 'ff15:50::1:2',
    quiet: 'ff15:50::1:3',
    prefix: 'ff15:50:2::/48',
    learnt: 'ff15:50:2::1',
    bits: IPV6_BITS,
    source: ({ camera }: Router) => camera.ipv6,
  },
] as const;

function isNear(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) <= NEAR * wanted;
}

for (const { name, group, native, quiet, prefix, learnt, bits, source } of FAMILIES) {
  describe(`what flows, ${name}`, () => {
    let router: Router;
    let controller: Controller;
    let ends: (() => void)[];

    before(async () => {
      router = await Router.open();
      await router.controller.close();
      controller = new Controller({ stateFile: join(router.directory, 'meter.json'), meterInterval: INTERVAL });
      router.controller = controller;
      await controller.open();
    });
    after(() => router.close());
    beforeEach(() => {
      ends = [];
    });
    afterEach(async () => {
      for (const end of ends) end();
      await router.clear();
    });

    const route = (to: string, options: object = {}): object => {
      return { source: source(router), group: to, iif: 'camera', oifs: ['tv1'], ...options };
    };

    function listen(...kinds: EventKind[]): MfcEvent[] {
      const told: MfcEvent[] = [];
      ends.push(controller.streams.events.subscribe(kinds, (event) => told.push(event)));
      return told;
    }

    type Rule = StateAnswer['mfc_rules'][number];

    async function ruleOf(of: string): Promise<Rule | undefined> {
      return (await controller.state({ group: of })).mfc_rules[0];
    }

    it('has the rates of a route and of its interfaces, and when the last packet came', async () => {
      await controller.add(route(group));
      equal((await ruleOf(group))?.packets_per_second, undefined);
      const stream = await router.camera.stream(group, { rate: RATE, size: SIZE });
      let rule: Rule | undefined;
      let state: StateAnswer | undefined;
      await until(
        async () => {
          state = await controller.state({ group });
          [rule] = state.mfc_rules;
          const { packets_per_second, bits_per_second, age = Infinity } = rule ?? {};
          return isNear(packets_per_second, RATE) && isNear(bits_per_second, RATE * bits) && age < 2;
        },
        () => `The rates should be ${RATE} and ${RATE * bits}: ${JSON.stringify(rule)}`,
      );
      const vifs = name === 'IPv4' ? state?.vif_map : state?.vif6_map;
      ok(isNear(vifs?.camera?.packets_in_per_second, RATE), JSON.stringify(vifs));
      ok(isNear(vifs?.tv1?.bits_out_per_second, RATE * bits), JSON.stringify(vifs));
      const { last_seen: before = '' } = rule ?? {};
      const sent = await stream.stop();
      await until(async () => (await ruleOf(group))?.packets_per_second === 0, 'The rate should fall.');
      const over = Date.now();
      rule = await ruleOf(group);
      equal(rule?.packets, sent);
      const { last_seen = '' } = rule ?? {};
      ok(
        Date.parse(last_seen) > Date.parse(before) - ROUNDING_MS && Date.parse(last_seen) < over + ROUNDING_MS,
        `${before}, ${last_seen}, ${new Date(over).toISOString()}`,
      );
    });

    it('counts packets on a wrong interface apart: they are no sign of life', async () => {
      await controller.add([route(group, { iif: 'tv2' }), route(quiet, { iif: 'camera', oifs: ['tv3'] })]);
      await controller.state({});
      const stream = await router.camera.stream(group, { rate: RATE, size: SIZE });
      let rule: Rule | undefined;
      await until(
        async () => {
          rule = await ruleOf(group);
          return isNear(rule?.wrong_if_per_second, RATE);
        },
        () => `Packets on a wrong interface should be counted: ${JSON.stringify(rule)}`,
      );
      await stream.stop();
      deepEqual([rule?.packets_per_second, rule?.bits_per_second, rule?.age], [0, 0, undefined]);
      ok((rule?.packets ?? 0) > 0 && rule?.packets === rule?.wrong_if);
    });

    it('gives a route for any source, and one that learns, what flows through them', async () => {
      await controller.add([
        { group: native, iif: 'camera', oifs: ['tv1'] },
        { group: prefix, iif: 'camera', oifs: ['tv1'] },
      ]);
      const streams = [
        await router.camera.stream(native, { rate: RATE, size: SIZE }),
        await router.camera.stream(learnt, { rate: RATE, size: SIZE }),
      ];
      for (const one of [native, learnt, prefix]) {
        await until(async () => isNear((await ruleOf(one))?.packets_per_second, RATE), `${one} should flow.`);
      }
      for (const stream of streams) await stream.stop();
      equal((await ruleOf(prefix))?.streams, 1);
    });

    it('tells the rates at the interval to who asks', async () => {
      await controller.add([route(group), route(quiet)]);
      const stream = await router.camera.stream(group, { rate: RATE, size: SIZE });
      const told = listen('rates');
      const isTold = ({ routes, interfaces }: MfcEvent): boolean => {
        const [one, other] = routes as Rule[];
        const { camera } = interfaces as Record<string, { packets_in_per_second: number }>;
        return (
          one?.group === group &&
          isNear(one.packets_per_second, RATE) &&
          isNear(camera?.packets_in_per_second, RATE) &&
          other?.packets_per_second === 0
        );
      };
      await until(
        () => told.some(isTold),
        () => `The rates should be told: ${JSON.stringify(told.at(-1))}`,
      );
      await stream.stop();
    });

    it('tells of a stream that begins, fails and is back', async () => {
      const told = listen('stream_started', 'stream_lost', 'stream_restored');
      await controller.add([route(group, { alarm: { idle: IDLE } }), route(quiet)]);
      const untilState = (state: string): Promise<unknown> =>
        until(async () => (await ruleOf(group))?.alarm_state === state, `The alarm should be ${state}.`);

      const first = await router.camera.stream(group, { rate: RATE });
      await untilState('ok');
      await first.stop();
      await untilState('lost');
      const second = await router.camera.stream(group, { rate: RATE });
      await untilState('ok');
      await second.stop();

      // A camera that stalls for longer than the idle time is lost and back as well.
      const [started, ...rest] = told;
      deepEqual([started?.event, started?.group], ['stream_started', group]);
      const kinds = ['stream_lost', 'stream_restored'];
      for (const [i, { event, group: of, gap }] of rest.entries()) {
        deepEqual([event, of], [kinds[i % 2], group]);
        if (event === 'stream_restored') ok(Number(gap) > IDLE, String(gap));
      }
      ok(rest.length >= 2, `${rest.length} events after the first`);
    });

    it('tells of the first packet of a stream that was learnt, even if it is the only one', async () => {
      await controller.add({ group: prefix, iif: 'camera', oifs: ['tv1'], alarm: { idle: IDLE } });
      const told = listen('stream_started', 'stream_lost');
      await router.camera.send(learnt, { count: 1 });
      await until(() => told.length >= 2, 'The stream should begin and fail.');
      deepEqual(
        told.map(({ event, group: of }) => [event, of]),
        [
          ['stream_started', learnt],
          ['stream_lost', learnt],
        ],
      );
    });

    it('ends a route by itself: no packet is forwarded any more', async () => {
      await router.tv1.join(group);
      await controller.add(route(group, { expires_in: 600 }));
      await router.camera.send(group, { count: 5 });
      await router.tv1.waitFor(group, 5);
      await controller.add(route(group, { expires_in: 0.2 }));
      await until(() => controller.status.routes === 0, 'The route should end.');
      await router.camera.send(group, { count: 5 });
      await router.tv1.settle();
      equal((await router.tv1.count(group)).received, 5);
      await router.tv1.leave(group);
    });
  });
}
