// What a plan asks of the kernel, step by step, and what it refuses before anything is asked.

import { deepEqual, equal, match, throws } from 'node:assert/strict';
import type { MfcError } from '../../src/errors';
import { Plan } from '../../src/routing/plan';
import { parseAdd } from '../../src/routing/request';
import { Ground, steps } from './world';

const R1 = { source: '10.0.0.1', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2', 'eth3'] };
const R2 = { source: '10.0.0.2', group: '239.1.1.1', iif: 'eth2', oifs: ['eth1'] };
const R6 = { source: 'fd00::1', group: 'ff3e::1', iif: 'eth1', oifs: ['eth2'] };

/** Throws what the plan throws, by code, field and message. */
function refuses(plan: () => unknown, code: string, field: string, message: RegExp): void {
  throws(plan, (error: MfcError) => {
    deepEqual([error.code, error.cause.field], [code, field]);
    match(error.message, message);
    return true;
  });
}

describe('routing: plans', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground('eth1', 'eth2', 'eth3', 'eth4', '__proto__', 'constructor');
  });

  it('make VIFs before the first route and delete them after the last', () => {
    const add = ground.planAdd(R1);
    deepEqual(steps(add), [
      'add_vif 0 eth1',
      'add_vif 1 eth2',
      'add_vif 2 eth3',
      'add_mfc (10.0.0.1, 239.1.1.1) 0 → 1, 2',
    ]);
    ground.run(add);
    deepEqual(steps(ground.planDel({ source: R1.source, group: R1.group })), [
      'del_mfc (10.0.0.1, 239.1.1.1) 0 → 1, 2',
      'del_vif 0 eth1',
      'del_vif 1 eth2',
      'del_vif 2 eth3',
    ]);
  });

  it('count a VIF once per route and role', () => {
    ground.run(ground.planAdd(R1, R2, { ...R1, group: '239.1.1.2' }));
    const { 4: vifs, 6: mifs } = ground.table.vifs;
    const uses = Object.fromEntries(vifs.list().map((vif) => [vif.name, vifs.refCount(vif)]));
    deepEqual(uses, { eth1: 3, eth2: 3, eth3: 2 });
    deepEqual(mifs.list(), []);
    deepEqual(steps(ground.planDel({ source: R2.source, group: R2.group })), ['del_mfc (10.0.0.2, 239.1.1.1) 1 → 0']);
  });

  it('number the VIFs of the two families apart', () => {
    deepEqual(steps(ground.planAdd({ ...R1, iif: 'eth4' }, R6)), [
      'add_vif 0 eth4',
      'add_vif 1 eth2',
      'add_vif 2 eth3',
      'add_mfc (10.0.0.1, 239.1.1.1) 0 → 1, 2',
      'add_vif 0 eth1',
      'add_vif 1 eth2',
      'add_mfc (fd00::1, ff3e::1) 0 → 1',
    ]);
  });

  it('take the lowest free number, that of a deleted VIF only after it was deleted', () => {
    ground.run(ground.planAdd(R1, R2));
    ground.run(ground.planDel({ source: R1.source, group: R1.group, oifs: 'eth3' }));
    deepEqual(steps(ground.planAdd({ ...R2, oifs: ['eth4'] })), [
      'add_vif 2 eth4',
      'replace (10.0.0.2, 239.1.1.1) 1 → 2',
    ]);
    deepEqual(steps(ground.planAdd({ ...R1, iif: 'eth2', oifs: ['eth4'] }, { ...R2, oifs: ['eth3'] })), [
      'add_vif 2 eth4',
      'replace (10.0.0.1, 239.1.1.1) 1 → 2',
      'add_vif 3 eth3',
      'replace (10.0.0.2, 239.1.1.1) 1 → 3',
      'del_vif 0 eth1',
    ]);
  });

  it('replace a route in one step, between the VIFs that come and those that go', () => {
    ground.run(ground.planAdd(R1));
    deepEqual(steps(ground.planAdd({ ...R1, oifs: ['eth3', { name: 'eth4', threshold: 16 }] })), [
      'add_vif 3 eth4',
      'replace (10.0.0.1, 239.1.1.1) 0 → 2, 3>16',
      'del_vif 1 eth2',
    ]);
  });

  it('give an any-source entry its own input among the outputs, a stop filter too', () => {
    deepEqual(steps(ground.planAdd({ ...R1, source: '*' })).at(-1), 'add_mfc (*, 239.1.1.1) 0 → 1, 2, 0');
    deepEqual(steps(ground.planAdd({ ...R1, source: '*', oifs: [], stop_filter: true })), [
      'add_vif 0 eth1',
      'add_mfc (*, 239.1.1.1) 0 → 0',
    ]);
  });

  it('have no steps where nothing, or a label only, or the order of outputs is new', () => {
    ground.run(ground.planAdd(R1, R6));
    for (const same of [R1, { ...R1, label: 'new' }, { ...R1, oifs: 'eth3,eth2' }, { ...R1, threshold: 1 }]) {
      deepEqual(steps(ground.planAdd(same, R6)), []);
    }
    equal(ground.planAdd(R1).next.changes.size, 0);
    equal(ground.planAdd({ ...R1, label: 'new' }).next.changes.size, 1);
  });

  it('delete some outputs by a replacement, and the route with the last of them', () => {
    ground.run(ground.planAdd(R1));
    const stream = { source: R1.source, group: R1.group };
    deepEqual(steps(ground.planDel({ ...stream, oifs: 'eth2' })), [
      'replace (10.0.0.1, 239.1.1.1) 0 → 2',
      'del_vif 1 eth2',
    ]);
    deepEqual(steps(ground.planDel({ ...stream, oifs: 'eth2, eth3' })), steps(ground.planDel(stream)));
  });

  it('take routes off an interface that is gone: entries first, and no VIF is deleted that the kernel has lost', () => {
    ground.run(ground.planAdd(R1, R2, R6));
    ground.kernel.delLink('eth2');
    const plan = ground.planLeave(4, 'eth2');
    deepEqual(steps(plan), ['replace (10.0.0.1, 239.1.1.1) 0 → 2', 'del_mfc (10.0.0.2, 239.1.1.1) 1 → 0']);
    ground.run(plan);
    deepEqual(
      Array.from(ground.table.list(), ({ installed, reason }) => [installed?.outputs.map(({ name }) => name), reason]),
      [
        [['eth3'], "Interface 'eth2' not found."],
        [undefined, "Interface 'eth2' not found."],
        [['eth2'], undefined],
      ],
    );
    deepEqual([ground.table.pending, ground.table.degraded], [1, 1]);
  });

  it('make a route whole when its interface is back, under another number if need be', () => {
    ground.run(ground.planAdd(R1));
    ground.kernel.delLink('eth3');
    ground.run(ground.planLeave(4, 'eth3'));
    ground.run(ground.planAdd({ ...R2, iif: 'eth4' }));
    ground.kernel.addLink('eth3');
    const plan = ground.planPlace(R1);
    deepEqual(steps(plan), ['add_vif 3 eth3', 'replace (10.0.0.1, 239.1.1.1) 0 → 1, 3']);
    ground.run(plan);
    deepEqual([ground.table.pending, ground.table.degraded], [0, 0]);
    deepEqual(steps(ground.planPlace(R1)), []);
  });

  it('let a route wait for interfaces that are not there yet, if that is allowed', () => {
    ground.run(ground.planPlace({ ...R1, oifs: ['eth2', 'eth9'] }, { ...R2, iif: 'eth9' }));
    deepEqual([ground.table.pending, ground.table.degraded], [1, 1]);
    deepEqual(
      ground.table.vifs[4].list().map(({ name }) => name),
      ['eth1', 'eth2'],
    );
    deepEqual(steps(ground.planPlace({ ...R1, oifs: ['eth2', 'eth9'] }, { ...R2, iif: 'eth9' })), []);
    deepEqual(steps(ground.planDel({ source: R2.source, group: R2.group })), []);
    deepEqual(steps(ground.planDel({ source: R1.source, group: R1.group, oifs: 'eth9' })), []);
    deepEqual(steps(ground.planPlace({ ...R1, oifs: ['eth9'] })), [
      'del_mfc (10.0.0.1, 239.1.1.1) 0 → 1',
      'del_vif 0 eth1',
      'del_vif 1 eth2',
    ]);
  });

  it('take back the numbers that they are told to, where these are free', () => {
    ground.run(ground.planAdd(R1, R2));
    const before = ground.table.vifs;
    ground.run(ground.planDel({ source: R1.source, group: R1.group }, { source: R2.source, group: R2.group }));
    ground.run(ground.planAdd({ ...R6, group: '239.1.1.9', source: '*', iif: 'eth4', oifs: ['eth3'] }));
    const plan = new Plan(ground.table, ground, before);
    plan.place(parseAdd({ ...R1, iif: 'eth2', oifs: ['eth1', 'eth3'] }).route);
    deepEqual(steps(plan), ['add_vif 2 eth2', 'add_vif 3 eth1', 'add_mfc (10.0.0.1, 239.1.1.1) 2 → 3, 1']);
  });

  it('follow a device to its new name, and let go of an output that only waited for that name', () => {
    ground.run(ground.planPlace({ ...R1, oifs: ['eth2', 'eth9'] }));
    ground.kernel.renameLink('eth2', 'eth9');
    const names = new Map([['eth2', 'eth9']]);
    ground.table.renameVifs(4, names);
    for (const [key, entry] of ground.table.keyed()) ground.table.renameRoute(key, entry, names);
    deepEqual(
      Array.from(ground.table.list(), ({ route }) => route.outputs.map(({ name }) => name)),
      [['eth9']],
    );
    const plan = ground.planPlace({ ...R1, oifs: ['eth9'] });
    deepEqual(steps(plan), []);
    ground.run(plan);
    deepEqual(ground.table.degraded, 0);
  });

  it('do not mind interfaces with names that an object would', () => {
    const plan = ground.planAdd({ ...R1, iif: '__proto__', oifs: ['constructor', 'eth1'] });
    deepEqual(steps(plan).slice(0, 2), ['add_vif 0 __proto__', 'add_vif 1 constructor']);
    ground.run(plan);
    deepEqual(steps(ground.planDel({ source: R1.source, group: R1.group })).slice(1, 3), [
      'del_vif 0 __proto__',
      'del_vif 1 constructor',
    ]);
  });

  it('refuse what contradicts itself in one message, and take what repeats itself', () => {
    refuses(() => ground.planAdd(R1, { ...R1, oifs: ['eth4'] }), 'ERR_MFC_INVALID', 'group', /is in the message twice/);
    refuses(() => ground.planAdd(R1, { ...R1, threshold: 2 }), 'ERR_MFC_INVALID', 'group', /is in the message twice/);
    const open = { source: R1.source, group: R1.group, oifs: ['eth9'], allow_absent: true };
    for (const both of [
      [open, R1],
      [R1, open],
    ]) {
      refuses(() => ground.planAdd(...both), 'ERR_MFC_INVALID', 'group', /is in the message twice/);
    }
    const plan = ground.planAdd(R1, R1, { ...R1, label: 'x' });
    equal(plan.operations.length, 4);
    ground.run(plan);
    for (const other of [{ ...R1, oifs: ['eth4'] }, open]) {
      refuses(() => ground.planAdd({ ...R1, label: 'x' }, other), 'ERR_MFC_INVALID', 'group', /in the message twice/);
    }
    const vifs = ground.table.vifs[4];
    deepEqual(
      vifs.list().map((vif) => vifs.refCount(vif)),
      [1, 1, 1],
    );
  });

  it('change nothing of a route that waits if only the order of its outputs is another', () => {
    const waiting = { ...R1, oifs: ['eth9', 'eth2', 'eth8'], allow_absent: true };
    ground.run(ground.planAdd(waiting));
    equal(ground.planAdd({ ...waiting, oifs: ['eth8', 'eth9', 'eth2'] }).next.changes.size, 0);
  });

  it('refuse interfaces that are not there, loop back or have no multicast', () => {
    ground.kernel.setLink('eth4', { multicast: false });
    refuses(() => ground.planAdd({ ...R1, iif: 'eth9' }), 'ERR_MFC_NO_INTERFACE', 'iif', /Interface 'eth9' not found/);
    refuses(
      () => ground.planAdd({ ...R1, oifs: 'eth9' }),
      'ERR_MFC_NO_INTERFACE',
      'oifs',
      /Interface 'eth9' not found/,
    );
    refuses(() => ground.planAdd({ ...R1, iif: 'lo' }), 'ERR_MFC_NOT_MULTICAST', 'iif', /'lo' is a loopback/);
    refuses(
      () => ground.planAdd({ ...R1, oifs: 'eth4' }),
      'ERR_MFC_NOT_MULTICAST',
      'oifs',
      /ip link set eth4 multicast on/,
    );
  });

  it('refuse to delete what is not there', () => {
    ground.run(ground.planAdd(R1));
    const stream = { source: R1.source, group: R1.group };
    const del = (message: unknown) => () => ground.planDel(message);
    refuses(del({ group: R1.group }), 'ERR_MFC_NO_ROUTE', 'group', /^MFC entry for \(\*, 239\.1\.1\.1\) not found\./);
    refuses(
      del({ ...stream, oifs: 'eth4' }),
      'ERR_MFC_NO_ROUTE',
      'oifs',
      /has no output 'eth4'\. Its outputs are eth2, eth3/,
    );
    refuses(del({ ...stream, iif: 'eth2' }), 'ERR_MFC_NO_ROUTE', 'iif', /comes in on 'eth1', not 'eth2'/);
    refuses(() => ground.planDel(stream, stream), 'ERR_MFC_NO_ROUTE', 'group', /not found/);
    const twice = { ...stream, oifs: 'eth2' };
    refuses(() => ground.planDel(twice, twice), 'ERR_MFC_NO_ROUTE', 'oifs', /has no output 'eth2'/);
  });

  it('refuse the 33rd interface of a family, in the message and in the table', () => {
    const names = Array.from({ length: 33 }, (_, n) => `vif${n}`);
    const many = new Ground(...names, 'other');
    const stream = (n: number) => ({ source: `10.0.0.${n + 1}`, group: '239.1.1.1' });
    const chain = (n: number) => ({ ...stream(n), iif: `vif${n}`, oifs: [`vif${n + 1}`] });
    const chains = names.slice(2).map((_, n) => chain(n));
    refuses(
      () => many.planAdd(...chains, chain(31)),
      'ERR_MFC_VIFS_EXHAUSTED',
      'oifs',
      /'vif32': the kernel has 32 per table/,
    );
    many.run(many.planAdd(...chains));
    equal(many.table.vifs[4].list().length, 32);
    refuses(
      () => many.planAdd({ ...stream(40), iif: 'other', oifs: ['vif0'] }),
      'ERR_MFC_VIFS_EXHAUSTED',
      'iif',
      /'other'/,
    );
    many.planAdd({ group: 'ff3e::1', iif: 'other', oifs: ['vif0'] }); // the other family has its own
    many.run(many.planDel(stream(0)));
    deepEqual(steps(many.planAdd({ ...stream(40), iif: 'other', oifs: ['vif1'] }))[0], 'add_vif 0 other');
  });
});
