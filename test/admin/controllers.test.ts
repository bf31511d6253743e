/**
 * GET mfc/controllers: the controllers that are deployed, whether they work or not.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { type OpenProcess, openProcess } from '../kernel/open-process';
import { Lab } from '../lab/lab';
import { controller, type FlowItem, node, TAB } from '../nodes/flows';
import { AdminNodeRed } from './node-red';

const ROUTE = { source: '10.1.1.5', group: '239.10.20.30', iif: 'eth1', oifs: ['eth2'] };
/** What has none is a config node to Node-RED. */
const PLACE = { x: 100, y: 100 };
const EMPTY = { routes: 0, pending: 0, degraded: 0 };

function add(id: string, of: string, properties: object = {}): FlowItem {
  return node(id, 'mfc add', { controller: of, wires: [], ...properties });
}

describe('admin: controllers', () => {
  let lab: Lab;
  let red: AdminNodeRed;
  /** Another program that owns the default table. */
  let other: OpenProcess | undefined;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2');
    red = await AdminNodeRed.start();
  });
  afterEach(async () => {
    await other?.end();
    other = undefined;
    await red.deploy([]);
  });
  after(async () => {
    await red.close();
    await lab.close();
  });

  async function list(): Promise<Record<string, unknown>[]> {
    const { status, body } = await red.get('mfc/controllers', 'watcher');
    equal(status, 200);
    return body.controllers;
  }

  it('are listed in the order of the flow file, with their routes', async () => {
    const flow = [
      TAB,
      controller('studio', { name: 'Studio', table: '700' }),
      controller(),
      add('a', 'studio'),
      add('b', 'routes'),
    ];
    await red.deploy(flow, { id: 'studio', state: 'open' });
    await red.untilState('routes', 'open');
    await red.post('mfc/controllers/routes/add', [ROUTE, { ...ROUTE, group: '239.1.1.1' }], 'admin');
    await red.post(
      'mfc/controllers/routes/add',
      { ...ROUTE, iif: 'usb1', source: '10.1.1.6', allow_absent: true },
      'admin',
    );
    deepEqual(await list(), [
      { id: 'studio', name: 'Studio', table: '700', state: 'open', ...EMPTY },
      { id: 'routes', name: '', table: '', state: 'open', ...EMPTY, routes: 3, pending: 1 },
    ]);
    const { body } = await red.get('mfc/controllers/routes/state', 'admin');
    await red.post('mfc/controllers/routes/del', body.mfc_rules, 'admin');
  });

  it('that no node uses, or that are disabled, are closed and say what to do', async () => {
    await red.deploy([TAB, controller(), controller('off', { d: true }), controller('used'), add('a', 'used')], {
      id: 'used',
      state: 'open',
    });
    const [unused, off, used] = await list();
    deepEqual([unused?.id, unused?.state, unused?.routes], ['routes', 'closed', 0]);
    deepEqual(unused?.error, {
      code: 'ERR_MFC_NOT_OPEN',
      message: 'No node uses this controller. Select it in an mfc node, and deploy.',
      hint: 'Select it in an mfc node, and deploy.',
    });
    deepEqual([off?.id, off?.state], ['off', 'closed']);
    match(JSON.stringify(off?.error), /disabled.*Enable it and deploy/);
    equal(used?.state, 'open');
    for (const id of ['routes', 'off']) {
      for (const reply of [
        await red.get(`mfc/controllers/${id}/state`, 'admin'),
        await red.post(`mfc/controllers/${id}/add`, ROUTE, 'admin'),
      ]) {
        deepEqual([reply.status, reply.body.error.code], [503, 'ERR_MFC_NOT_OPEN']);
      }
    }
  });

  it('whose table somebody else owns are closed and say who that is, and open when it is free', async () => {
    other = await openProcess(['4']);
    equal(other.report.opened, true);
    await red.deploy([TAB, controller('blocked'), add('a', 'blocked')], { id: 'blocked', state: 'closed' });
    const [blocked] = await list();
    const error = JSON.stringify(blocked?.error);
    match(error, /^{"code":"ERR_MFC_TABLE_IN_USE"/);
    match(error, new RegExp(`\\(pid ${other.pid}\\) owns the default IPv4 multicast routing table`));
    await other.end();
    await red.untilState('blocked', 'open');
    equal((await list())[0]?.error, undefined);
  });

  it('of a subflow are there once for each place where it is used', async () => {
    const inside = (item: FlowItem): FlowItem => ({ ...item, z: 'sub' });
    const subflow = { id: 'sub', type: 'subflow', name: 'Sub', in: [], out: [], env: [] };
    const flow = [
      TAB,
      subflow,
      inside(controller('inner', { table: `$\{TABLE}` })),
      inside(add('c', 'inner', PLACE)),
      ...['701', '702'].map((table) => ({
        id: `use${table}`,
        type: 'subflow:sub',
        z: 'tab',
        ...PLACE,
        env: [{ name: 'TABLE', type: 'str', value: table }],
        wires: [],
      })),
    ];
    await red.deploy(flow, { id: 'use701-inner', state: 'open' });
    await red.untilState('use702-inner', 'open');
    deepEqual(
      (await list()).map(({ id, table }) => [id, table]),
      [
        ['use701-inner', '701'],
        ['use702-inner', '702'],
      ],
    );
    const reply = await red.post('mfc/controllers/use702-inner/add', ROUTE, 'admin');
    equal(reply.status, 200);
    equal((await red.rules('use701-inner')).length, 0);
    equal((await red.rules('use702-inner')).length, 1);
    await red.post('mfc/controllers/use702-inner/del', ROUTE, 'admin');
  });

  it('that are not there are not found', async () => {
    for (const id of ['nobody', 'tab', '__proto__', 'a%2Fb']) {
      for (const reply of [
        await red.get(`mfc/controllers/${id}/state`, 'admin'),
        await red.post(`mfc/controllers/${id}/add`, ROUTE, 'admin'),
      ]) {
        equal(reply.status, 404, id);
        match(reply.body.error.message, new RegExp(`^There is no controller '${decodeURIComponent(id)}'\\.`));
      }
    }
  });
});
