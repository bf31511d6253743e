// Memberships on the real kernel: what the contract, which the fake keeps as well, cannot ask.

import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IpVersion } from '../../src/abi/address';
import type { Memberships } from '../../src/kernel/kernel';
import { tryReceive } from '../../src/kernel/libc';
import { linux } from '../../src/kernel/linux';
import { isInherited } from '../../src/kernel/unix';
import { hasIPv6 } from '../lab/ip';
import { type Host, Lab } from '../lab/lab';
import { Receiver } from '../lab/receiver';
import { until } from '../lab/until';
import { joinedGroups, joinedSources } from './joined';

const versions: readonly IpVersion[] = hasIPv6 ? [4, 6] : [4];
/** As the kernel has them where nobody has changed them; the lab has more. */
const LIMITS = { 'ipv4/igmp_max_memberships': 20, 'ipv4/igmp_max_msf': 10 };

const group = (version: IpVersion, n: number): string =>
  version === 4 ? `239.20.${n >> 8}.${n & 255}` : `ff3e::20:${(n + 1).toString(16)}`;
const source = (version: IpVersion, n: number): string =>
  version === 4 ? `10.9.${n >> 8}.${n & 255}` : `fd00:9::${(n + 1).toString(16)}`;

describe('memberships', () => {
  const limitsBefore: Record<string, string> = {};
  let lab: Lab;
  let tv: Host;
  let memberships: Memberships;

  const limit = (name: string, value: string): void => writeFileSync(`/proc/sys/net/${name}`, value);
  const index = (link: string): number => linux.findLink(link)?.ifindex ?? -1;

  before(async () => {
    lab = await Lab.open();
    tv = await lab.host('tv');
    await lab.link('eth1', 'eth2');
    for (const [name, value] of Object.entries(LIMITS)) {
      limitsBefore[name] = readFileSync(`/proc/sys/net/${name}`, 'utf8');
      limit(name, String(value));
    }
  });
  after(async () => {
    for (const [name, value] of Object.entries(limitsBefore)) limit(name, value);
    await lab.close();
  });
  beforeEach(() => {
    memberships = linux.openMemberships();
  });
  afterEach(() => memberships.close());

  for (const version of versions) {
    const join = (link: string, n: number, from?: number): void =>
      memberships.join(version, index(link), group(version, n), from === undefined ? from : source(version, from));
    const leave = (link: string, n: number, from?: number): void =>
      memberships.leave(version, index(link), group(version, n), from === undefined ? from : source(version, from));
    const range = (size: number): number[] => Array.from({ length: size }, (_, n) => n);

    describe(`of IPv${version}`, () => {
      it('are as many as are wanted: 1,000 groups, by as few sockets as it takes', () => {
        for (const n of range(1_000)) join('eth1', n);
        deepEqual(
          [...joinedGroups(version).keys()].sort(),
          range(1_000)
            .map((n) => `eth1 ${group(version, n)}`)
            .sort(),
        );
        equal(memberships.fds().length, version === 4 ? 50 : 8);
      });

      it('are as many as are wanted: 100 sources of one group, and of another', () => {
        for (const n of range(100)) for (const to of [0, 1]) join('eth1', to, n);
        const expected = range(100).map((n) => source(version, n));
        const found = joinedSources(version);
        for (const to of [0, 1]) deepEqual(found.get(`eth1 ${group(version, to)}`)?.sort(), expected.sort());
        equal(memberships.fds().length, version === 4 ? 10 : 2);
      });

      it('fill the gaps that others have left, before a socket is opened', () => {
        for (const n of range(300)) join('eth1', n);
        const { opened } = memberships;
        for (const n of range(300)) if (n % 3 === 0) leave('eth1', n);
        for (const n of range(100)) join('eth2', n);
        equal(memberships.opened, opened);
        equal(joinedGroups(version).size, 300);
      });

      it('fill the gaps among the sources of a group', () => {
        for (const n of range(100)) join('eth1', 0, n);
        const { opened } = memberships;
        for (const n of range(100)) if (n % 10 === 0) leave('eth1', 0, n);
        for (const n of range(10)) join('eth1', 0, 200 + n);
        equal(memberships.opened, opened);
        equal(joinedSources(version).get(`eth1 ${group(version, 0)}`)?.length, 100);
      });

      it('give back sockets that are not needed any more, but one for the next', () => {
        for (const n of range(300)) join('eth1', n);
        for (const n of range(300)) leave('eth1', n);
        equal(joinedGroups(version).size, 0);
        equal(memberships.fds().length, 1);
        const { opened } = memberships;
        for (const n of range(10)) {
          join('eth1', n);
          leave('eth1', n);
        }
        equal(memberships.opened, opened);
      });

      it('of any source and of one do not disturb each other', () => {
        const key = `eth1 ${group(version, 0)}`;
        join('eth1', 0);
        join('eth1', 0, 1);
        equal(joinedGroups(version).get(key), 2);
        deepEqual(joinedSources(version).get(key), [source(version, 1)]);
        leave('eth1', 0, 1);
        deepEqual([joinedGroups(version).get(key), joinedSources(version).get(key)], [1, undefined]);
        join('eth1', 0, 1);
        leave('eth1', 0);
        deepEqual([joinedGroups(version).get(key), joinedSources(version).get(key)], [1, [source(version, 1)]]);
      });

      it('are told to the network, also without an address on the interface', async () => {
        await lab.ip('address', 'flush', 'dev', 'tv');
        await tv.tap();
        join('tv', 1);
        join('tv', 2, 1);
        await until(async () => {
          const [[any] = [], [one] = []] = [await tv.reports(group(version, 1)), await tv.reports(group(version, 2))];
          if (any === undefined || one === undefined) return false;
          deepEqual([any.type, any.sources], ['to_ex', []]);
          deepEqual([one.type, one.sources], ['allow', [source(version, 1)]]);
          if (version === 4) equal(any.from, '0.0.0.0');
          return true;
        }, 'both joins should be told.');
        leave('tv', 1);
        await until(
          async () => (await tv.reports(group(version, 1))).some(({ type }) => type === 'to_in'),
          'the leave should be told.',
        );
      });

      it('of an interface that is down are told when it is up', async () => {
        await lab.setLink('tv', 'down');
        await tv.tap();
        join('tv', 3);
        join('tv', 4, 1);
        equal((await tv.reports(group(version, 3))).length, 0);
        await lab.setLink('tv', 'up');
        await until(
          async () =>
            (await tv.reports(group(version, 3))).length > 0 && (await tv.reports(group(version, 4))).length > 0,
          'both joins should be told.',
        );
      });

      it('receive nothing', async () => {
        if (version === 4) await lab.ip('address', 'add', `${tv.routerIpv4}/24`, 'dev', 'tv');
        const witness = new Receiver('tv');
        join('tv', 5);
        join('tv', 6, 1);
        await witness.join(group(version, 5));
        await witness.waitFor(group(version, 5), await tv.send(group(version, 5), { count: 100 }), 5_000);
        for (const fd of memberships.fds()) equal(tryReceive(fd, new Uint8Array(1)), 'EAGAIN');
        await witness.close();
      });

      it('are held by sockets that no other program inherits', () => {
        join('eth1', 0);
        join('eth1', 0, 1);
        deepEqual(memberships.fds().map(isInherited), [false, false]);
      });
    });
  }

  it('are refused with the setting that forbids them', () => {
    limit('ipv4/igmp_max_memberships', '0');
    try {
      throws(
        () => memberships.join(4, index('eth1'), group(4, 0), undefined),
        (error) => {
          match(String(error), /lets this machine join no group\. .*net\.ipv4\.igmp_max_memberships/);
          return true;
        },
      );
      deepEqual(memberships.fds(), []);
    } finally {
      limit('ipv4/igmp_max_memberships', '20');
    }
    memberships.join(4, index('eth1'), group(4, 0), undefined);
    ok(joinedGroups(4).has(`eth1 ${group(4, 0)}`));
  });
});
