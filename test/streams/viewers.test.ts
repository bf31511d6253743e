// Two real hosts behind one interface, with every version of IGMP and MLD, with and without a querier: who is told to join and leave.

import { ok } from 'node:assert/strict';
import type { MrouteSocket, Reports } from '../../src/kernel/kernel';
import { linux } from '../../src/kernel/linux';
import { Members } from '../../src/streams/members/members';
import { Forger, igmpPacket, mldPacket } from '../kernel/forger';
import { HOST_IFACE, hasIPv6 } from '../lab/ip';
import { Host, Lab } from '../lab/lab';
import { until } from '../lab/until';

const GROUP = { 4: '239.10.20.30', 6: 'ff3e::10:20:30' } as const;
const OTHER = { 4: '239.10.20.31', 6: 'ff3e::10:20:31' } as const;
const MARK = { 4: '239.10.20.32', 6: 'ff3e::10:20:32' } as const;
const SOURCE = { 4: '10.7.7.1', 6: 'fd00:7::1' } as const;
const FORCE = { 4: 'ipv4/conf/all/force_igmp_version', 6: 'ipv6/conf/all/force_mld_version' } as const;
const OLD = { 4: 2, 6: 1 } as const;
/** A setting, and what it is set to. */
type Version = readonly [string, number];
/** So often a host of an older version that joins says so, if it hears no other's report in between: igmp_qrv and mld_qrv. */
const TIMES = 2;
/** The second time comes within this one. */
const REPEAT = {
  4: `ipv4/conf/${HOST_IFACE}/igmpv2_unsolicited_report_interval`,
  6: `ipv6/conf/${HOST_IFACE}/mldv1_unsolicited_report_interval`,
} as const;
const REPEAT_MS = 50;

/** A query about a group, to be answered within 100 ms. */
const QUERY = {
  4: (group: string) => igmpPacket('10.0.9.9', group, `1101 0000 ${group === GROUP[4] ? 'ef0a141e' : 'ef0a141f'}`),
  6: (group: string) =>
    mldPacket('fe80::9:9', group, `8200 0000 0064 0000 ff3e00000000000000000010002000${group === GROUP[6] ? 30 : 31}`),
};

/**
 * Another host behind the interface of the first: the two hear each other. It never speaks another version: for a second hosts repeat what
 * they have said, also what came after in another version (net/ipv4/igmp.c, net/ipv6/mcast.c).
 */
async function neighbour(host: Host, name: string, number: number, [setting, spoken]: Version): Promise<Host> {
  const started = await Host.start(name, number);
  await started.set(setting, spoken);
  await host.ip('link', 'add', 'link', HOST_IFACE, 'name', name, 'type', 'macvlan', 'mode', 'bridge');
  await host.ip('link', 'set', 'dev', name, 'netns', String(started.pid));
  await started.ip('link', 'set', 'dev', name, 'name', HOST_IFACE);
  const lines = [`link set ${HOST_IFACE} up`, ...started.addressLines(HOST_IFACE, 'host')];
  await started.configure([...lines, `route add 224.0.0.0/4 dev ${HOST_IFACE}`], [HOST_IFACE]);
  return started;
}

for (const version of hasIPv6 ? ([4, 6] as const) : ([4] as const)) {
  describe(`viewers: IPv${version}`, () => {
    const group = GROUP[version];
    let lab: Lab;
    let floor: Host;
    let hosts: Host[];
    let socket: MrouteSocket;
    let reports: Reports;
    let members: Members;
    let querier: Forger;
    let ifindex: number;
    /** `joined tv1 (1)`, `left tv2 10.7.7.1 (0)` */
    let told: string[];
    /** Reports about the group. */
    let reported: number;
    const names = new Map<string, string>();

    const tells = (...lines: string[]): Promise<true> =>
      until(
        () => told.join() === lines.join(),
        () => `"${lines}" should be told: ${told}`,
      );
    const ask = (about: string): Promise<void> => querier.send(version, about, [QUERY[version](about)]);
    const addressOf = async (host: Host): Promise<string> => {
      if (version === 4) return host.ipv4;
      const shown = await host.ip('-6', '-oneline', 'address', 'show', 'dev', HOST_IFACE, 'scope', 'link');
      return /inet6 (\S+)\//.exec(shown)?.[1] ?? '';
    };

    before(async () => {
      lab = await Lab.open();
      floor = await lab.host('floor');
      ifindex = linux.findLink('floor')?.ifindex ?? -1;
      querier = await Forger.start(process.pid, 'floor');
    });
    after(async () => {
      await querier.end();
      await lab.close();
    });
    /** The two hosts of the tests that follow speak this version, 0 for the newest; their networks have these numbers. */
    const speaking = (spoken: number, numbers: readonly [number, number]): void => {
      before(async () => {
        const setting: Version = [FORCE[version], spoken];
        hosts = [
          await neighbour(floor, 'tv1', numbers[0], setting),
          await neighbour(floor, 'tv2', numbers[1], setting),
        ];
        for (const host of hosts) names.set(await addressOf(host), host.name);
      });
      after(async () => {
        for (const host of hosts) await host.end();
      });
    };

    beforeEach(() => {
      socket = linux.openMroute(version, undefined);
      socket.addVif(0, ifindex);
      told = [];
      reported = 0;
      members = new Members({
        member: ({ event, host, group: of, source, members: count }) => {
          if (of !== group) return;
          const who = [
            event.slice('member_'.length),
            names.get(host) ?? host,
            ...(source === undefined ? [] : [source]),
          ];
          told.push(`${who.join(' ')} (${count})`);
        },
        wishes: (_version, _ifindex, of) => {
          if (of === group) reported++;
        },
      });
      reports = linux.openReports((heard) => members.heard(heard));
      reports.hear(version, ifindex);
    });
    afterEach(() => {
      reports.close();
      members.close();
      socket.close();
    });

    const wants = (source: string): boolean => members.wants(version, ifindex, group, source);
    const [tv1, tv2] = [() => at(hosts, 0), () => at(hosts, 1)];

    /** Resolves when somebody has said that he is there, and does not say it again. */
    const silence = (): Promise<true> =>
      until(
        () => reported >= TIMES,
        () => `${TIMES} reports should come: ${reported}`,
      );
    /** Resolves when tv1 has heard all that tv2 has said: macvlan brings multicast later, in its order (drivers/net/macvlan.c). */
    const tv1HasHeard = async (): Promise<void> => {
      await tv1().join(MARK[version]);
      await tv1().waitFor(MARK[version], await tv2().send(MARK[version], { count: 1 }));
    };

    describe('of the newest version', () => {
      speaking(0, [11, 12]);

      it('are told one by one', async () => {
        await tv1().join(group);
        await tells('joined tv1 (1)');
        await tv2().join(group);
        await tells('joined tv1 (1)', 'joined tv2 (2)');
        ok(wants('*') && wants(SOURCE[version]));
        await tv1().leave(group);
        await tells('joined tv1 (1)', 'joined tv2 (2)', 'left tv1 (1)');
        await tv2().leave(group);
        await tells('joined tv1 (1)', 'joined tv2 (2)', 'left tv1 (1)', 'left tv2 (0)');
        ok(!wants('*'));
      });

      it('are told of a single source', async () => {
        await tv1().join(group, { source: SOURCE[version] });
        await tells(`joined tv1 ${SOURCE[version]} (1)`);
        ok(wants('*') && wants(SOURCE[version]) && !wants('10.7.7.2') && !wants('fd00:7::2'));
        await tv1().leave(group, { source: SOURCE[version] });
        await tells(`joined tv1 ${SOURCE[version]} (1)`, `left tv1 ${SOURCE[version]} (0)`);
      });
    });

    describe('of an older version', () => {
      speaking(OLD[version], [13, 14]);

      it('are told as they come, and when the last one leaves', async () => {
        await tv1().join(group);
        await tells('joined tv1 (1)');
        await tv1().leave(group);
        await tells('joined tv1 (1)', 'left tv1 (0)');
      });

      it('that nobody has heard of answer the querier when another one leaves', async () => {
        await tv2().set(REPEAT[version], REPEAT_MS);
        await tv2().join(group);
        await silence();
        await tv1HasHeard(); // else tv1 may keep its own report back: RFC 2236 3
        members.forget(version, ifindex);
        told = [];
        await ask(OTHER[version]); // from now on there is a querier
        await tv1().join(group);
        await tells('joined tv1 (1)');
        await tv1().leave(group);
        await ask(group);
        await until(
          () => told.at(-1) === 'left tv1 (1)',
          () => String(told),
        );
        ok(wants('*'));
        await tv2().leave(group);
        await until(
          () => told.at(-1) === 'left tv2 (0)',
          () => String(told),
        );
        ok(!told.slice(0, -1).some((line) => line.endsWith('(0)')), String(told));
      });
    });
  });
}

function at(hosts: readonly Host[], n: number): Host {
  const host = hosts[n];
  if (host === undefined) throw new Error(`There is no host ${n}.`);
  return host;
}
