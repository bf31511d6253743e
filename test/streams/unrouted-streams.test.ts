// Which of the streams that no route takes are remembered, and how long.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { type RoutesView, UnroutedStreams } from '../../src/streams/unrouted-streams';
import { costOf, plainCostOf } from './flood';

const MINUTE = 60_000;
const MAX_LISTED = 200;
const NO_ROUTES: RoutesView = { hasRoute: () => false, isLearnable: () => false, templates: {} };

const stream = (n: number) => ({ source: `10.0.${n >> 8}.${n & 255}`, group: '239.1.1.1', iif: 'eth1' });
const sourcesOf = (streams: UnroutedStreams, now: number, routes = NO_ROUTES): string[] =>
  streams.list(now, routes).map(({ source }) => source);

describe('streams without a route', () => {
  it('are listed with the times when they were seen first and last, the newest first', () => {
    const streams = new UnroutedStreams();
    streams.note(stream(1), 0);
    streams.note(stream(2), 5_000);
    streams.note(stream(1), 10_000);
    const before = Date.now();
    const [second, first] = streams.list(12_000, NO_ROUTES);
    const after = Date.now();
    deepEqual([second?.source, first?.source], ['10.0.0.2', '10.0.0.1']);
    for (const [time = '', ago] of [
      [second?.first_seen, 7_000],
      [second?.last_seen, 7_000],
      [first?.first_seen, 12_000],
      [first?.last_seen, 2_000],
    ] as const) {
      const now = Date.parse(time) + ago;
      ok(now >= before - 1 && now <= after + 1, `${time} is not ${ago} ms ago`);
    }
  });

  it('are told apart by the interface that they come in by', () => {
    const streams = new UnroutedStreams();
    streams.note(stream(1), 0);
    streams.note({ ...stream(1), iif: 'eth2' }, 1);
    deepEqual(
      streams.list(2, NO_ROUTES).map(({ iif }) => iif),
      ['eth2', 'eth1'],
    );
  });

  it('are forgotten after a minute without a packet, and are new then', () => {
    const streams = new UnroutedStreams();
    streams.note(stream(1), 0);
    streams.note(stream(1), 10_000);
    streams.note(stream(2), 0);
    deepEqual(sourcesOf(streams, MINUTE - 1), ['10.0.0.2', '10.0.0.1'].toSorted());
    deepEqual(sourcesOf(streams, MINUTE), ['10.0.0.1']);
    streams.note(stream(1), 2 * MINUTE);
    const [again] = streams.list(2 * MINUTE, NO_ROUTES);
    equal(again?.first_seen, again?.last_seen);
  });

  it('that were seen once have one time, also where the clock goes on while they are listed', () => {
    const streams = new UnroutedStreams();
    streams.note(stream(1), 0);
    const { now } = Date;
    let ticks = 0;
    Date.now = () => ticks++;
    try {
      const [once] = streams.list(0, NO_ROUTES);
      equal(once?.first_seen, once?.last_seen);
    } finally {
      Date.now = now;
    }
  });

  it('leave the list when a route takes them, and come back with the next packet', () => {
    const streams = new UnroutedStreams();
    streams.note(stream(1), 0);
    streams.note(stream(2), 0);
    const routes = { ...NO_ROUTES, hasRoute: ({ source }: { source: string }) => source === '10.0.0.1' };
    deepEqual(sourcesOf(streams, 1, routes), ['10.0.0.2']);
    deepEqual(sourcesOf(streams, 2), ['10.0.0.2']);
    streams.note(stream(1), 3);
    deepEqual(sourcesOf(streams, 4), ['10.0.0.1', '10.0.0.2']);
  });

  it('are asked for routes that learn only once, until other routes learn', () => {
    const streams = new UnroutedStreams();
    streams.note(stream(1), 0);
    let asked = 0;
    const isLearnable = (): boolean => ++asked > 1;
    const routes = { ...NO_ROUTES, isLearnable };
    for (let now = 1; now < 10; now++) equal(streams.list(now, routes).length, 1);
    equal(asked, 1);
    deepEqual(streams.list(10, { ...routes, templates: {} }), []);
    equal(asked, 2);
  });

  it('that were seen again stay through any flood, and the list stays short', () => {
    const streams = new UnroutedStreams();
    for (let now = 0; now < MINUTE; now++) {
      if (now % 10_000 === 0) streams.note({ ...stream(0), group: '239.9.9.9' }, now);
      if (now > 10_000) for (let i = 0; i < 5; i++) streams.note(stream(5 * now + i), now);
    }
    const list = streams.list(MINUTE, NO_ROUTES);
    equal(list.length, MAX_LISTED);
    ok(list.some(({ group }) => group === '239.9.9.9'));
  });

  it('leave room for new ones, however many last', () => {
    const streams = new UnroutedStreams();
    for (const now of [0, 1]) for (let n = 0; n < 1_000; n++) streams.note(stream(n), now);
    streams.note(stream(5_000), 2);
    const sources = sourcesOf(streams, 3);
    ok(sources.length <= MAX_LISTED);
    equal(sources[0], '10.0.19.136');
  });

  it('cost little more in a flood than the plainest memory of them', () => {
    const streams = new UnroutedStreams();
    const flood = Array.from({ length: 100_000 }, (_, n) => stream(n));
    const plain = plainCostOf(flood, ({ source, group, iif }) => `${source} ${group} ${iif}`);
    const cost = costOf(flood, (one, i) => streams.note(one, i / 100));
    ok(cost < 10 * plain, `${cost} µs each, and ${plain} µs`);
  });
});
