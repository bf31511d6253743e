// Whatever hosts and queriers say, who is a member is what a plain model says.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { ANY_SOURCE } from '../../src/abi/family';
import { CHANGE_TO_EXCLUDE, CHANGE_TO_INCLUDE } from '../../src/abi/membership';
import { type MemberChange, Members } from '../../src/streams/members/members';
import { Random, SEED } from '../lab/random';
import { FakeClock } from './fake-clock';
import { MembersModel } from './members-model';
import { asks, says } from './said';

const STEPS = 3_000;
const SEEDS = Array.from({ length: 8 }, (_, n) => SEED + n);
const LINKS = [1, 2];
const GROUPS = ['239.1.1.1', '239.1.1.2'];
const HOSTS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const SOURCES = ['10.9.9.1', '10.9.9.2', '10.9.9.3'];
const AGES = [Infinity, 60_000, 1_000];

/** The members as the changes tell them. */
class Heard {
  readonly names = new Set<string>();
  readonly wishes = new Set<string>();

  member({ event, ifindex, group, host, source = ANY_SOURCE }: MemberChange): void {
    const name = `${ifindex} ${group} ${host} ${source}`;
    equal(this.names.has(name), event === 'member_left', `${event} ${name}`);
    if (event === 'member_joined') this.names.add(name);
    else this.names.delete(name);
  }
}

describe('members: any sequence', () => {
  for (const seed of SEEDS) {
    it(`leads to what the model says, seed ${seed}`, () => {
      const random = new Random(seed);
      const clock = new FakeClock();
      const model = new MembersModel();
      const heard = new Heard();
      const members = new Members({ member: (change) => heard.member(change), wishes: () => undefined }, clock);
      // Seeds differ in how much time goes by: with a querier always there, now and then, and never.
      const pause = random.pick([2_000, 20_000, 100_000]);
      let most = 0;

      const act = (): void => {
        const ifindex = random.pick(LINKS);
        const group = random.pick(GROUPS);
        const now = clock.now();
        if (random.below(1_000) < 3) {
          members.forget(4, ifindex);
          model.forget(ifindex);
        } else if (random.chance(10)) {
          const asked = random.chance(50) ? group : undefined;
          members.heard({ version: 4, ifindex, host: '10.0.0.254', message: asks(asked) });
          model.query(ifindex, asked, now);
        } else {
          const host = random.pick(HOSTS);
          const old = random.chance(40);
          const type = old ? random.pick([CHANGE_TO_EXCLUDE, CHANGE_TO_INCLUDE]) : 1 + random.below(7);
          const sources = old || random.chance(30) ? [] : random.some(SOURCES);
          members.heard({ version: 4, ifindex, host, message: says(type, group, sources, old) });
          model.report(ifindex, group, host, type, sources, old, now);
        }
      };

      for (let step = 0; step < STEPS; step++) {
        for (let n = random.below(4); n > 0; n--) act();
        // Looked at between two whole seconds: who is gone is taken out a little late.
        const seconds = Math.floor(random.below(pause) / 1_000);
        for (let second = 0; second < seconds; second++) {
          clock.go(500);
          model.settle(clock.now());
          clock.go(500);
        }
        model.settle(clock.now());
        clock.go(200);
        deepEqual([...heard.names].sort(), model.list(), `step ${step}`);
        const list = Array.from(
          members.list(),
          (one) => `${one.ifindex} ${one.group} ${one.host} ${one.source ?? '*'}`,
        );
        deepEqual(list.sort(), model.list());
        const age = random.pick(AGES);
        for (const ifindex of LINKS) {
          for (const group of GROUPS) {
            for (const source of [ANY_SOURCE, ...SOURCES]) {
              const expected = model.wants(ifindex, group, source, clock.now() - age);
              equal(members.wants(4, ifindex, group, source, age), expected, `step ${step}: ${group} ${source} ${age}`);
            }
          }
        }
        clock.go(800);
        model.settle(clock.now());
        most = Math.max(most, heard.names.size);
      }
      ok(most > 5, `${most} members at most`);
      equal(members.refused, 0);
    });
  }
});
