// Plans for routes whose outputs hosts open by joining.

import { deepEqual, equal, throws } from 'node:assert/strict';
import type { Plan } from '../../src/routing/plan';
import { Ground, steps } from './world';

const GROUP = '239.1.1.1';
const ROUTE = { source: '10.0.0.1', group: GROUP, iif: 'eth1', oifs: 'members' };
const DEL = { source: ROUTE.source, group: GROUP };
const LEARNING = { group: '239.1.0.0/16', iif: 'eth1', oifs: 'members' };

describe('routing: plans for outputs that hosts open', () => {
  let ground: Ground;
  beforeEach(() => {
    ground = new Ground('eth1', 'eth2', 'eth3');
  });

  const run = (plan: Plan): string[] => {
    ground.run(plan);
    return steps(plan);
  };
  const join = (name: string, group = GROUP): Set<string> => ground.joined.add(`${name} ${group}`);
  const leave = (name: string, group = GROUP): boolean => ground.joined.delete(`${name} ${group}`);
  const uses = (): Record<string, number> => {
    const vifs = ground.table.vifs[4];
    return Object.fromEntries(vifs.list().map((vif) => [vif.name, vifs.refCount(vif)]));
  };

  it('take the stream in and send it nowhere until somebody joins; all VIFs are there', () => {
    deepEqual(run(ground.planAdd(ROUTE)), [
      'add_vif 0 eth1',
      'add_vif 1 eth2',
      'add_vif 2 eth3',
      'add_mfc (10.0.0.1, 239.1.1.1) 0 → ',
    ]);
    deepEqual([uses(), ground.table.degraded], [{ eth1: 1, eth2: 1, eth3: 1 }, 0]);
  });

  it('open and close outputs in one step each, and no VIF with them', () => {
    run(ground.planAdd(ROUTE));
    join('eth3');
    deepEqual(run(ground.planPlace(ROUTE)), ['replace (10.0.0.1, 239.1.1.1) 0 → 2']);
    join('eth2');
    deepEqual(run(ground.planPlace(ROUTE)), ['replace (10.0.0.1, 239.1.1.1) 0 → 1, 2']);
    deepEqual(run(ground.planPlace(ROUTE)), []);
    leave('eth3');
    join('eth1'); // the input
    join('eth2', '239.1.1.2'); // another group
    deepEqual(run(ground.planPlace(ROUTE)), ['replace (10.0.0.1, 239.1.1.1) 0 → 1']);
    deepEqual(uses(), { eth1: 1, eth2: 1, eth3: 1 });
    deepEqual(run(ground.planDel(DEL)), [
      'del_mfc (10.0.0.1, 239.1.1.1) 0 → 1',
      'del_vif 0 eth1',
      'del_vif 1 eth2',
      'del_vif 2 eth3',
    ]);
  });

  it('are open from the start where hosts are there already', () => {
    join('eth2');
    equal(steps(ground.planAdd(ROUTE)).at(-1), 'add_mfc (10.0.0.1, 239.1.1.1) 0 → 1');
  });

  it('reserve only the interfaces that count', () => {
    join('eth2');
    const among = { ...ROUTE, members: { among: ['eth3'] } };
    deepEqual(run(ground.planAdd(among)), ['add_vif 0 eth1', 'add_vif 1 eth3', 'add_mfc (10.0.0.1, 239.1.1.1) 0 → ']);
    deepEqual(run(ground.planAdd({ ...ROUTE, members: { among: ['eth2'] } })), [
      'add_vif 2 eth2',
      'replace (10.0.0.1, 239.1.1.1) 0 → 2',
      'del_vif 1 eth3',
    ]);
  });

  it('change from named outputs to hosts and back in one step', () => {
    run(ground.planAdd({ ...ROUTE, oifs: ['eth2'] }));
    join('eth3');
    deepEqual(run(ground.planAdd(ROUTE)), ['add_vif 2 eth3', 'replace (10.0.0.1, 239.1.1.1) 0 → 2']);
    deepEqual(run(ground.planAdd({ ...ROUTE, oifs: ['eth2'] })), [
      'replace (10.0.0.1, 239.1.1.1) 0 → 1',
      'del_vif 2 eth3',
    ]);
  });

  it('replace a stop filter without a step, and change what is saved', () => {
    run(ground.planAdd({ ...ROUTE, oifs: [], stop_filter: true }));
    deepEqual(steps(ground.planAdd({ ...ROUTE, members: { among: 'eth2' } })), ['add_vif 1 eth2']);
    const plan = ground.planAdd({ ...ROUTE, members: { among: 'eth2', timeout: 5 } });
    ground.run(plan);
    equal(ground.planAdd({ ...ROUTE, members: { among: 'eth2', timeout: 5 } }).next.changes.size, 0);
    equal(ground.planAdd({ ...ROUTE, members: { among: 'eth2', timeout: 6 } }).next.changes.size, 1);
  });

  it('open the outputs of each learnt stream for itself', () => {
    run(ground.planAdd(LEARNING));
    ground.learn(DEL, 'eth1');
    ground.learn({ source: '10.0.0.1', group: '239.1.1.2' }, 'eth1');
    join('eth2');
    deepEqual(run(ground.planReopen()), ['replace (10.0.0.1, 239.1.1.1) 0 → 1']);
    join('eth3', '239.1.1.2');
    deepEqual(run(ground.planReopen()), ['replace (10.0.0.1, 239.1.1.2) 0 → 2']);
    leave('eth2');
    deepEqual(run(ground.planReopen()), ['replace (10.0.0.1, 239.1.1.1) 0 → ']);
    equal(run(ground.planDel({ group: LEARNING.group })).length, 5);
    deepEqual(uses(), {});
  });

  it('take an interface that comes later, and leave one that goes with its hosts', () => {
    run(ground.planAdd(ROUTE));
    ground.kernel.addLink('eth4');
    join('eth4');
    deepEqual(run(ground.planPlace(ROUTE)), ['add_vif 3 eth4', 'replace (10.0.0.1, 239.1.1.1) 0 → 3']);
    ground.kernel.delLink('eth4');
    deepEqual(run(ground.planLeave(4, 'eth4')), ['replace (10.0.0.1, 239.1.1.1) 0 → ']);
    leave('eth4');
    run(ground.planPlace(ROUTE));
    deepEqual([uses(), ground.table.degraded, ground.table.pending], [{ eth1: 1, eth2: 1, eth3: 1 }, 0, 0]);
  });

  it('refuse interfaces that are not there, and outputs to delete', () => {
    const refused = (plan: () => unknown, code: string): void => throws(plan, { code });
    refused(() => ground.planAdd({ ...ROUTE, members: { among: 'eth9' } }), 'ERR_MFC_NO_INTERFACE');
    refused(() => ground.planAdd({ ...ROUTE, iif: 'eth9' }), 'ERR_MFC_NO_INTERFACE');
    run(ground.planAdd(ROUTE));
    refused(() => ground.planDel({ ...DEL, oifs: ['eth2'] }), 'ERR_MFC_NO_ROUTE');
    deepEqual(run(ground.planPlace({ ...ROUTE, members: { among: 'eth2,eth9' } })), ['del_vif 2 eth3']);
    equal(ground.table.degraded, 1);
  });
});
