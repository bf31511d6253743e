// Bursts, and what is kept of them: each packet of each source is seen at the far end.

import { deepEqual } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { type Host, Lab } from './lab';

const SOURCES = 2_000;

describe('bursts', () => {
  let lab: Lab;
  let camera: Host;
  let tv: Host;

  before(async () => {
    lab = await Lab.open();
    [camera, tv] = [await lab.host('camera'), await lab.host('tv')];
    // No route is needed: the router is a switch.
    await lab.ip('link', 'add', 'switch', 'group', '1000', 'type', 'bridge', 'mcast_snooping', '0');
    for (const name of ['camera', 'tv']) await lab.ip('link', 'set', name, 'master', 'switch');
    await lab.ip('link', 'set', 'switch', 'up');
  });
  after(() => lab.close());

  const families: [IpVersion, groups: string[], source: (i: number) => string][] = [
    [4, ['239.1.1.1', '239.1.1.2'], (i) => `10.9.${i >> 8}.${i & 255}`],
    [6, ['ff15::1', 'ff15::2'], (i) => `fd09::${i.toString(16)}`],
  ];
  for (const [version, groups, source] of families) {
    const sources = Array.from({ length: SOURCES }, (_, i) => source(i));

    it(`send what was asked for, and captures show it, IPv${version}`, async () => {
      await tv.capture(version, 3 * SOURCES);
      await camera.burst(groups, { count: 3 * SOURCES, sources });
      await tv.settle();
      deepEqual(await tv.captured(), { packets: 3 * SOURCES, streams: 2 * SOURCES, dropped: 0 });
    });

    it(`have another source in every packet, IPv${version}`, async () => {
      await tv.capture(version, SOURCES);
      await camera.burst(groups, { count: SOURCES, sources: 'random' });
      await tv.settle();
      deepEqual(await tv.captured(), { packets: SOURCES, streams: SOURCES, dropped: 0 });
    });
  }

  it('that are larger than the capture say so', async () => {
    await tv.capture(4, SOURCES);
    await camera.burst(['239.1.1.1'], { count: 2 * SOURCES, sources: 'random' });
    await tv.settle();
    const { packets, dropped } = await tv.captured();
    deepEqual([packets + dropped, dropped > 0], [2 * SOURCES, true]);
  });
});
