// Packets while the process that made the route is killed and started again: the holder loses none.

import { deepEqual, equal } from 'node:assert/strict';
import type { Host } from '../lab/lab';
import { Lab } from '../lab/lab';
import { HolderGround } from './holder-ground';

const KILLS = 20;
const GROUP = '239.10.20.30';
const RATE = 1_000;

describe('keep: a stream', function streamSuite() {
  this.timeout(1_200_000);
  let lab: Lab;
  let camera: Host;
  let tv: Host;
  let ground: HolderGround;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv = await lab.host('tv');
    ground = new HolderGround();
  });
  after(async () => {
    await ground.clear();
    await lab.close();
  });

  it(`of ${RATE} packets per second loses none over ${KILLS} kills`, async () => {
    const route = ['camera', 'tv', camera.ipv4, GROUP] as [string, string, string, string];
    let keeper = await ground.start({ route });
    const { kept } = keeper.report;
    await tv.join(GROUP);
    const stream = await camera.stream(GROUP, { rate: RATE });
    for (let i = 0; i < KILLS; i++) {
      await keeper.kill();
      keeper = await ground.start({ route });
      deepEqual(keeper.report.taken, kept);
    }
    const sent = await stream.stop();
    await tv.waitFor(GROUP, sent);
    const { lost, duplicated } = await tv.count(GROUP, { sent });
    deepEqual([lost, duplicated], [0, 0]);
  });

  it('ends when nobody keeps it any more', async () => {
    await ground.end('SIGTERM');
    const table = JSON.parse(await lab.ip('-j', 'mroute', 'show')) as object[];
    equal(table.length, 1, 'the process that adopted the socket still has it');
    await ground.killAll();
    deepEqual(JSON.parse(await lab.ip('-j', 'mroute', 'show')), []);
  });
});
