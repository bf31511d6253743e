// Plans for routes that learn and routes whose outputs hosts open: their VIFs, and the entries that they have learnt.

import { deepEqual, equal, match, throws } from 'node:assert/strict';
import type { MfcError } from '../../src/errors';
import type { Plan } from '../../src/routing/plan';
import { parseAdd } from '../../src/routing/request';
import { everyForwarding, runWatched } from './watched';
import { Ground, steps } from './world';

const WIDE = { group: '239.1.0.0/16', iif: 'eth1', oifs: ['eth2'] };
const NARROW = { group: '239.1.1.0/24', iif: 'eth1', oifs: ['eth3'] };
const ONE = { source: '10.0.0.1', group: '239.1.1.1' };
const TWO = { source: '10.0.0.2', group: '239.1.2.2' };

describe('routing: plans for routes that learn', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground('eth1', 'eth2', 'eth3', 'eth4');
  });

  const run = (plan: Plan): string[] => {
    ground.run(plan);
    return steps(plan);
  };
  const add = (...messages: object[]): string[] => run(ground.planAdd(...messages));
  /** Deletes whole routes, whatever their messages say of interfaces. */
  const del = (...routes: { source?: string; group: string; learnt?: boolean }[]): string[] =>
    run(ground.planDel(...routes.map(({ source = '*', group, learnt = false }) => ({ source, group, learnt }))));

  /** How often each VIF is used. */
  function uses(): Record<string, number> {
    const vifs = ground.table.vifs[4];
    return Object.fromEntries(vifs.list().map((vif) => [vif.name, vifs.refCount(vif)]));
  }

  /** The learnt entries: `239.1.1.1 by * 239.1.0.0/16 > eth2`. */
  function learnt(): string[] {
    return Array.from(ground.table.listLearnt(), ([, { route, learnt: by }]) => {
      return `${route.group} by ${by} > ${route.outputs.map(({ name }) => name).join()}`;
    }).sort();
  }

  it('have VIFs and no entry; the second use of an interface is counted', () => {
    deepEqual(add(WIDE), ['add_vif 0 eth1', 'add_vif 1 eth2']);
    deepEqual(add(NARROW), ['add_vif 2 eth3']);
    deepEqual(uses(), { eth1: 2, eth2: 1, eth3: 1 });
    deepEqual(add(WIDE), []);
    deepEqual(uses(), { eth1: 2, eth2: 1, eth3: 1 });
    deepEqual(del(WIDE), ['del_vif 1 eth2']);
    deepEqual(del(NARROW), ['del_vif 0 eth1', 'del_vif 2 eth3']);
    deepEqual(uses(), {});
  });

  it('reserve a VIF for every input of a pattern, once', () => {
    deepEqual(add({ ...WIDE, iif: 'eth+' }), ['add_vif 0 eth2', 'add_vif 1 eth1', 'add_vif 2 eth3', 'add_vif 3 eth4']);
    deepEqual(uses(), { eth1: 1, eth2: 1, eth3: 1, eth4: 1 });
    deepEqual(del(WIDE), ['del_vif 0 eth2', 'del_vif 1 eth1', 'del_vif 2 eth3', 'del_vif 3 eth4']);
    add({ ...WIDE, iif: 'eth+' });
    deepEqual(add(WIDE), ['del_vif 2 eth3', 'del_vif 3 eth4']);
    deepEqual(uses(), { eth1: 1, eth2: 1 });
  });

  it('take an interface that comes later and leave one that goes', () => {
    const pattern = { ...WIDE, iif: 'eth+' };
    add(pattern);
    ground.kernel.addLink('eth5');
    deepEqual(run(ground.planPlace(pattern)), ['add_vif 4 eth5']);
    ground.kernel.delLink('eth4');
    deepEqual(run(ground.planLeave(4, 'eth4')), []);
    deepEqual(run(ground.planPlace(pattern)), []);
    deepEqual(uses(), { eth1: 1, eth2: 1, eth3: 1, eth5: 1 });
    ground.kernel.delLink('eth2');
    run(ground.planLeave(4, 'eth2'));
    deepEqual([uses(), ground.table.pending], [{}, 1]);
  });

  it('refuse a pattern that means nothing, or let it wait', () => {
    throws(
      () => ground.planAdd({ ...WIDE, iif: 'tun+' }),
      (error: MfcError) => error.code === 'ERR_MFC_NO_INTERFACE' && error.cause.field === 'iif',
    );
    deepEqual(run(ground.planPlace({ ...WIDE, iif: 'tun+' })), []);
    equal(ground.table.pending, 1);
    ground.kernel.addLink('tun0');
    deepEqual(run(ground.planPlace({ ...WIDE, iif: 'tun+' })), ['add_vif 0 eth2', 'add_vif 1 tun0']);
    equal(ground.table.pending, 0);
  });

  it('take as many interfaces as there are VIF numbers, and say which is left out', () => {
    const many = new Ground(...Array.from({ length: 33 }, (_, n) => `vif${n}`));
    const plan = many.planAdd({ group: '239.1.0.0/16', oifs: ['vif1'] });
    many.run(plan);
    equal(many.table.degraded, 1);
    match(plan.find('* 239.1.0.0/16')?.reason ?? '', /^No VIF number is left for interface 'vif32'/);
    throws(
      () => many.planAdd({ ...ONE, iif: 'vif1', oifs: ['vif32'] }),
      ({ code, cause }: MfcError) => code === 'ERR_MFC_VIFS_EXHAUSTED' && cause.field === 'oifs',
    );
  });

  it('rewrite what was learnt when outputs change: after the VIFs that come, before those that go', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    ground.learn(TWO, 'eth1');
    deepEqual(uses(), { eth1: 1, eth2: 1 }); // learnt entries use the VIFs of their route
    deepEqual(add({ ...WIDE, oifs: ['eth3', 'eth4'] }), [
      'add_vif 2 eth3',
      'add_vif 3 eth4',
      'replace (10.0.0.1, 239.1.1.1) 0 → 2, 3',
      'replace (10.0.0.2, 239.1.2.2) 0 → 2, 3',
      'del_vif 1 eth2',
    ]);
    deepEqual(learnt(), ['239.1.1.1 by * 239.1.0.0/16 > eth3,eth4', '239.1.2.2 by * 239.1.0.0/16 > eth3,eth4']);
  });

  it('rewrite them for no other change, but their labels and alarms follow', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    deepEqual(add({ ...WIDE, label: 'Hall', alarm: { idle: 2 }, idle_timeout: 5 }), []);
    const route = ground.table.get(`${ONE.source} ${ONE.group}`)?.route;
    deepEqual([route?.label, route?.alarm, route?.learning], ['Hall', { idle: 2 }, undefined]);
  });

  it('delete what was learnt with the route, before its VIFs', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    ground.learn(TWO, 'eth1');
    deepEqual(del(WIDE), [
      'del_mfc (10.0.0.1, 239.1.1.1) 0 → 1',
      'del_mfc (10.0.0.2, 239.1.2.2) 0 → 1',
      'del_vif 0 eth1',
      'del_vif 1 eth2',
    ]);
    deepEqual([learnt(), ground.table.learntSize, ground.table.size], [[], 0, 0]);
  });

  it('delete what is excluded, or comes in elsewhere, from now on', () => {
    add({ ...WIDE, iif: 'eth+' });
    ground.learn(ONE, 'eth1');
    ground.learn(TWO, 'eth3');
    deepEqual(add({ ...WIDE, iif: 'eth+', exclude: ['239.1.2.0/24'] }), ['del_mfc (10.0.0.2, 239.1.2.2) 2 → 0']);
    deepEqual(add({ ...WIDE, iif: 'eth4' }), [
      'del_mfc (10.0.0.1, 239.1.1.1) 1 → 0',
      'del_vif 1 eth1',
      'del_vif 2 eth3',
    ]);
    deepEqual(learnt(), []);
  });

  it('move what was learnt to a new route that is more specific, and back', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    ground.learn(TWO, 'eth1');
    deepEqual(add(NARROW), ['add_vif 2 eth3', 'replace (10.0.0.1, 239.1.1.1) 0 → 2']);
    deepEqual(learnt(), ['239.1.1.1 by * 239.1.1.0/24 > eth3', '239.1.2.2 by * 239.1.0.0/16 > eth2']);
    deepEqual([ground.table.learntBy('* 239.1.1.0/24').size, ground.table.learntBy('* 239.1.0.0/16').size], [1, 1]);
    deepEqual(del(NARROW), ['replace (10.0.0.1, 239.1.1.1) 0 → 1', 'del_vif 2 eth3']);
    deepEqual(learnt(), ['239.1.1.1 by * 239.1.0.0/16 > eth2', '239.1.2.2 by * 239.1.0.0/16 > eth2']);
  });

  it('move it without a step where both routes forward alike', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    deepEqual(add({ ...NARROW, oifs: ['eth2'] }), []);
    deepEqual(learnt(), ['239.1.1.1 by * 239.1.1.0/24 > eth2']);
    deepEqual(del(WIDE), []);
    deepEqual(del(NARROW), ['del_mfc (10.0.0.1, 239.1.1.1) 0 → 1', 'del_vif 0 eth1', 'del_vif 1 eth2']);
  });

  it('follow once, at the end of a message: a stream goes nowhere for a moment that no message wants', () => {
    add(WIDE, NARROW);
    ground.learn(ONE, 'eth1');
    deepEqual(add({ ...NARROW, exclude: [ONE.group] }, { ...WIDE, oifs: ['eth4'] }), [
      'add_vif 3 eth4',
      'replace (10.0.0.1, 239.1.1.1) 0 → 3',
      'del_vif 1 eth2',
    ]);
    deepEqual(del(WIDE, NARROW), [
      'del_mfc (10.0.0.1, 239.1.1.1) 0 → 3',
      'del_vif 3 eth4',
      'del_vif 0 eth1',
      'del_vif 2 eth3',
    ]);
  });

  it("let a user's own route take an entry over, whose VIFs are counted then", () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    const plan = ground.planAdd({ ...ONE, iif: 'eth1', oifs: ['eth3'] });
    deepEqual(run(plan), ['add_vif 2 eth3', 'replace (10.0.0.1, 239.1.1.1) 0 → 2']);
    deepEqual([learnt(), uses(), ground.table.size], [[], { eth1: 2, eth2: 1, eth3: 1 }, 2]);
    deepEqual(del(WIDE), ['del_vif 1 eth2']);
    deepEqual(del(ONE), ['del_mfc (10.0.0.1, 239.1.1.1) 0 → 2', 'del_vif 0 eth1', 'del_vif 2 eth3']);
  });

  it('take it over without a step where it forwards alike: it is added all the same', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    const own = { ...ONE, iif: 'eth1', oifs: ['eth2'] };
    deepEqual(add(own), []);
    deepEqual([learnt(), uses(), ground.table.size], [[], { eth1: 2, eth2: 2 }, 2]);
    deepEqual(del(WIDE), []);
    deepEqual(del(own), ['del_mfc (10.0.0.1, 239.1.1.1) 0 → 1', 'del_vif 0 eth1', 'del_vif 1 eth2']);
  });

  it('take an entry and its route in one message, in either order', () => {
    const own = { ...ONE, iif: 'eth1', oifs: ['eth4'] };
    for (const messages of [
      [{ ...WIDE, oifs: ['eth3'] }, own],
      [own, { ...WIDE, oifs: ['eth3'] }],
    ]) {
      add(WIDE);
      ground.learn(ONE, 'eth1');
      add(...messages);
      deepEqual([learnt(), uses()], [[], { eth1: 2, eth3: 1, eth4: 1 }]);
      equal(del(WIDE, ONE).filter((step) => step.startsWith('del_mfc')).length, 1);
      deepEqual(uses(), {});
    }
  });

  it('delete one learnt entry if asked to; VIFs stay with the route', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    deepEqual(del(ONE), ['del_mfc (10.0.0.1, 239.1.1.1) 0 → 1']);
    deepEqual(uses(), { eth1: 1, eth2: 1 });
    deepEqual(del({ ...ONE, learnt: true }), []);
    throws(() => ground.planDel(ONE), { code: 'ERR_MFC_NO_ROUTE' });
  });

  describe('for a route of a stream that goes', () => {
    const own = { ...ONE, iif: 'eth1', oifs: ['eth3'] };
    const key = `${ONE.source} ${ONE.group}`;
    const deletion = ['del_mfc (10.0.0.1, 239.1.1.1) 0 → 2', 'del_vif 2 eth3'];

    it('take the stream over in place, if it flows, and its VIFs go after that', () => {
      add(WIDE, own);
      ground.idle.set(key, 59_999);
      deepEqual(del(ONE), ['replace (10.0.0.1, 239.1.1.1) 0 → 1', 'del_vif 2 eth3']);
      deepEqual(
        [learnt(), uses(), ground.table.size],
        [['239.1.1.1 by * 239.1.0.0/16 > eth2'], { eth1: 1, eth2: 1 }, 1],
      );
      deepEqual(del(WIDE), ['del_mfc (10.0.0.1, 239.1.1.1) 0 → 1', 'del_vif 0 eth1', 'del_vif 1 eth2']);
    });

    it('take it over without a step where they forward alike', () => {
      add(WIDE, { ...own, oifs: ['eth2'] });
      ground.idle.set(key, 0);
      deepEqual(del(ONE), []);
      deepEqual([learnt(), uses()], [['239.1.1.1 by * 239.1.0.0/16 > eth2'], { eth1: 1, eth2: 1 }]);
    });

    it('leave it where no packet has come, or none for their idle timeout', () => {
      for (const idle of [undefined, 60_000]) {
        add(WIDE, own);
        if (idle !== undefined) ground.idle.set(key, idle);
        deepEqual([del(ONE), learnt()], [deletion, []]);
      }
    });

    it('leave it where they would not learn it', () => {
      ground.idle.set(key, 0);
      for (const [wide, ...others] of [
        [{ ...WIDE, iif: 'eth2', oifs: ['eth1'] }],
        [{ ...WIDE, exclude: [ONE.group] }],
        [{ ...WIDE, oifs: ['eth1'], iif: 'eth+' }],
        [WIDE, { group: ONE.group, iif: 'eth1', oifs: ['eth2'] }], // the kernel forwards it by that one
      ] as const) {
        add(wide, ...others, own);
        equal(del(ONE)[0]?.startsWith('del_mfc (10.0.0.1, 239.1.1.1)'), true);
        deepEqual(learnt(), []);
        for (const { group } of [wide, ...others]) del({ group });
      }
    });

    it('know who has joined', () => {
      add({ ...WIDE, oifs: 'members' }, own);
      ground.idle.set(key, 0);
      ground.joined.add(`eth4 ${ONE.group}`);
      deepEqual(del(ONE), ['replace (10.0.0.1, 239.1.1.1) 0 → 3']);
      deepEqual(learnt(), ['239.1.1.1 by * 239.1.0.0/16 > eth4']);
    });

    it('take it over where they come in the same message', () => {
      add(own);
      ground.idle.set(key, 0);
      deepEqual(add({ ...ONE, oifs: ['eth4'], iif: 'eth+' }), [
        'add_vif 2 eth4',
        'add_vif 3 eth2',
        'replace (10.0.0.1, 239.1.1.1) 0 → 2',
      ]);
      deepEqual(learnt(), [`239.1.1.1 by ${key} ? > eth4`]);
    });

    it('give its VIF numbers to who needs them in the same message, and follow what comes after that', () => {
      const names = Array.from({ length: 33 }, (_, n) => `eth${n + 1}`);
      ground = new Ground(...names);
      add(WIDE, { ...own, oifs: names.slice(2, 32) });
      ground.idle.set(key, 0);
      const plan = ground.planDel(ONE);
      for (const rule of [
        { ...TWO, iif: 'eth33', oifs: ['eth2'] },
        { ...WIDE, oifs: ['eth4'] },
      ]) {
        plan.place(parseAdd(rule).route);
      }
      runWatched(ground, plan);
      const by = '239.1.1.1 by * 239.1.0.0/16 > eth4';
      deepEqual([learnt(), uses()], [[by], { eth1: 1, eth2: 1, eth33: 1, eth4: 1 }]);
      const index = (name: string): number | undefined => ground.link(name)?.ifindex;
      equal(everyForwarding(ground)['(10.0.0.1, 239.1.1.1)'], `${index('eth1')} → ${index('eth4')}>1`);
    });

    it('leave it to one that is put in its place, in one call', () => {
      add(WIDE, own);
      ground.idle.set(key, 0);
      const plan = ground.planDel(ONE);
      equal(plan.place(parseAdd({ ...own, oifs: ['eth4'] }).route), 'added');
      deepEqual(run(plan), ['add_vif 3 eth4', 'replace (10.0.0.1, 239.1.1.1) 0 → 3', 'del_vif 2 eth3']);
      deepEqual([learnt(), uses()], [[], { eth1: 2, eth2: 1, eth4: 1 }]);
    });

    it('leave it where it is put again as it was, without a step', () => {
      add(WIDE, own);
      ground.idle.set(key, 0);
      const plan = ground.planDel(ONE);
      plan.place(parseAdd(own).route);
      deepEqual(run(plan), []);
      deepEqual([learnt(), uses(), ground.table.size], [[], { eth1: 2, eth2: 1, eth3: 1 }, 2]);
    });
  });

  it('lose what was learnt with the interface that it came in by, in the table as in the kernel', () => {
    add({ ...WIDE, iif: 'eth+', oifs: ['eth2', 'eth3'] });
    ground.learn(ONE, 'eth1');
    ground.learn(TWO, 'eth4');
    ground.kernel.delLink('eth4');
    deepEqual(run(ground.planLeave(4, 'eth4')), ['del_mfc (10.0.0.2, 239.1.2.2) 3 → 0, 1']);
    ground.kernel.delLink('eth3');
    deepEqual(run(ground.planLeave(4, 'eth3')), ['replace (10.0.0.1, 239.1.1.1) 2 → 0']);
    deepEqual(learnt(), ['239.1.1.1 by * 239.1.0.0/16 > eth2']);
    deepEqual(uses(), { eth1: 1, eth2: 1 });
  });

  it('forget what was learnt with the table of its family, and no more', () => {
    add(WIDE, { group: 'ff05::/16', iif: 'eth1', oifs: ['eth2'] });
    ground.learn(ONE, 'eth1');
    ground.learn({ source: 'fd00::1', group: 'ff05::1' }, 'eth1');
    ground.table.commit(ground.planLose(4, 'It is gone.').next);
    deepEqual(learnt(), ['ff05::1 by * ff05::/16 > eth2']);
    deepEqual([ground.table.size, ground.table.pending, uses()], [2, 1, {}]);
  });

  it('go back as they came', () => {
    add(WIDE);
    ground.learn(ONE, 'eth1');
    add({ ...TWO, iif: 'eth1', oifs: ['eth4'] });
    ground.idle.set(`${TWO.source} ${TWO.group}`, 0);
    const before = [learnt(), uses(), ground.table.size];
    for (const plan of [
      ground.planAdd(NARROW),
      ground.planDel({ group: WIDE.group, source: '*' }),
      ground.planDel(TWO),
      ground.planAdd({ ...ONE, iif: 'eth1', oifs: ['eth3'] }),
    ]) {
      ground.table.commit(ground.table.commit(plan.next));
      deepEqual([learnt(), uses(), ground.table.size], before);
    }
  });
});
