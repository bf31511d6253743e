/**
 * Routes by hand: what the endpoints of a controller do, answer and refuse.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { linux } from '../../src/kernel/linux';
import { openProcess } from '../kernel/open-process';
import { type Host, Lab, until } from '../lab/lab';
import { controller, node, TAB } from '../nodes/flows';
import { AdminNodeRed, type Reply } from './node-red';

const PATH = 'mfc/controllers/routes';
const ROUTE = { source: '10.1.1.5', group: '239.10.20.30', iif: 'camera', oifs: ['tv1', 'tv2'] };
const FLOW = [TAB, controller(), node('add', 'mfc add', { wires: [] })];

/** So often a page is asked for: the clock of a process's work ticks each hundredth of a second. */
const POLLS = 20;

describe('admin: routes', () => {
  let lab: Lab;
  let camera: Host;
  let tv1: Host;
  let red: AdminNodeRed;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv1 = await lab.host('tv1');
    await lab.link('tv2');
    red = await AdminNodeRed.start();
    await red.deploy(FLOW, { id: 'routes', state: 'open' });
  });
  afterEach(async () => {
    const rules = await red.rules('routes');
    if (rules.length > 0) equal((await red.post(`${PATH}/del`, rules, 'admin')).status, 200);
  });
  after(async () => {
    await red.close();
    await lab.close();
  });

  const inKernel = () =>
    Array.from(linux.listEntries(4, undefined))
      .flat()
      .map(({ source, group, outputs }) => `${source} ${group} ${outputs.length}`);
  const change = (verb: string, body: unknown): Promise<Reply> => red.post(`${PATH}/${verb}`, body, 'admin');

  it('are added and deleted as by the nodes', async () => {
    const added = await change('add', ROUTE);
    deepEqual(
      [added.status, added.body],
      [
        200,
        {
          status: 'success',
          message: 'MFC entry for (10.1.1.5, 239.10.20.30) added.',
          changed: true,
          mfc_rules: [ROUTE],
        },
      ],
    );
    deepEqual(inKernel(), ['10.1.1.5 239.10.20.30 2']);
    const fewer = await change('del', { ...ROUTE, oifs: ['tv2'] });
    deepEqual([fewer.status, fewer.body.mfc_rules[0].oifs], [200, ['tv1']]);
    deepEqual(inKernel(), ['10.1.1.5 239.10.20.30 1']);
    const dry = await change('del', { ...ROUTE, dry_run: true, oifs: ['tv1'] });
    deepEqual([dry.status, dry.body.dry_run, inKernel().length], [200, true, 1]);
  });

  it('are set as a whole, and set back with what there was before', async () => {
    await change('add', ROUTE);
    const other = { ...ROUTE, group: '239.1.1.2', oifs: ['tv1'] };
    const plan = await change('set', { mfc_rules: [other], dry_run: true });
    deepEqual([plan.status, plan.body.lines.length > 0, inKernel()], [200, true, ['10.1.1.5 239.10.20.30 2']]);
    const { status, body } = await change('set', [other]);
    deepEqual([status, body.changed, inKernel()], [200, true, ['10.1.1.5 239.1.1.2 1']]);
    equal((await change('set', body.previous)).status, 200);
    deepEqual(inKernel(), ['10.1.1.5 239.10.20.30 2']);
    const { body: state } = await red.get(`${PATH}/state`, 'admin');
    const same = await change('set', state);
    deepEqual([same.status, same.body.changed], [200, false]);
  });

  it('that a guard rail forbids are denied, with the rule; reserved ones are marked', async () => {
    const reserved = { ...ROUTE, group: '239.1.1.3' };
    const rails = { allowedGroups: '239.1.0.0/16, 239.10.0.0/16', reservedRoutes: JSON.stringify([reserved]) };
    await red.deploy([TAB, controller('routes', rails), node('add', 'mfc add', { wires: [] })]);
    await red.untilState('routes', 'open');
    const denied = await change('add', { ...ROUTE, group: '239.99.1.1' });
    deepEqual(
      [denied.status, denied.body.error.code, denied.body.error.rule],
      [403, 'ERR_MFC_DENIED', 'allowedGroups'],
    );
    const kept = await change('del', reserved);
    deepEqual([kept.status, kept.body.error.rule], [403, 'reservedRoutes']);
    const [rule] = await red.rules('routes');
    deepEqual([rule?.group, rule?.reserved], [reserved.group, true]);
    await red.deploy(FLOW, { id: 'routes', state: 'open' });
  });

  it('are read with their counters, filtered, and with the streams that no route takes', async () => {
    const group = '239.1.1.1';
    await change('add', [ROUTE, { source: camera.ipv4, group, iif: 'camera', oifs: ['tv1'] }]);
    await tv1.join(group);
    const sent = await camera.send(group, { count: 20 });
    await tv1.waitFor(group, sent);
    await camera.send('239.1.9.9', { count: 2 });
    const read = async (query = '') => {
      const { status, body } = await red.get(`${PATH}/state${query}`, 'reader');
      equal(status, 200);
      return body;
    };
    await until(async () => (await read()).unrouted.length === 1, 'the other stream should be listed');
    const all = await read();
    deepEqual(all.mfc_rules.map((rule: { group: string; packets: number }) => [rule.group, rule.packets]).sort(), [
      [group, 20],
      [ROUTE.group, 0],
    ]);
    deepEqual(Object.keys(all.vif_map).toSorted(), ['camera', 'tv1', 'tv2']);
    const { first_seen, last_seen, ...stranger } = all.unrouted[0];
    deepEqual(stranger, { source: camera.ipv4, group: '239.1.9.9', iif: 'camera' });
    for (const time of [first_seen, last_seen]) ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time);
    const some = await read(`?group=${group}`);
    deepEqual([some.mfc_rules.length, some.unrouted.length], [1, 0]);
  });

  it('10,000 of them fit a request', async () => {
    const routes = Array.from({ length: 10_000 }, (_, i) => ({
      ...ROUTE,
      group: `239.${i >> 14}.${(i >> 8) & 63}.${i & 255}`,
      label: 'a label of the usual length',
    }));
    const added = await change('add', routes);
    deepEqual([added.status, added.body.mfc_rules.length, inKernel().length], [200, 10_000, 10_000]);
    const page = await red.get(`${PATH}/state?limit=500&offset=9600&search=the+usual`, 'reader');
    deepEqual([page.status, page.body.mfc_rules.length, page.body.total], [200, 400, 10_000]);
    const work = async (query: string): Promise<number> => {
      const before = red.cpuTime();
      for (let i = 0; i < POLLS; i++) await red.get(`${PATH}/state${query}`, 'reader');
      return red.cpuTime() - before;
    };
    const [ofPage, ofAll] = [await work('?limit=500'), await work('')];
    ok(ofPage < ofAll / 3, `${ofPage} ms of a core for pages, ${ofAll} ms for all`);
    equal((await change('del', routes)).status, 200);
    equal(inKernel().length, 0);
  });

  it('failures say what is wrong, and change nothing', async () => {
    await change('add', ROUTE);
    const failures: readonly [verb: string, body: unknown, status: number, error: object][] = [
      [
        'add',
        [ROUTE, { ...ROUTE, group: '10.1.1.1' }],
        400,
        { code: 'ERR_MFC_INVALID', field: 'payload[1].group', value: '10.1.1.1' },
      ],
      ['add', {}, 400, { code: 'ERR_MFC_INVALID', field: 'group' }],
      ['add', { ...ROUTE, iif: 'eth99' }, 400, { code: 'ERR_MFC_NO_INTERFACE', field: 'iif', value: 'eth99' }],
      ['add', { ...ROUTE, iif: 'lo' }, 400, { code: 'ERR_MFC_NOT_MULTICAST', field: 'iif', value: 'lo' }],
      ['del', { ...ROUTE, group: '239.9.9.9' }, 404, { code: 'ERR_MFC_NO_ROUTE' }],
    ];
    for (const [verb, body, status, expected] of failures) {
      const reply = await change(verb, body);
      const { error } = reply.body;
      const told = Object.fromEntries(Object.keys(expected).map((key) => [key, error[key]]));
      deepEqual([reply.status, Object.keys(reply.body), told], [status, ['error'], expected], JSON.stringify(body));
      ok(error.message.endsWith(error.hint), error.message);
      deepEqual(inKernel(), ['10.1.1.5 239.10.20.30 2']);
    }
  });

  it('the 33rd interface of a table is a conflict', async () => {
    const names = Array.from({ length: 33 }, (_, i) => `many${i}`);
    await lab.link(...names);
    const [first = '', second = '', ...others] = names;
    const reply = await change('add', [
      { ...ROUTE, iif: first, oifs: others.slice(0, 30) },
      { ...ROUTE, group: '239.1.1.2', iif: second, oifs: others.slice(30) },
    ]);
    deepEqual([reply.status, reply.body.error.code], [409, 'ERR_MFC_VIFS_EXHAUSTED']);
    await lab.unlink(...names);
  });

  it('a filter that makes no sense is refused', async () => {
    for (const query of ['?group=10.1.1.1', '?source=nobody', '?group=239.1.1.1&group=239.1.1.2', '?iif=a%2Fb']) {
      const { status, body } = await red.get(`${PATH}/state${query}`, 'admin');
      deepEqual([status, body.error.code], [400, 'ERR_MFC_INVALID'], query);
    }
  });

  it('what is no JSON is refused', async () => {
    for (const body of ['{"gro', '', 'null', '1', '"text"']) {
      const { status } = await red.request('POST', `${PATH}/add`, { user: 'admin', type: 'application/json', body });
      ok(status >= 400 && status < 500, `${body}: ${status}`);
    }
    deepEqual(inKernel(), []);
  });

  it('of a controller that cannot open they fail with the reason', async () => {
    await red.deploy([]);
    const other = await openProcess(['4']);
    try {
      equal(other.report.opened, true);
      await red.deploy(FLOW, { id: 'routes', state: 'closed' });
      const reply = await change('add', ROUTE); // which waits for 5 seconds, as in a start of both
      deepEqual([reply.status, reply.body.error.code], [409, 'ERR_MFC_TABLE_IN_USE']);
      match(reply.body.error.message, new RegExp(`pid ${other.pid}`));
    } finally {
      await other.end();
    }
    await red.untilState('routes', 'open');
  });
});
