// Real hosts join and leave with every version of IGMP and MLD, and others forge: what is heard of them.

import { deepEqual, ok, throws } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { IpVersion } from '../../src/abi/address';
import { ALLOW_NEW_SOURCES, CHANGE_TO_EXCLUDE, CHANGE_TO_INCLUDE } from '../../src/abi/membership';
import type { HeardMembership, MrouteSocket, Reports } from '../../src/kernel/kernel';
import { linux } from '../../src/kernel/linux';
import { HOST_IFACE, hasIPv6 } from '../lab/ip';
import { type Host, Lab } from '../lab/lab';
import { until } from '../lab/until';
import { WorkMeter } from '../nodes/work-meter';
import { Forger, igmpPacket, mldPacket, type Spoiled } from './forger';

interface Words {
  name: string;
  group: string;
  /** Joined to show that all that was said before has been heard. */
  mark: string;
  sources: [string, string];
  /** Setting of a host, and the version that it speaks without. */
  force: string;
  newest: number;
  /** From where what is forged seems to come. */
  forged: string;
  routers: string;
  everybody: string;
  report: string;
  query: string;
  packet: (from: string, to: string, payload: string, spoiled?: Spoiled) => Uint8Array;
}

const WORDS: Readonly<Record<IpVersion, Words>> = {
  4: {
    name: 'IGMP',
    group: '239.10.20.30',
    mark: '239.10.20.31',
    sources: ['10.7.7.1', '10.7.7.2'],
    force: 'ipv4/conf/all/force_igmp_version',
    newest: 3,
    forged: '10.0.9.9',
    routers: '224.0.0.22',
    everybody: '224.0.0.1',
    report: '2200 0000 0000 0001 0400 0000 ef0a141e',
    query: '1164 0000 00000000',
    packet: igmpPacket,
  },
  6: {
    name: 'MLD',
    group: 'ff3e::10:20:30',
    mark: 'ff3e::10:20:31',
    sources: ['fd00:7::1', 'fd00:7::2'],
    force: 'ipv6/conf/all/force_mld_version',
    newest: 2,
    forged: 'fe80::9:9',
    routers: 'ff02::16',
    everybody: 'ff02::1',
    report: '8f00 0000 0000 0001 0400 0000 ff3e0000000000000000001000200030',
    query: `8200 0000 2710 0000 ${'00'.repeat(16)}`,
    packet: mldPacket,
  },
};

const FLOOD = 100_000;
const BATCH = 1_000;
/** Many times what it is. */
const MAX_WORK_MS = 50;

for (const version of hasIPv6 ? ([4, 6] as const) : ([4] as const)) {
  const words = WORDS[version];
  const { group, mark, packet } = words;

  describe(`reports: ${words.name}`, () => {
    let lab: Lab;
    let tv1: Host;
    let tv2: Host;
    let socket: MrouteSocket;
    let reports: Reports;
    const heard: HeardMembership[] = [];
    const forgers: Forger[] = [];

    const index = (name: string): number => linux.findLink(name)?.ifindex ?? -1;
    /** `tv1 10.0.1.2 4 new 239.10.20.30 10.7.7.1`: interface, host, type of a record, age of the version, group, sources. */
    const lines = (): string[] =>
      heard.flatMap(({ ifindex, host, message }) => {
        const who = `${linux.findLinkName(ifindex)} ${host}`;
        if (message.kind === 'query') return [`${who} asks`];
        const age = message.legacy ? 'old' : 'new';
        return message.records.map((one) => [who, one.type, age, one.group, ...one.sources].join(' '));
      });
    const hears = (line: string): Promise<true> =>
      until(
        () => lines().includes(line),
        () => `"${line}" should be heard: ${lines()}`,
      );
    /** What was heard before a host behind tv1 said something else. */
    const untilMark = async (): Promise<string[]> => {
      await tv1.join(mark);
      await until(() => lines().some((line) => line.includes(mark)), 'the mark should be heard');
      return lines().filter((line) => !line.includes(mark));
    };
    const addressOf = async (host: Host): Promise<string> => {
      const shown = await host.ip('-6', '-oneline', 'address', 'show', 'dev', HOST_IFACE, 'scope', 'link');
      return version === 4 ? host.ipv4 : (/inet6 (\S+)\//.exec(shown)?.[1] ?? '');
    };
    const forger = async (starting: Promise<Forger>): Promise<Forger> => {
      const started = await starting;
      forgers.push(started);
      return started;
    };

    beforeEach(async () => {
      lab = await Lab.open();
      [tv1, tv2] = [await lab.host('tv1'), await lab.host('tv2')];
      socket = linux.openMroute(version, undefined);
      socket.addVif(0, index('tv1'));
      socket.addVif(1, index('tv2'));
      heard.length = 0;
      reports = linux.openReports((one) => void heard.push(one));
    });
    afterEach(async () => {
      for (const one of forgers.splice(0)) await one.end();
      reports.close();
      socket.close();
      await lab.close();
    });

    for (let spoken = words.newest; spoken > 0; spoken--) {
      it(`are heard in version ${spoken}, by interface and host`, async () => {
        const age = spoken === words.newest ? 'new' : 'old';
        for (const host of [tv1, tv2]) {
          await host.set(words.force, spoken);
          reports.hear(version, index(host.name));
        }
        for (const host of [tv2, tv1]) {
          const who = `${host.name} ${await addressOf(host)}`;
          await host.join(group);
          await hears(`${who} ${CHANGE_TO_EXCLUDE} ${age} ${group}`);
          await host.leave(group);
          if (version === 4 && spoken === 1) continue; // it has no leaves
          await hears(`${who} ${CHANGE_TO_INCLUDE} ${age} ${group}`);
        }
      });
    }

    it('are heard of single sources', async () => {
      reports.hear(version, index('tv1'));
      const who = `tv1 ${await addressOf(tv1)}`;
      for (const source of words.sources) {
        await tv1.join(group, { source });
        // A host that says an earlier join again says both at once.
        const isHeard = (line: string) =>
          line.startsWith(`${who} ${ALLOW_NEW_SOURCES} new ${group}`) && line.includes(source);
        await until(() => lines().some(isHeard), `${source} should be heard: ${lines()}`);
      }
    });

    it('are heard where nobody has an address', async () => {
      const bare = await lab.host('bare', { addresses: false });
      socket.addVif(2, index('bare'));
      reports.hear(version, index('bare'));
      await bare.set(words.force, 1);
      await bare.join(group);
      await hears(`bare ${version === 4 ? '0.0.0.0' : await addressOf(bare)} ${CHANGE_TO_EXCLUDE} old ${group}`);
    });

    it('are not heard of this machine, unlike its queries', async () => {
      reports.hear(version, index('tv1'));
      const own = createSocket(version === 4 ? 'udp4' : 'udp6').bind(0);
      await once(own, 'listening');
      try {
        own.addMembership(group, version === 4 ? tv1.routerIpv4 : '::%tv1');
        deepEqual(await untilMark(), []);
        const here = await forger(Forger.start(process.pid, 'tv1'));
        await here.send(version, words.everybody, [packet(words.forged, words.everybody, words.query)]);
        await hears(`tv1 ${words.forged} asks`);
      } finally {
        own.close();
      }
    });

    it('are heard with the right checksum only', async () => {
      reports.hear(version, index('tv1'));
      const there = await forger(Forger.behind(tv1));
      await there.send(version, words.routers, [packet(words.forged, words.routers, words.report, { checksum: true })]);
      deepEqual(await untilMark(), []);
      await there.send(version, words.routers, [packet(words.forged, words.routers, words.report)]);
      await hears(`tv1 ${words.forged} ${CHANGE_TO_EXCLUDE} new ${group}`);
    });

    it('are heard on the interfaces asked for, as long as they are', async () => {
      reports.hear(version, index('tv1'));
      reports.unhear(version, index('tv2')); // is no error
      await tv2.join(group);
      deepEqual(await untilMark(), []);
      reports.hear(version, index('tv2'));
      reports.unhear(version, index('tv1'));
      heard.length = 0;
      await tv1.leave(mark);
      await tv2.leave(group);
      await hears(`tv2 ${await addressOf(tv2)} ${CHANGE_TO_INCLUDE} new ${group}`);
      ok(
        lines().every((line) => line.startsWith('tv2 ')),
        String(lines()),
      );
    });

    it('are heard anew where an interface came back', async () => {
      const gone = index('tv1');
      reports.hear(version, gone);
      await lab.unlink('tv1');
      throws(() => reports.hear(version, gone), { code: 'ERR_MFC_NO_INTERFACE' });
      await lab.connect(tv1);
      socket.addVif(2, index('tv1'));
      reports.hear(version, index('tv1'));
      reports.hear(version, index('tv1')); // as well as once
      await tv1.join(group);
      await hears(`tv1 ${await addressOf(tv1)} ${CHANGE_TO_EXCLUDE} new ${group}`);
    });

    it('are not heard after close, which may be called twice and by who is being told', async () => {
      const told: string[] = [];
      const shy = linux.openReports(({ host }) => {
        if (host !== words.forged) return; // hosts may still say what earlier tests have made them join
        told.push(host);
        shy.close();
      });
      shy.hear(version, index('tv1'));
      reports.hear(version, index('tv1'));
      const there = await forger(Forger.behind(tv1));
      await there.send(version, words.routers, [packet(words.forged, words.routers, words.report)], 100);
      await until(() => lines().length === 100, 'all should be heard by the other');
      deepEqual(told, [words.forged]);
      shy.close();
    });

    it('do not hold the event loop, nor keep others from being heard, when somebody floods', async () => {
      for (const name of ['tv1', 'tv2']) reports.hear(version, index(name));
      const there = await forger(Forger.behind(tv1));
      const flood = packet(words.forged, words.routers, words.report);
      const sent = there.send(version, words.routers, Array(BATCH).fill(flood), FLOOD / BATCH);
      await until(() => heard.length > 0, 'the flood should be heard');
      const meter = new WorkMeter();
      await tv2.join(group);
      await hears(`tv2 ${await addressOf(tv2)} ${CHANGE_TO_EXCLUDE} new ${group}`);
      await sent;
      const { longest, whole } = meter.stop();
      ok(longest < Math.max(MAX_WORK_MS, whole / 2), `Nothing else ran during ${longest} of ${whole} ms of work.`);
      await untilMark();
    });
  });
}
