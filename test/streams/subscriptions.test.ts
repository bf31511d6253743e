// How events wait, and are sent: in turns, in order, never within the call that tells of them.

import { deepEqual, equal } from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Backlog } from '../../src/streams/events/backlog';
import { parseEventFilter } from '../../src/streams/events/event-filter';
import { Events } from '../../src/streams/events/events';
import { Subscriptions } from '../../src/streams/events/subscriptions';
import { until } from '../lab/until';

describe('events: subscriptions', () => {
  let events: Events;
  let subscriptions: Subscriptions;
  let got: string[];
  beforeEach(() => {
    events = new Events();
    subscriptions = new Subscriptions(events);
    got = [];
  });
  afterEach(() => subscriptions.close());

  const open = (name?: string) => subscriptions.open(parseEventFilter({}), name);
  const emit = (...names: string[]): void => {
    for (const name of names) events.emit('interface_up', { interface: name });
  };
  const note =
    (receiver: string) =>
    (event: { interface?: string }): void =>
      void got.push(`${receiver} ${event.interface}`);

  it('an event is not sent within the call that tells of it', async () => {
    open().listen(note('a'));
    emit('eth1');
    deepEqual(got, []);
    await until(() => got.length === 1, 'it should be sent');
    deepEqual(got, ['a eth1']);
  });

  it('what an event says is written when it is sent, and not at all if nobody asks', async () => {
    let written = 0;
    const about = () => ({ interface: `eth${++written}` });
    events.emit('interface_up', about);
    equal(written, 0);
    open().listen(note('a'));
    open().listen(note('b'));
    events.emit('interface_up', about);
    equal(written, 0);
    await until(() => got.length === 2, 'it should be sent');
    deepEqual([written, got], [1, ['a eth1', 'b eth1']]);
  });

  it('receivers are served in turns', async () => {
    const a = open();
    const b = open();
    emit('eth1', 'eth2');
    a.listen(note('a'));
    b.listen(note('b'));
    await until(() => got.length === 4, 'all should be sent');
    deepEqual(got, ['a eth1', 'b eth1', 'a eth2', 'b eth2']);
  });

  it('who has ended is sent nothing, also nothing of what waits', async () => {
    const a = open();
    a.listen(note('a'));
    open().listen(note('b'));
    emit('eth1');
    a.end();
    a.end();
    emit('eth2');
    await until(() => got.length === 2, 'the other should go on');
    deepEqual(got, ['b eth1', 'b eth2']);
  });

  it('a receiver may end within what it is sent', async () => {
    const a = open();
    a.listen((event) => {
      note('a')(event);
      a.end();
    });
    emit('eth1', 'eth2');
    await until(() => got.length === 1, 'the first should be sent');
    await nextTurn();
    await nextTurn();
    deepEqual(got, ['a eth1']);
  });

  it('who comes back goes on where it was, and comes back any number of times', async () => {
    for (let i = 0; i < 3; i++) {
      const a = open('a');
      emit(`eth${i}`);
      a.end();
      emit(`lan${i}`);
    }
    const a = open('a');
    emit('last');
    a.listen(note('a'));
    await until(() => got.length === 7, 'all should be sent');
    deepEqual(got, ['a eth0', 'a lan0', 'a eth1', 'a lan1', 'a eth2', 'a lan2', 'a last']);
  });

  it('one that has ended before takes nothing from one with its name', async () => {
    const old = open('a');
    old.end();
    const a = open('a');
    old.end();
    emit('eth1');
    a.listen(note('a'));
    await until(() => got.length === 1, 'it should be sent');
    equal(open('a').due, 0);
  });

  it('a name has one receiver: the next one goes on where it was', async () => {
    const first = open('a');
    first.listen(note('first'));
    emit('eth1');
    const second = open('a');
    emit('eth2');
    second.listen(note('second'));
    first.end();
    emit('eth3');
    await until(() => got.length === 3, 'all should be sent, once');
    deepEqual(got, ['second eth1', 'second eth2', 'second eth3']);
  });

  it('nothing is asked for any more when all are closed', () => {
    open('a').end();
    equal(events.wants('interface_up'), true);
    subscriptions.close();
    equal(events.wants('interface_up'), false);
    open('b').end();
    equal(events.wants('interface_up'), false);
  });

  it('there is room again when what waits is sent', async () => {
    const a = open();
    for (let i = 0; i < 10_001; i++) emit('eth1');
    let sent = 0;
    a.listen(() => sent++);
    emit(...Array(10_000).fill('eth2'));
    await subscriptions.room();
    equal(sent > 0 && a.due <= 10_000, true);
  });
});

describe('events: backlog', () => {
  it('gives out in the order in which it was filled, however it is used', () => {
    const backlog = new Backlog<number>();
    let pushed = 0;
    let shifted = 0;
    equal(backlog.shift(), undefined);
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < (round * 37) % 101; i++) backlog.push(pushed++);
      for (let i = 0; i < (round * 53) % 89; i++) if (backlog.size > 0) equal(backlog.shift(), shifted++);
      equal(backlog.size, pushed - shifted);
    }
    while (backlog.size > 0) equal(backlog.shift(), shifted++);
    equal(shifted, pushed);
  });
});
