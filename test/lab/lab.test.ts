// The lab itself, on the real kernel and without any route: what the other tests take for granted.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { type Host, Lab } from './lab';
import { encodePacket } from './packet';
import { isRunning } from './processes';
import { Receiver } from './receiver';
import { LAB_PORT } from './sender';

const GROUPS = { IPv4: '239.10.20.30', IPv6: 'ff3e::10:20:30' };
const GROUP = GROUPS.IPv4;
/** So many packets have room in the smallest receive buffer that machines have, before anybody reads. */
const FITS = 200;

async function links(lab: Lab): Promise<Record<string, string>> {
  const all = JSON.parse(await lab.ip('-j', 'link', 'show')) as { ifname: string; operstate: string }[];
  return Object.fromEntries(all.map(({ ifname, operstate }) => [ifname, operstate]));
}

const SELF = '127.0.0.1';

/** Packets of one stream, to this process: all are there before it reads any. */
async function sendToSelf(from: number, to: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, SELF);
  await once(socket, 'listening');
  const sent = [];
  for (let sequence = from; sequence < to; sequence++) {
    const packet = encodePacket({ stream: 1, sequence, group: SELF });
    sent.push(new Promise((resolve) => socket.send(packet, LAB_PORT, SELF, resolve)));
  }
  await Promise.all(sent);
  socket.close();
}

describe('lab', () => {
  let lab: Lab;
  let camera: Host;
  let tv1: Host;
  let router: Receiver;

  before(async () => {
    lab = await Lab.open();
    [camera, tv1] = await Promise.all([lab.host('camera'), lab.host('tv1')]);
  });
  after(() => lab.close());

  beforeEach(() => {
    router = new Receiver('camera');
  });
  afterEach(async () => {
    await router.close();
    await tv1.reset();
  });

  it('names interfaces after hosts and numbers addresses in the order of the calls', async () => {
    deepEqual(await links(lab), { camera: 'UP', lo: 'UNKNOWN', tv1: 'UP' });
    const addresses = networkInterfaces().tv1?.map(({ address }) => address) ?? [];
    ok(addresses.includes('10.0.2.1') && addresses.includes('fd00:2::1'), addresses.join());
    equal(tv1.ipv4, '10.0.2.2');
  });

  for (const [family, group] of Object.entries(GROUPS)) {
    it(`carries all packets of an ${family} stream over a link`, async () => {
      await router.join(group);
      const sent = await camera.send(group, { count: FITS, rate: 2000 });
      await router.waitFor(group, sent);
      const [count] = router.counts();
      deepEqual(count?.ranges, [[0, FITS - 1]]);
      equal(count?.source, family === 'IPv4' ? camera.ipv4 : camera.ipv6);
    });

    it(`carries ${family} unicast between a host and the router`, async () => {
      const address = family === 'IPv4' ? camera.routerIpv4 : camera.routerIpv6;
      await router.listen(family === 'IPv4' ? 'udp4' : 'udp6');
      await router.waitFor(address, await camera.send(address, { count: 10 }));
    });

    it(`carries ${family} bursts of any sources, each numbered from 0`, async () => {
      const groups = family === 'IPv4' ? [group, '239.10.20.31'] : [group, 'ff3e::10:20:31'];
      const sources = family === 'IPv4' ? ['10.7.0.1', '192.168.255.254'] : ['fd00:7::1', '2001:db8:ffff::fffe'];
      for (const one of groups) await router.join(one);
      equal(await camera.burst(groups, { count: FITS, sources, rate: 50_000 }), FITS);
      for (const one of groups) await router.waitFor(one, FITS / 2);
      deepEqual(
        router
          .counts()
          .map(({ source, group: to, ranges }) => `${source} ${to} ${ranges}`)
          .sort(),
        groups.flatMap((to) => sources.map((source) => `${source} ${to} 0,${FITS / 4 - 1}`)).sort(),
      );
    });

    it(`carries ${family} bursts of random sources, no two alike`, async () => {
      await router.join(group);
      await camera.burst([group], { count: FITS, sources: 'random', rate: 50_000 });
      await router.waitFor(group, FITS);
      equal(new Set(router.counts().map(({ source }) => source)).size, FITS);
    });

    it(`joins an ${family} group for one source only`, async () => {
      const [own, other] = family === 'IPv4' ? [camera.ipv4, '10.0.1.9'] : [camera.ipv6, 'fd00:1::9'];
      await router.join(group, { source: other });
      await camera.send(group, { count: 10 });
      await router.settle();
      deepEqual(router.counts(), []);
      await router.join(group, { source: own });
      await router.waitFor(group, await camera.send(group, { count: 10 }));
    });
  }

  it('is the only one in its namespace', async () => {
    await rejects(Lab.open(), /Another lab is open/);
  });

  it('forwards no multicast by itself', async () => {
    await tv1.join(GROUP);
    const sent = await camera.send(GROUP, { count: 100, rate: 5000 });
    await tv1.settle();
    deepEqual(await tv1.counts(), []);
    equal((await tv1.count(GROUP, { sent })).lost, 100);
  });

  it('settles only when all that came is counted', async () => {
    await router.join(GROUP);
    const sent = await camera.send(GROUP, { count: 2000 });
    await router.settle();
    const [count] = router.counts();
    equal((count?.received ?? 0) + router.overflow(), sent);
  });

  it('counts what has come and found no room, where nobody read in time', async () => {
    const small = new Receiver('camera', 1); // the kernel gives a little more
    try {
      await small.listen('udp4');
      await sendToSelf(0, 100);
      await small.waitFor(SELF, 100); // the first ones tell of their stream, the last ones do not come
      await sendToSelf(100, 200);
      await sendToSelf(200, 201); // tells of those before it
      await small.waitFor(SELF, 201);
      const [count] = small.counts();
      deepEqual([count?.ranges, count?.duplicated, small.overflow()], [[[0, 200]], 0, 0]);
    } finally {
      await small.close();
    }
  });

  it('counts what has not come as lost, where there was room', async () => {
    await router.listen('udp4');
    await sendToSelf(0, 2);
    await sendToSelf(3, 4);
    await router.waitFor(SELF, 3);
    deepEqual(router.counts()[0]?.ranges, [
      [0, 1],
      [3, 3],
    ]);
  });

  it('says what is missing when a wait is in vain', async () => {
    await rejects(tv1.waitFor(GROUP, 5, 20), /tv1: 0 of 5 packets for 239\.10\.20\.30 have arrived after 20 ms/);
  });

  it('sends endless streams at the rate that was asked for', async () => {
    await router.join(GROUP);
    const start = performance.now();
    const stream = await camera.stream(GROUP, { rate: 1000 });
    await router.waitFor(GROUP, 300);
    const sent = await stream.stop();
    const seconds = (performance.now() - start) / 1000;
    ok(sent >= 300 && sent <= 1000 * seconds + 1, `${sent} packets in ${seconds} s`);
    await router.waitFor(GROUP, sent);
  });

  it('counts every stream from 0, also of one host', async () => {
    await router.join(GROUP);
    for (const _ of [1, 2]) await camera.send(GROUP, { count: 5 });
    await router.settle();
    deepEqual(
      router.counts().map(({ received, duplicated, lost }) => ({ received, duplicated, lost })),
      Array(2).fill({ received: 5, duplicated: 0, lost: 0 }),
    );
  });

  it('takes interfaces down and up, renames and removes them', async () => {
    await lab.link('eth1', 'eth2');
    await lab.setLink('eth1', 'down');
    await lab.rename('eth2', 'lan2');
    deepEqual(await links(lab), { camera: 'UP', eth1: 'DOWN', lan2: 'UP', lo: 'UNKNOWN', tv1: 'UP' });
    await lab.setLink('eth1', 'up');
    equal((await links(lab)).eth1, 'UP');
    await lab.unlink('eth1', 'lan2');
    deepEqual(Object.keys(await links(lab)).sort(), ['camera', 'lo', 'tv1']);
  });

  it('carries packets as soon as a link is up again', async () => {
    await router.join(GROUPS.IPv6);
    await lab.setLink('camera', 'down');
    await lab.setLink('camera', 'up');
    await router.waitFor(GROUPS.IPv6, await camera.send(GROUPS.IPv6, { count: 10 }));
  });

  it('carries multicast where nobody has an address', async () => {
    const bare = await lab.host('bare', { addresses: false });
    const atBare = new Receiver('bare');
    await atBare.join(GROUPS.IPv6);
    await atBare.waitFor(GROUPS.IPv6, await bare.send(GROUPS.IPv6, { count: 10 }));
    await atBare.close();
    equal(await bare.send(GROUP, { count: 10 }), 10);
  });
});

describe('lab: end', () => {
  it('leaves no link and no process behind', async () => {
    const lab = await Lab.open();
    const host = await lab.host('camera');
    await lab.link('eth1');
    await lab.rename('eth1', 'renamed');
    await lab.close();
    equal(isRunning(host.pid), false);
    deepEqual(Object.keys(await links(lab)), ['lo']);
    await rejects(host.settle(), /Host camera has ended/);
  });
});
