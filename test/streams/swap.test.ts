// Two controllers that swap their tables in one deploy: each waits for the other, and the routes of both go where their controller goes.

import { deepEqual } from 'node:assert/strict';
import type { StateAnswer } from '../../src/controller/answers';
import { asked, edited, type FlowItem } from './flows';
import { Ground } from './ground';

const TABLES = ['', '100'] as const;
/** Of the first controller, and of the second. */
const GROUPS = ['239.1.1.1', '239.1.1.2'] as const;
const TIMES = 4;

/** POST /add-2 and /state-2 are for the second. */
function flow([first, second]: readonly string[], keepForwarding: boolean): FlowItem[] {
  const more = (['add', 'state'] as const).flatMap((name) => asked(name, 'others', '-2'));
  const others = { id: 'others', type: 'mfc-controller', table: second, keepForwarding };
  return [...edited('routes', { table: first, keepForwarding }), others, ...more];
}

for (const keepForwarding of [false, true]) {
  describe(`two controllers that swap their tables${keepForwarding ? ', and keep forwarding' : ''}`, () => {
    let ground: Ground;

    before(async () => {
      ground = await Ground.open(flow(TABLES, keepForwarding));
      await ground.add(GROUPS[0]);
      await ground.red.post('/add-2', ground.route(GROUPS[1]));
    });
    after(() => ground.close());

    for (const type of ['full', 'flows', 'nodes'] as const) {
      it(`by a deploy of ${type}, ${TIMES} times: the routes of each go with it`, async () => {
        for (let i = 1; i <= TIMES; i++) {
          const tables = i % 2 === 0 ? TABLES : TABLES.toReversed();
          await ground.red.deploy(flow(tables, keepForwarding), type);
          const states = [await ground.state(), JSON.parse(await ground.red.post('/state-2', {})) as StateAnswer];
          deepEqual(
            states.map(({ mfc_rules }) => mfc_rules.map(({ group, state }) => `${group} ${state}`)),
            GROUPS.map((group) => [`${group} active`]),
          );
          const there = i % 2 === 0 ? GROUPS : GROUPS.toReversed();
          deepEqual(
            [await ground.groups(), await ground.groups('100')],
            there.map((group) => [group]),
          );
        }
      });
    }
  });
}
