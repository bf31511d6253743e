// A controller in a subflow: Node-RED makes it anew with every use of that, under a name of its own, and its streams flow on.

import { deepEqual, equal } from 'node:assert/strict';
import { FLOW, type FlowItem } from './flows';
import { Ground } from './ground';

const TIMES = 3;

/** The same nodes, in a subflow that a tab uses; the controller too. What has no place in a drawing is a config node to Node-RED there. */
function inSubflow(name: string): FlowItem[] {
  const place = { x: 100, y: 100 };
  const inside = FLOW.filter(({ type, z }) => type === 'mfc-controller' || z === 'first');
  return [
    { id: 'router', type: 'subflow', name, in: [], out: [] },
    { id: 'first', type: 'tab', label: 'First' },
    { id: 'use', type: 'subflow:router', z: 'first', wires: [], ...place },
    ...inside.map((item) => ({ ...item, z: 'router', ...(item.type !== 'mfc-controller' && place) })),
  ];
}

describe('streams of a controller in a subflow', function subflow() {
  this.timeout(600_000);
  let ground: Ground;

  before(async () => {
    ground = await Ground.open(inSubflow('Router'));
  });
  after(() => ground.close());

  for (const type of ['full', 'flows', 'nodes'] as const) {
    it(`deploys of ${type}, ${TIMES} times: nothing is lost, nothing doubled`, async () => {
      await ground.keepsFlowing(async (flows) => {
        for (let i = 0; i < TIMES; i++) {
          await ground.red.deploy(inSubflow(`Router, ${type} ${i}`), type);
          await flows();
        }
      });
    });
  }

  it('are back after a restart', async () => {
    const before = await ground.groups();
    await ground.end('SIGTERM');
    await ground.start();
    const { mfc_rules } = await ground.state();
    equal(mfc_rules.length, 3);
    deepEqual(await ground.groups(), before);
  });
});
