/**
 * Every message ends exactly once, whatever it is and whatever happens meanwhile: answered, or failed. None is lost, none hangs.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Lab } from '../lab/lab';
import { GOOD } from './bad-message';
import { controller, type FlowItem, STANDARD } from './flows';
import { NodeRed } from './node-red';
import type { Outcome } from './outcome';

const MIXED = 500;
const IN_FLIGHT = 200;

function route(i: number): object {
  return { ...GOOD, group: `239.20.${i >> 8}.${i & 255}` };
}

describe('every message is done once', () => {
  let lab: Lab;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3');
  });
  after(() => lab.close());

  beforeEach(async () => {
    red = await NodeRed.start(STANDARD);
  });
  afterEach(() => red.close());

  /** Groups in the file. */
  function savedGroups(): Set<string> {
    const { mfc_rules } = JSON.parse(red.saved() || '{"mfc_rules":[]}') as { mfc_rules: { group: string }[] };
    return new Set(mfc_rules.map(({ group }) => group));
  }

  async function kernelGroups(): Promise<Set<string>> {
    const routes = JSON.parse(await lab.ip('-j', 'mroute', 'show')) as { dst: string }[];
    return new Set(routes.map(({ dst }) => dst));
  }

  it(`of ${MIXED} mixed ones in flight`, async () => {
    const kinds: ((i: number) => Outcome)[] = [
      (i) => red.post('add', route(i)),
      (i) => red.post('add', { ...route(i), dry_run: true }),
      (i) => red.post('add', { ...route(i), oifs: ['eth99'] }),
      (i) => red.post('add', { ...route(i), group: 'x' }),
      (i) => red.post('add', [route(i), route(i + 1), null]),
      (i) => red.post('del', route(i - 15)), // the one added before the last
      () => red.post('del', { group: '239.99.99.99' }),
      (i) => red.post('state', i),
      (i) => red.post('state', { group: i }),
      (i) => red.post('add', undefined, { foo: i }),
    ];
    const outcomes = Array.from({ length: MIXED }, (_, i) => kinds[i % kinds.length]?.(i)).filter(
      (x) => x !== undefined,
    );
    await Promise.all(outcomes.map((outcome) => outcome.delivered));
    await red.send('state', {}); // a second copy of anything would have come before this answer

    const caught = outcomes.filter((outcome) => outcome.caught.length > 0);
    const answered = outcomes.filter((outcome) => outcome.answers.length > 0);
    equal(caught.length + answered.length, MIXED);
    equal(answered.length, 4 * (MIXED / kinds.length) - 1);
    for (const outcome of answered) ok(outcome.answer);
    for (const outcome of caught) ok(outcome.failure);
    equal((await kernelGroups()).size, 1);
    deepEqual(savedGroups(), await kernelGroups());
  });

  it('of those that cannot be copied', async () => {
    const trap = new Proxy({}, { ownKeys: boom, get: boom });
    const [added, failed] = [
      await red.send('add', GOOD, { trap }),
      await red.send('add', { ...GOOD, oifs: ['eth99'] }, { trap }),
    ];
    // The Complete node cannot have its copy; that is said, and the answer is out all the same.
    deepEqual([added.completions.length, added.answers.length, added.completed.length], [1, 1, 0]);
    equal(added.caught[0]?.error?.message, 'Error: boom');
    equal(failed.failure.code, 'ERR_MFC_NO_INTERFACE');
    deepEqual(savedGroups(), new Set([GOOD.group]));
  });

  const CHANGED = STANDARD.map((item) => (item.id === 'routes' ? controller('routes', { name: 'Other' }) : item));
  const changed = (id: string, properties: object) =>
    STANDARD.map((item) => (item.id === id ? { ...item, ...properties } : item));
  const RENAMED = changed('add', { name: 'Other' });
  const OTHER_TABLE = changed('routes', { table: '100' });
  const DISABLED = changed('tab', { disabled: true });
  const closings: Record<string, () => Promise<void>> = {
    'the flows stop': () => red.unload(),
    'everything is deployed': () => red.deploy(STANDARD, 'full'),
    'a changed controller is deployed': () => red.deploy(CHANGED),
    'a changed flow is deployed': () => red.deploy(RENAMED, 'flows'),
    'a changed node is deployed': () => red.deploy(RENAMED, 'nodes'),
    'the controller gets another table': () => red.deploy(OTHER_TABLE),
    'the controller is deleted': () => red.deploy(without('routes')),
    'the tab is disabled': () => red.deploy(DISABLED),
    'the node is deleted': () => red.deploy(without('add')),
    'all nodes are deleted': () => red.deploy(without('add', 'del', 'state', 'routes')),
  };
  const moments: Record<string, (outcomes: readonly Outcome[]) => Promise<unknown>> = {
    'at once': async () => undefined,
    'after the first answer': ([first]) => first?.done ?? Promise.reject(),
  };
  for (const [title, close] of Object.entries(closings)) {
    for (const [when, moment] of Object.entries(moments)) {
      it(`when ${title}, ${when}, while ${IN_FLIGHT} are in flight`, async () => {
        const outcomes = Array.from({ length: IN_FLIGHT }, (_, i) => red.post('add', route(i)));
        await moment(outcomes);
        const [errors] = await Promise.all([Promise.all(outcomes.map(({ done }) => done)), close()]);

        const done = new Set<string>();
        for (const [i, error] of errors.entries()) {
          if (error === undefined) done.add(Reflect.get(route(i), 'group'));
          else equal(Reflect.get(error, 'code'), 'ERR_MFC_NOT_OPEN', error.message);
        }
        deepEqual(savedGroups(), done);
        const refused = IN_FLIGHT - done.size;
        await setImmediate(); // the log is written after the last of them
        const said = red
          .logged('warn')
          .map((text) => Number(/(\d+) messages? (was|were) not done/.exec(text)?.[1] ?? 0));
        equal(
          said.reduce((sum, count) => sum + count, 0),
          refused,
        );
        for (const { completions } of outcomes) equal(completions.length, 1);
      });
    }
  }
});

function boom(): never {
  throw new Error('boom');
}

function without(...ids: string[]): FlowItem[] {
  return STANDARD.filter((item) => !ids.includes(item.id));
}
