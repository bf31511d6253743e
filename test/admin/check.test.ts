/**
 * POST mfc/check: whether a controller with this table would open.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { type OpenProcess, openProcess } from '../kernel/open-process';
import { hasIPv6 } from '../lab/ip';
import { Lab } from '../lab/lab';
import { controller, node, TAB } from '../nodes/flows';
import { AdminNodeRed } from './node-red';

const FREE = { ok: true, message: 'The rights are there, and the table is free.' };
const OWN = { ok: true, message: 'This controller is open with this table.' };

describe('admin: check of a table', () => {
  let lab: Lab;
  let red: AdminNodeRed;
  /** Another program that owns the default table. */
  let other: OpenProcess | undefined;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2');
    red = await AdminNodeRed.start();
    await red.deploy([]);
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

  // biome-ignore lint/suspicious/noExplicitAny: what came is for the test to say
  async function check(body: object): Promise<any> {
    const reply = await red.post('mfc/check', body, 'admin');
    equal(reply.status, 200);
    return reply.body;
  }

  it('a free table is free, and is free again afterwards', async () => {
    for (const table of ['', '  ', '700', 700, undefined]) deepEqual(await check({ table }), FREE, `${table}`);
    const next = await openProcess(['4']);
    await next.end();
    equal(next.report.opened, true);
  });

  it('a table that another program owns is named, with its owner', async () => {
    other = await openProcess(['4']);
    equal(other.report.opened, true);
    const { ok, error } = await check({ id: 'new', table: '' });
    deepEqual([ok, error.code], [false, 'ERR_MFC_TABLE_IN_USE']);
    match(
      error.message,
      new RegExp(`\\(pid ${other.pid}\\) owns the default IPv4 multicast routing table\\. Stop that program`),
    );
    deepEqual(await check({ table: '700' }), FREE);
  });

  if (hasIPv6) {
    it('that IPv6 is not free is said, and no reason not to open', async () => {
      other = await openProcess(['6']);
      equal(other.report.opened, true);
      const { ok, message } = await check({ table: '' });
      equal(ok, true);
      match(
        message,
        /^The rights are there, and the IPv4 table is free\. Not so for IPv6: .*owns the default IPv6 multicast/,
      );
    });
  }

  it('a controller that is open with the table has it; another one is told so', async () => {
    await red.deploy([TAB, controller(), node('add', 'mfc add', { wires: [] })], { id: 'routes', state: 'open' });
    deepEqual(await check({ id: 'routes', table: '' }), OWN);
    deepEqual(await check({ id: 'routes', table: '700' }), FREE);
    const { ok, error } = await check({ id: 'new', table: '' });
    deepEqual([ok, error.code], [false, 'ERR_MFC_TABLE_IN_USE']);
    match(
      error.message,
      /^Another controller of this Node-RED owns the default IPv4 multicast routing table\. Select that/,
    );
    deepEqual(await red.rules('routes'), []);
  });

  it('a controller that waits, while the flows are stopped, still has its table', async () => {
    await red.deploy([TAB, controller(), node('add', 'mfc add', { wires: [] })], { id: 'routes', state: 'open' });
    equal((await red.post('flows/state', { state: 'stop' }, 'admin')).status, 200);
    await red.untilState('routes', 'closed');
    deepEqual(await check({ id: 'routes', table: '' }), OWN);
    equal((await red.post('flows/state', { state: 'start' }, 'admin')).status, 200);
    await red.untilState('routes', 'open');
  });

  it('a closed controller is no reason: the table is tried', async () => {
    other = await openProcess(['4']);
    equal(other.report.opened, true);
    await red.deploy([TAB, controller(), node('add', 'mfc add', { wires: [] })], { id: 'routes', state: 'closed' });
    equal((await check({ id: 'routes', table: '' })).error.code, 'ERR_MFC_TABLE_IN_USE');
    await other.end();
    await red.untilState('routes', 'open');
    deepEqual(await check({ id: 'routes', table: '' }), OWN);
  });

  it('what is no table is refused', async () => {
    for (const table of ['eth1', '0', '-1', '1.5', '100000000', [], {}, true]) {
      const { ok, error } = await check({ table });
      deepEqual([ok, error.code, error.field], [false, 'ERR_MFC_INVALID', 'table'], JSON.stringify(table));
      match(error.message, /Give a number from 1 to 99999999, or leave it blank/);
    }
  });

  it('a variable of the environment is asked for, as a deploy does it', async () => {
    deepEqual(await check({ table: `$\{MFC_TEST_TABLE}` }), FREE);
    equal((await check({ table: `$\{MFC_TEST_NO_TABLE}` })).error.code, 'ERR_MFC_INVALID');
    const env = { id: 'env', type: 'global-config', env: [{ name: 'MY_TABLE', type: 'str', value: 'my secret' }] };
    const flow = [env, TAB, controller('routes', { table: '700' }), node('add', 'mfc add', { wires: [] })];
    await red.deploy(flow, { id: 'routes', state: 'open' });
    const { error } = await check({ id: 'routes', table: `$\{MY_TABLE}` });
    deepEqual([error.code, error.field], ['ERR_MFC_INVALID', 'table']);
    match(error.message, /the value of \$\{MY_TABLE\} is no table\. Give a number from 1 to/);
  });

  it('the value of a variable is not told: who may write routes may not read the environment', async () => {
    const env = { id: 'env', type: 'global-config', env: [{ name: 'MY_TABLE', type: 'str', value: 'my secret' }] };
    const flow = [env, TAB, controller('routes', { table: '700' }), node('add', 'mfc add', { wires: [] })];
    await red.deploy(flow, { id: 'routes', state: 'open' });
    for (const id of ['routes', 'new']) {
      for (const table of [`$\{MY_TABLE}`, `$\{PATH}`]) {
        const told = JSON.stringify(await check({ id, table }));
        equal(told.includes('my secret') || told.includes('/bin'), false, told);
      }
    }
  });
});

describe('admin: check of the rights', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.open();
  });
  after(() => lab.close());

  for (const [right, table] of [
    ['net_raw', ''],
    ['net_admin', '700'],
  ] as const) {
    it(`says how to grant ${right}`, async () => {
      const red = await AdminNodeRed.start(right);
      try {
        const { status, body } = await red.post('mfc/check', { table }, 'admin');
        deepEqual([status, body.ok, body.error.code], [200, false, 'ERR_MFC_PERMISSION']);
        match(
          body.error.message,
          new RegExp(`CAP_${right.toUpperCase()}.* Grant it with AmbientCapabilities=CAP_NET_RAW`),
        );
      } finally {
        await red.close();
      }
    });
  }
});
