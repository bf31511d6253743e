// What deploys and restarts do to streams that a route has learnt, with a real Node-RED.

import { deepEqual, equal } from 'node:assert/strict';
import { edited, without } from './flows';
import { Ground } from './ground';

const KEPT = edited('routes', { keepForwarding: true });
/** Of the groups that `ground` gives out. */
const PREFIX = '239.10.0.0/16';
const KILLS = 5;
/** So many packets of a stream the kernel keeps until it is learnt, however busy a Node-RED is that has just started. */
const KEPT_PACKETS = 3;

describe('learnt streams', function learntStreams() {
  this.timeout(600_000);
  let ground: Ground;

  beforeEach(async () => {
    ground = await Ground.open(KEPT);
    await ground.red.post('/add', { group: PREFIX, iif: 'camera', oifs: ['tv'] });
  });
  afterEach(() => ground.close());

  /** The kernel keeps four packets of a new stream, and a Node-RED that has just started takes longer for an answer than they take. */
  async function begin(group: string): Promise<number> {
    const sent = await ground.camera.send(group, { count: 1 });
    await ground.tv.waitFor(group, sent);
    return sent;
  }
  const keepsFlowing = (work: (flows: () => Promise<void>) => Promise<void>) => ground.keepsFlowing(work, begin);
  /** A new stream comes through, and the route knows of all of them. */
  async function untilLearns(streams: number): Promise<void> {
    const group = ground.group();
    await ground.tv.join(group);
    await ground.tv.waitFor(group, await ground.camera.send(group, { count: KEPT_PACKETS }));
    const { mfc_rules } = await ground.state();
    equal(mfc_rules.filter(({ learnt, state }) => learnt && state === 'active').length, streams);
    deepEqual(
      mfc_rules.filter(({ learnt }) => !learnt).map((rule) => [rule.group, rule.state, rule.streams]),
      [[PREFIX, 'active', streams]],
    );
  }

  it(`flow on over ${KILLS} kills, and others are learnt after each`, async () => {
    await keepsFlowing(async (flows) => {
      for (let kill = 1; kill <= KILLS; kill++) {
        await ground.end('SIGKILL');
        await flows();
        await ground.start();
        await untilLearns(kill + 1);
      }
    });
  });

  it('flow on over deploys of all kinds', async () => {
    const renamed = edited('add', { name: 'another' }, KEPT);
    await keepsFlowing(async (flows) => {
      let streams = 1;
      for (const [flow, type] of [
        [KEPT, 'full'],
        [renamed, 'nodes'],
        [KEPT, 'flows'],
        [edited('routes', { keepForwarding: true, name: 'mine' }, KEPT), 'nodes'],
        [edited('routes', { keepForwarding: false }, KEPT), 'nodes'],
      ] as const) {
        await ground.red.deploy(flow, type);
        await flows();
        await untilLearns(++streams);
      }
    });
  });

  it('that begin while nobody runs are learnt when the controller is back, from their first packet', async () => {
    // The kernel keeps packets without a route for 10 s, in which a busy machine may not have started Node-RED: the controller comes later.
    await ground.end('SIGKILL');
    ground.save(without('routes'));
    await ground.start();
    const groups = Array.from({ length: 20 }, () => ground.group());
    for (const group of groups) {
      await ground.tv.join(group);
      await ground.camera.send(group, { count: KEPT_PACKETS });
    }
    await ground.red.deploy(KEPT);
    for (const group of groups) await ground.tv.waitFor(group, KEPT_PACKETS);
  });
});
