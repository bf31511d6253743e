// Messages of the first moment: flows that inject at their start, into a controller that still has thousands of routes to restore.

import { deepEqual, equal } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../lab/until';
import { FLOW } from './flows';
import { Ground } from './ground';

const SAVED = 10_000;
const INJECTED = 500;

const groupOf = (net: number, i: number) => `239.${net}.${i >> 8}.${i & 255}`;

describe('messages at the start', () => {
  let ground: Ground;

  before(async () => {
    ground = await Ground.open([]);
  });
  after(() => ground.close());

  it(`${INJECTED} are done in order while ${SAVED} routes come back, none is lost`, async () => {
    const saved = Array.from({ length: SAVED }, (_, i) => ground.route(groupOf(20, i)));
    const injected = Array.from({ length: INJECTED }, (_, i) => groupOf(30, i));
    const injects = injected.map((group, i) => ({
      id: `inject-${i}`,
      type: 'inject',
      z: 'first',
      props: [{ p: 'payload' }],
      payload: JSON.stringify(ground.route(group)),
      payloadType: 'json',
      once: true,
      onceDelay: 0.001,
      repeat: '',
      crontab: '',
      wires: [['add']],
    }));
    await ground.end('SIGTERM');
    writeFileSync(join(ground.userDir, 'mfc-routes.json'), JSON.stringify({ mfc_rules: saved }));
    // Their answers are for nobody: an HTTP response without a request would complain.
    ground.save([...FLOW.map((item) => (item.id === 'add' ? { ...item, wires: [] } : item)), ...injects]);
    await ground.start();
    const rules = await until(
      async () => {
        const { mfc_rules } = await ground.state();
        return mfc_rules.length === SAVED + INJECTED && mfc_rules;
      },
      () => `All routes should be there:\n${ground.red.log}`,
    );
    deepEqual(
      rules.slice(SAVED).map(({ group }) => group),
      injected,
    );
    equal(
      rules.every(({ state }) => state === 'active'),
      true,
    );
    equal(ground.red.log.includes('[error]'), false, ground.red.log);
  });
});
