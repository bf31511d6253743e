// Who is a member, by what hosts and queriers say, and when.

import { deepEqual, equal, ok } from 'node:assert/strict';
import {
  BLOCK_OLD_SOURCES,
  CHANGE_TO_INCLUDE,
  type MembershipMessage,
  MODE_IS_EXCLUDE,
  MODE_IS_INCLUDE,
} from '../../src/abi/membership';
import { Members } from '../../src/streams/members/members';
import { FakeClock } from './fake-clock';
import { asks, joins, joinsAsBefore, leaves, leavesAsBefore, says } from './said';

const GROUP = '239.1.1.1';
const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const;
const [S1, S2] = ['10.9.9.1', '10.9.9.2'] as const;
const ETH1 = 7;
const SECOND = 1_000;
/** Who is gone is taken out so much late at most. */
const LATE = 100;

describe('members', () => {
  let clock: FakeClock;
  let members: Members;
  /** `joined 10.0.0.1 (1)`: host, source, and the members then; `?`: look at what is wanted. */
  let told: string[];

  const say = (host: string, message: MembershipMessage, ifindex = ETH1): void =>
    members.heard({ version: host.includes(':') ? 6 : 4, ifindex, host, message });
  const ask = (group?: string): void => say('10.0.0.254', asks(group));
  const tells = (...lines: string[]): void => {
    deepEqual(
      told.splice(0).filter((line) => line !== '?'),
      lines,
    );
  };
  const wants = (source: string, maxAge?: number): boolean => members.wants(4, ETH1, GROUP, source, maxAge);

  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    members = new Members(
      {
        member: ({ event, host, source = '', members: count }) =>
          void told.push(`${event.slice('member_'.length)} ${host} ${source}(${count})`),
        wishes: () => void told.push('?'),
      },
      clock,
    );
  });

  it('join and leave, and are counted', () => {
    say(A, joins(GROUP));
    tells(`joined ${A} (1)`);
    say(B, joinsAsBefore(GROUP));
    tells(`joined ${B} (2)`);
    say(A, joins(GROUP));
    tells();
    say(A, leaves(GROUP));
    tells(`left ${A} (1)`);
    say(A, leaves(GROUP));
    tells();
    say(B, leavesAsBefore(GROUP));
    tells(`left ${B} (0)`);
    deepEqual([...members.list()], []);
  });

  it('are told with all that is known of them', () => {
    const changes: unknown[] = [];
    const wishes: unknown[] = [];
    members = new Members({ member: (one) => void changes.push(one), wishes: (...of) => void wishes.push(of) }, clock);
    say('fe80::1', joins('ff3e::1', 'fd00::9'));
    say('fe80::1', joins('ff3e::2'));
    const one = { version: 6, ifindex: ETH1, group: 'ff3e::1', host: 'fe80::1', source: 'fd00::9' };
    const two = { version: 6, ifindex: ETH1, group: 'ff3e::2', host: 'fe80::1' };
    deepEqual(changes, [
      { event: 'member_joined', ...one, members: 1 },
      { event: 'member_joined', ...two, members: 1 },
    ]);
    deepEqual(wishes, [
      [6, ETH1, 'ff3e::1'],
      [6, ETH1, 'ff3e::2'],
    ]);
    deepEqual([...members.list()], [one, two]);
    equal(members.wants(6, ETH1, 'ff3e::1', 'fd00::9'), true);
    equal(members.wants(6, ETH1, 'ff3e::1', 'fd00::8'), false);
    equal(members.wants(4, ETH1, 'ff3e::1', 'fd00::9'), false);
    equal(members.wants(6, ETH1 + 1, 'ff3e::1', 'fd00::9'), false);
  });

  it('want sources, all, or all but some', () => {
    equal(wants('*'), false);
    say(A, joins(GROUP, S1));
    tells(`joined ${A} ${S1}(1)`);
    deepEqual([wants('*'), wants(S1), wants(S2)], [true, true, false]);
    say(A, says(MODE_IS_INCLUDE, GROUP, [S2])); // adds: a long list comes in parts
    tells(`joined ${A} ${S2}(1)`);
    say(A, leaves(GROUP, S1));
    tells(`left ${A} ${S1}(1)`);
    deepEqual([wants('*'), wants(S1), wants(S2)], [true, false, true]);
    say(A, says(MODE_IS_EXCLUDE, GROUP, [S2]));
    tells(`joined ${A} (1)`, `left ${A} ${S2}(1)`);
    deepEqual([wants('*'), wants(S1), wants(S2)], [true, true, false]);
    say(A, joins(GROUP, S2));
    say(A, says(BLOCK_OLD_SOURCES, GROUP, [S1]));
    tells();
    deepEqual([wants('*'), wants(S1), wants(S2)], [true, false, true]);
    say(B, joins(GROUP, S1));
    tells(`joined ${B} ${S1}(2)`);
    equal(wants(S1), true);
    say(A, says(CHANGE_TO_INCLUDE, GROUP, [S1]));
    tells(`joined ${A} ${S1}(2)`, `left ${A} (2)`);
    deepEqual([wants('*'), wants(S1), wants(S2)], [true, true, false]);
    say(A, leaves(GROUP));
    say(B, leaves(GROUP, S1));
    tells(`left ${A} ${S1}(1)`, `left ${B} ${S1}(0)`);
    equal(wants('*'), false);
  });

  it('are to be looked at after every report, when they have been told', () => {
    say(A, joins(GROUP));
    say(A, joins(GROUP));
    say(A, says(MODE_IS_EXCLUDE, GROUP, [S2]));
    deepEqual(told, [`joined ${A} (1)`, '?', '?', '?']);
  });

  it('stay where nobody asks, unless they are too old for who wants to know', () => {
    say(A, joins(GROUP));
    equal(clock.waiting, 0);
    clock.go(100_000 * SECOND);
    tells(`joined ${A} (1)`);
    deepEqual([wants('*'), wants('*', 100_000 * SECOND), wants('*', 99_999 * SECOND)], [true, true, false]);
    equal(members.wantedUntil(4, ETH1, GROUP, S1, 200_000 * SECOND), clock.now() + 100_000 * SECOND);
    say(A, joinsAsBefore(GROUP));
    equal(wants('*', SECOND), true);
    clock.go(2 * SECOND);
    equal(wants('*', SECOND), false);
    say(B, joinsAsBefore(GROUP)); // speaks for A
    equal(wants('*', SECOND), true);
  });

  it('are gone when they do not answer', () => {
    say(A, joins(GROUP));
    say(B, joins(GROUP));
    clock.go(1_000 * SECOND);
    ask();
    clock.go(5 * SECOND);
    say(A, joins(GROUP));
    tells(`joined ${A} (1)`, `joined ${B} (2)`);
    clock.go(120 * SECOND);
    ask();
    clock.go(134 * SECOND);
    tells();
    clock.go(SECOND + LATE);
    tells(`left ${B} (1)`);
    clock.go(5 * SECOND);
    tells(`left ${A} (0)`);
    equal(wants('*'), false);
    equal(clock.waiting, 0);
  });

  it('stay when the querier is gone after they have answered', () => {
    say(A, joins(GROUP));
    say(B, joins(GROUP));
    ask();
    clock.go(SECOND);
    say(A, joins(GROUP));
    clock.go(10_000 * SECOND);
    tells(`joined ${A} (1)`, `joined ${B} (2)`, `left ${B} (1)`);
    ask(); // another one: there is time to answer
    clock.go(259 * SECOND);
    tells();
    clock.go(2 * SECOND);
    tells(`left ${A} (0)`);
  });

  it('are gone source by source', () => {
    ask();
    say(A, joins(GROUP, S1, S2));
    clock.go(100 * SECOND);
    ask();
    say(A, joins(GROUP, S2));
    clock.go(161 * SECOND);
    tells(`joined ${A} ${S1}(1)`, `joined ${A} ${S2}(1)`, `left ${A} ${S1}(1)`);
  });

  it('have longer where the querier asks more seldom, and no less where it says that it asks more often', () => {
    for (const [intervalMs, lifetime] of [
      [600 * SECOND, 1_210 * SECOND],
      [SECOND, 260 * SECOND],
    ] as const) {
      say('10.0.0.254', asks(undefined, { intervalMs, robustness: 2 }));
      say(A, joins(GROUP));
      clock.go(1);
      say('10.0.0.254', asks(undefined, { intervalMs, robustness: 2 }));
      clock.go(lifetime - 2);
      tells(`joined ${A} (1)`);
      clock.go(1 + LATE);
      tells(`left ${A} (0)`);
    }
  });

  it('of older versions leave at once where nobody asks for others', () => {
    say(A, joinsAsBefore(GROUP));
    say(A, leavesAsBefore(GROUP));
    tells(`joined ${A} (1)`, `left ${A} (0)`);
    equal(clock.waiting, 0);
  });

  it('of older versions leave late if they are the last, where somebody asks for others', () => {
    ask();
    say(A, joinsAsBefore(GROUP));
    say(B, joinsAsBefore(GROUP));
    say(A, leavesAsBefore(GROUP));
    tells(`joined ${A} (1)`, `joined ${B} (2)`, `left ${A} (1)`);
    say(B, leavesAsBefore(GROUP));
    tells();
    equal(wants('*'), true);
    clock.go(2 * SECOND - 1);
    tells();
    clock.go(1);
    tells(`left ${B} (0)`);
    equal(wants('*'), false);
  });

  it('of older versions that leave are gone when another one answers', () => {
    ask();
    say(A, joinsAsBefore(GROUP));
    say(A, leavesAsBefore(GROUP));
    ask(GROUP);
    clock.go(SECOND);
    say(C, joinsAsBefore(GROUP));
    tells(`joined ${A} (1)`, `joined ${C} (1)`, `left ${A} (1)`);
    clock.go(10 * SECOND);
    tells();
  });

  it('of older versions that leave and come back have not left', () => {
    ask();
    say(A, joinsAsBefore(GROUP));
    say(A, leavesAsBefore(GROUP));
    clock.go(SECOND);
    say(A, joinsAsBefore(GROUP));
    clock.go(10 * SECOND);
    tells(`joined ${A} (1)`);
    say(A, leavesAsBefore(GROUP));
    say(A, joins(GROUP)); // in another version
    clock.go(SECOND);
    say(B, joins(GROUP));
    clock.go(10 * SECOND);
    tells(`joined ${B} (2)`);
  });

  it('of older versions keep silent for each other', () => {
    ask();
    for (const host of [A, B, C]) say(host, joinsAsBefore(GROUP));
    say(C, joins(GROUP));
    clock.go(200 * SECOND);
    ask();
    say(B, joinsAsBefore(GROUP));
    clock.go(61 * SECOND);
    tells(`joined ${A} (1)`, `joined ${B} (2)`, `joined ${C} (3)`, `left ${C} (2)`);
    ask(GROUP); // the one that is asked for has not said that it left
    clock.go(SECOND);
    say(A, joinsAsBefore(GROUP));
    clock.go(10 * SECOND);
    tells();
    ask(GROUP);
    clock.go(2 * SECOND + LATE);
    tells(`left ${A} (0)`, `left ${B} (0)`);
  });

  it('of older versions are waited for as long as the querier does', () => {
    const asksSlowly = asks(GROUP, { responseMs: 5 * SECOND, robustness: 3 });
    ask();
    say(A, joinsAsBefore(GROUP));
    say('10.0.0.254', asksSlowly);
    clock.go(14 * SECOND);
    tells(`joined ${A} (1)`);
    clock.go(SECOND + LATE);
    tells(`left ${A} (0)`);
    say(A, joinsAsBefore(GROUP));
    say(A, leavesAsBefore(GROUP));
    say('10.0.0.254', asksSlowly);
    clock.go(14 * SECOND);
    tells(`joined ${A} (1)`);
    clock.go(SECOND + LATE);
    tells(`left ${A} (0)`);
  });

  it('of newer versions answer for themselves: a query about their group is none about them', () => {
    ask();
    say(A, joins(GROUP));
    say(B, joinsAsBefore(GROUP));
    say('10.0.0.254', asks(GROUP, { partial: true }));
    clock.go(10 * SECOND);
    tells(`joined ${A} (1)`, `joined ${B} (2)`);
    ask(GROUP);
    clock.go(10 * SECOND);
    tells(`left ${B} (1)`);
  });

  it('without an address may be several', () => {
    ask();
    say('0.0.0.0', joins(GROUP));
    say('0.0.0.0', leaves(GROUP));
    clock.go(SECOND);
    say('0.0.0.0', joins(GROUP));
    clock.go(10 * SECOND);
    tells('joined 0.0.0.0 (1)');
    say('0.0.0.0', leaves(GROUP));
    clock.go(2 * SECOND + LATE);
    tells('left 0.0.0.0 (0)');
  });

  it('go with their interface', () => {
    say(A, joins(GROUP));
    say(B, joins('239.1.1.2', S1));
    say(C, joins(GROUP), ETH1 + 1);
    say('fe80::1', joins('ff3e::1'));
    told = [];
    members.forget(4, ETH1);
    deepEqual(told, [`left ${A} (0)`, `left ${B} ${S1}(0)`, '?', '?']);
    told = [];
    members.forget(4, ETH1);
    tells();
    deepEqual(
      Array.from(members.list(), ({ host }) => host),
      [C, 'fe80::1'],
    );
  });

  it('are asked by a querier of their own interface and family', () => {
    ask();
    say(A, joins(GROUP), ETH1 + 1);
    say('fe80::1', joins('ff3e::1'));
    clock.go(1_000 * SECOND);
    tells(`joined ${A} (1)`, 'joined fe80::1 (1)');
  });

  it('are not told after close', () => {
    ask();
    say(A, joins(GROUP));
    members.close();
    told = [];
    clock.go(1_000 * SECOND);
    deepEqual(told, []);
    equal(clock.waiting, 0);
  });

  it('remember no more than 64 addresses of a host', () => {
    const sources = Array.from({ length: 100 }, (_, n) => `10.8.0.${n}`);
    say(A, joins(GROUP, ...sources));
    equal([...members.list()].length, 64);
    equal(members.refused, 36);
    say(A, says(MODE_IS_EXCLUDE, GROUP, sources));
    equal(members.refused, 36 + 37); // its own place is one
    deepEqual([wants('10.8.0.0'), wants('10.8.0.62'), wants('10.8.0.63')], [false, false, true]);
    say(A, joins(GROUP, '10.8.0.0'));
    say(A, leaves(GROUP, '10.8.0.63'));
    deepEqual([wants('10.8.0.0'), wants('10.8.0.63')], [true, false]);
    equal(members.refused, 36 + 37);
  });

  it('of one interface leave room for those of others, whatever is sent', () => {
    const flood = (ifindex: number): number => {
      for (let n = 0; n < 100_000; n++) {
        const host = `10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`;
        say(host, joins(`239.7.${(n >>> 8) & 255}.${n & 255}`, S1), ifindex);
      }
      return Array.from(members.list()).filter((one) => one.ifindex === ifindex).length;
    };
    const counts = [flood(1), flood(2), flood(3)];
    ok((counts[0] ?? 0) >= 4_990 && (counts[0] ?? 0) <= 5_000, counts.join());
    ok((counts[1] ?? 0) >= 2_490 && (counts[1] ?? 0) <= 2_500, counts.join());
    ok((counts[2] ?? 0) >= 1_240 && (counts[2] ?? 0) <= 1_250, counts.join());
    equal(members.refused, 300_000 - counts.reduce((sum, count) => sum + count));
    say(A, joins(GROUP));
    equal(wants('*'), true);
    members.forget(4, 1);
    say(B, joins(GROUP), 1);
    equal(members.wants(4, 1, GROUP, '*'), true);
    for (let n = 0; n < 100_000; n++) say(`10.0.${n % 100}.1`, n % 2 === 0 ? joins(GROUP) : leaves(GROUP), 9);
    equal(Array.from(members.list()).filter((one) => one.ifindex === 9).length <= 100, true);
  });
});
