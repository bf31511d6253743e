// Joins that follow wishes and interfaces, on the real kernel; the fake one where the kernel is to refuse.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { linux } from '../../src/kernel/linux';
import type { JoinWish } from '../../src/streams/joins/join-wishes';
import { Joins } from '../../src/streams/joins/joins';
import { FakeKernel } from '../fake/kernel';
import { joined, joinedGroups } from '../kernel/joined';
import { hasIPv6 } from '../lab/ip';
import { Lab } from '../lab/lab';
import { until } from '../lab/until';

const wish = (iif: string, group: string, source?: string): JoinWish => ({
  version: group.includes(':') ? 6 : 4,
  iif,
  group,
  source,
});

const all = (): string[] => [...joined(4), ...(hasIPv6 ? joined(6) : [])].sort();

describe('streams: joins', () => {
  let lab: Lab;
  let joins: Joins;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2');
  });
  after(() => lab.close());
  beforeEach(() => {
    joins = new Joins(linux);
  });
  afterEach(() => joins.close());

  it('come and go with their wishes', () => {
    deepEqual([joins.fds(), joins.opened], [[], 0]);
    joins.set('a', wish('eth1', '239.1.1.1'));
    joins.set('b', wish('eth2', '232.1.1.2', '10.0.0.1'));
    joins.set('b', wish('eth2', '232.1.1.2', '10.0.0.1'));
    deepEqual(all(), ['eth1 (*, 239.1.1.1)', 'eth2 (10.0.0.1, 232.1.1.2)']);
    joins.set('b', wish('eth1', '232.1.1.2', '10.0.0.2'));
    deepEqual(all(), ['eth1 (*, 239.1.1.1)', 'eth1 (10.0.0.2, 232.1.1.2)']);
    joins.set('a', undefined);
    joins.set('never', undefined);
    deepEqual(all(), ['eth1 (10.0.0.2, 232.1.1.2)']);
    joins.set('b', undefined);
    deepEqual([all(), joins.size], [[], 0]);
  });

  if (hasIPv6) {
    it('are of both families', () => {
      joins.set('a', wish('eth1', '239.1.1.1'));
      joins.set('b', wish('eth1', 'ff3e::1', 'fd00::1'));
      deepEqual(all(), ['eth1 (*, 239.1.1.1)', 'eth1 (fd00::1, ff3e::1)']);
    });
  }

  it('that several wish for end with the last', () => {
    for (const key of ['a', 'b']) joins.set(key, wish('eth1', '239.1.1.1'));
    joins.set('a', undefined);
    deepEqual(all(), ['eth1 (*, 239.1.1.1)']);
    joins.set('b', undefined);
    deepEqual(all(), []);
  });

  it('wait for an interface that is not there', async () => {
    joins.set('a', wish('usb1', '239.1.1.1'));
    await joins.refresh();
    deepEqual([all(), joins.failures.size], [[], 0]);
    await lab.link('usb1');
    await joins.refresh();
    deepEqual(all(), ['usb1 (*, 239.1.1.1)']);
    await lab.unlink('usb1');
  });

  it('are made anew on an interface that was deleted and made again', async () => {
    await lab.link('usb1');
    const wishes = [wish('usb1', '239.1.1.1'), wish('usb1', '232.1.1.2', '10.0.0.1'), wish('eth1', '239.1.1.1')];
    for (const [i, one] of wishes.entries()) joins.set(String(i), one);
    const before = all();
    const { opened } = joins;
    for (const isSeen of [true, false]) {
      await lab.unlink('usb1');
      if (isSeen) await joins.refresh();
      await lab.link('usb1');
      await joins.refresh();
      deepEqual(all(), before);
    }
    equal(joins.opened, opened);
    await lab.unlink('usb1');
  });

  it('are made anew on an interface that was away and has its index again', async () => {
    const host = await lab.host('host');
    await lab.link('usb1');
    for (const key of ['a', 'b']) joins.set(key, wish('usb1', '239.1.1.1'));
    joins.set('c', wish('usb1', '232.1.1.2', '10.0.0.1'));
    const before = all();
    await lab.ip('link', 'set', 'dev', 'usb1', 'netns', String(host.pid));
    await host.ip('link', 'set', 'dev', 'usb1', 'netns', String(process.pid));
    deepEqual(all(), []);
    await joins.refresh();
    deepEqual(all(), before);
    await joins.refresh();
    equal(joinedGroups(4).get('usb1 239.1.1.1'), 1);
    for (const key of ['a', 'b', 'c']) joins.set(key, undefined);
    deepEqual(all(), []);
    await lab.unlink('usb1');
  });

  for (const order of ['wishes follow first', 'interfaces are looked at first']) {
    it(`go on without a gap where the interface is renamed: ${order}`, async () => {
      const host = await lab.host('tv');
      await host.tap();
      joins.set('a', wish('tv', '239.1.1.1'));
      await lab.rename('tv', 'modem');
      if (order.startsWith('interfaces')) await joins.refresh();
      joins.set('b', wish('modem', '239.1.1.1'));
      joins.set('a', undefined);
      await joins.refresh();
      deepEqual(all(), ['modem (*, 239.1.1.1)']);
      joins.set('last', wish('modem', '239.1.1.2'));
      await until(async () => (await host.reports('239.1.1.2')).length > 0, 'the last join should be told.');
      for (const { type } of await host.reports('239.1.1.1')) equal(type, 'to_ex');
      await lab.unlink('modem');
    });
  }

  it('follow a name to another interface', async () => {
    await lab.link('usb1', 'usb2');
    joins.set('a', wish('usb1', '239.1.1.1'));
    await lab.rename('usb1', 'modem');
    await lab.rename('usb2', 'usb1');
    await joins.refresh();
    deepEqual(all(), ['usb1 (*, 239.1.1.1)']);
    await lab.unlink('usb1', 'modem');
  });

  it('are made anew by the thousand without holding the event loop', async () => {
    await lab.link('usb1');
    for (let n = 0; n < 4_000; n++) joins.set(String(n), wish('usb1', `239.1.${n >> 8}.${n & 255}`));
    await lab.unlink('usb1');
    await lab.link('usb1');
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await joins.refresh();
    clearImmediate(timer);
    equal(joinedGroups(4).size, 4_000);
    ok(turns > 1, `${turns} turns`);
    await lab.unlink('usb1');
  });

  it('end with close, which may be called twice', async () => {
    joins.set('a', wish('eth1', '239.1.1.1'));
    await joins.close();
    await joins.close();
    deepEqual([all(), joins.size, joins.fds()], [[], 0, []]);
  });
});

describe('streams: joins that the kernel refuses', () => {
  it('are told with the reason, and tried again', async () => {
    const kernel = new FakeKernel('eth1');
    const joins = new Joins(kernel);
    kernel.failAt(1, 'EMFILE', 2);
    joins.set('a', wish('eth1', '239.1.1.1'));
    joins.set('b', wish('eth1', '239.1.1.2'));
    joins.set('c', wish('eth1', '239.1.1.3'));
    deepEqual(
      [...joins.failures].map(([key, { cause }]) => [key, cause.errno]),
      [
        ['a', 'EMFILE'],
        ['b', 'EMFILE'],
      ],
    );
    joins.set('b', undefined);
    deepEqual([...joins.failures.keys()], ['a']);
    await joins.refresh();
    deepEqual([joins.failures.size, kernel.joined()], [0, ['eth1 (*, 239.1.1.3)', 'eth1 (*, 239.1.1.1)']]);
  });

  it('cost one question per interface where nothing has changed', async () => {
    const kernel = new FakeKernel('eth1', 'eth2');
    const joins = new Joins(kernel);
    for (let n = 0; n < 100; n++) joins.set(String(n), wish(n % 2 === 0 ? 'eth1' : 'eth2', `239.1.1.${n}`));
    const { length } = kernel.log;
    const asked: string[] = [];
    const { findLink } = kernel;
    kernel.findLink = (name) => {
      asked.push(name);
      return findLink.call(kernel, name);
    };
    await joins.refresh();
    deepEqual([asked, kernel.log.length], [['eth1', 'eth2'], length]);
  });
});
