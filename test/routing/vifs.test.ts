// VIF numbers: the lowest free one, uses counted, and copies that do not know each other.

import { deepEqual, equal } from 'node:assert/strict';
import { type Vif, VifRegistry } from '../../src/routing/vifs';

function take(registry: VifRegistry, name: string, ifindex = 1): Vif {
  const vif = registry.take(name, ifindex);
  if (vif === undefined) throw new Error('There should be a free number.');
  registry.acquire(vif);
  return vif;
}

/** The last use ends. */
function giveBack(registry: VifRegistry, vif: Vif): void {
  equal(registry.release(vif), true);
  registry.free(vif);
}

describe('routing: VIF numbers', () => {
  it('are the lowest free ones', () => {
    const registry = VifRegistry.empty();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => take(registry, name));
    deepEqual([a?.vifi, b?.vifi, c?.vifi], [0, 1, 2]);
    if (b !== undefined) giveBack(registry, b);
    equal(take(registry, 'd').vifi, 1);
    equal(take(registry, 'e').vifi, 3);
    deepEqual(
      registry.list().map(({ vifi, name }) => `${vifi} ${name}`),
      ['0 a', '1 d', '2 c', '3 e'],
    );
  });

  it('are 32, and any of them can be free again', () => {
    const registry = VifRegistry.empty();
    const vifs = Array.from({ length: 32 }, (_, n) => take(registry, `eth${n}`, n));
    equal(registry.take('eth32', 32), undefined);
    for (const vif of [vifs[31], vifs[0]]) if (vif !== undefined) giveBack(registry, vif);
    deepEqual([take(registry, 'x').vifi, take(registry, 'y').vifi, registry.take('z', 1)], [0, 31, undefined]);
  });

  it('are kept until the last use is given back', () => {
    const registry = VifRegistry.empty();
    const vif = take(registry, 'eth1');
    registry.acquire(vif);
    registry.acquire(vif);
    equal(registry.refCount(vif), 3);
    deepEqual([registry.release(vif), registry.release(vif), registry.release(vif)], [false, false, true]);
    registry.free(vif);
    equal(registry.byName('eth1'), undefined);
  });

  it('survive a new name, with their uses', () => {
    const registry = VifRegistry.empty();
    const vif = take(registry, 'eth1', 5);
    registry.acquire(vif);
    registry.acquire(vif);
    const renamed = registry.rename(vif, 'lan');
    deepEqual([registry.byName('eth1'), registry.byName('lan')], [undefined, { vifi: 0, name: 'lan', ifindex: 5 }]);
    equal(registry.refCount(renamed), 3);
  });

  it('of a copy are its own', () => {
    const registry = VifRegistry.empty();
    const vif = take(registry, 'eth1');
    const copy = registry.copy();
    giveBack(copy, vif);
    take(copy, 'eth2');
    copy.acquire(vif);
    deepEqual(registry.list(), [vif]);
    equal(registry.refCount(vif), 1);
  });

  it('do not mind names that an object would', () => {
    const registry = VifRegistry.empty();
    equal(registry.byName('__proto__'), undefined);
    equal(registry.byName('constructor'), undefined);
    equal(take(registry, '__proto__').vifi, 0);
    equal(registry.byName('__proto__')?.vifi, 0);
  });
});
