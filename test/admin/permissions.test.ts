/**
 * Nobody gets what he may not have, by any of the endpoints.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { linux } from '../../src/kernel/linux';
import { Lab, until } from '../lab/lab';
import { controller, node, TAB } from '../nodes/flows';
import { AdminNodeRed } from './node-red';
import type { UserName } from './users';

const ROUTE = { source: '10.1.1.5', group: '239.10.20.30', iif: 'eth1', oifs: ['eth2'] };
const PATH = 'mfc/controllers/routes';
const RESERVED = [{ group: '239.9.0.0/16', iif: 'eth2', oifs: ['eth3'] }];
const FLOW = [
  TAB,
  controller(),
  node('add', 'mfc add', { wires: [] }),
  controller('warning', { table: '77', loops: 'warn', reservedRoutes: JSON.stringify(RESERVED) }),
  node('add-warning', 'mfc add', { controller: 'warning', wires: [] }),
];
const BODIES: Readonly<Record<string, unknown>> = {
  add: [ROUTE],
  del: [ROUTE],
  set: [],
  check: { table: '' },
};

describe('admin: permissions', () => {
  let lab: Lab;
  let red: AdminNodeRed;
  let endpoints: string[];

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3');
    red = await AdminNodeRed.start();
    endpoints = await red.endpoints();
    await red.deploy(FLOW, { id: 'routes', state: 'open' });
  });
  after(async () => {
    await red.close();
    await lab.close();
  });

  const inKernel = () => Array.from(linux.listEntries(4, undefined)).flat().length;

  /** Asks an endpoint as its form says, with a body that would do something. */
  async function ask(endpoint: string, user?: UserName): Promise<number> {
    const [method = '', path = ''] = endpoint.replace(':id', 'routes').split(' ');
    if (method !== 'POST') return (await red.request(method, path, { user })).status;
    return (await red.post(path, BODIES[path.replace(/.*\//, '')] ?? {}, user)).status;
  }

  it('these endpoints are registered, once each', () => {
    deepEqual(endpoints.toSorted(), [
      'GET /mfc/controllers',
      'GET /mfc/controllers/:id/state',
      'GET /mfc/interfaces',
      'POST /mfc/check',
      'POST /mfc/controllers/:id/add',
      'POST /mfc/controllers/:id/del',
      'POST /mfc/controllers/:id/set',
    ]);
  });

  it('nobody gets anything who is not logged in, or whose permissions are for other things', async () => {
    for (const endpoint of endpoints) {
      equal(await ask(endpoint), 401, endpoint);
      equal(await ask(endpoint, 'author'), 401, endpoint);
    }
    equal(inKernel(), 0);
  });

  it('who may read gets what there is, and changes nothing', async () => {
    equal((await red.post(`${PATH}/add`, ROUTE, 'admin')).status, 200);
    for (const user of ['reader', 'watcher'] as const) {
      for (const endpoint of endpoints) {
        equal(await ask(endpoint, user), endpoint.startsWith('GET ') ? 200 : 401, `${user}: ${endpoint}`);
      }
    }
    equal(inKernel(), 1);
    equal((await red.post(`${PATH}/del`, ROUTE, 'admin')).status, 200);
  });

  it('who may only write does not read', async () => {
    for (const endpoint of endpoints) {
      equal(await ask(endpoint, 'writer'), endpoint.startsWith('GET ') ? 401 : 200, endpoint);
    }
    equal(inKernel(), 0);
  });

  it('who may only write is told what became of his message, and of no route', async () => {
    const other = { ...ROUTE, group: '239.10.20.31' };
    equal((await red.post(`${PATH}/add`, [ROUTE, other], 'admin')).status, 200);
    const { iif: _, ...stream } = ROUTE;
    for (const [verb, body, message] of [
      ['set', { mfc_rules: [], dry_run: true }, 'Dry run: Table set: 2 deleted.'],
      [
        'add',
        { ...stream, mode: 'merge' },
        'MFC entry for (10.1.1.5, 239.10.20.30) is there already; nothing changed.',
      ],
      ['del', other, 'MFC entry for (10.1.1.5, 239.10.20.31) deleted.'],
      ['set', [], 'Table set: 1 deleted.'],
    ] as const) {
      const reply = await red.post(`${PATH}/${verb}`, body, 'writer');
      const dry = message.startsWith('Dry run') ? { dry_run: true } : {};
      const changed = !message.endsWith('nothing changed.');
      deepEqual([reply.status, reply.body], [200, { status: 'success', message, changed, ...dry }]);
    }
    const down = await red.post(`${PATH}/add`, { ...ROUTE, oifs: ['eth9'], allow_absent: true }, 'writer');
    deepEqual(Object.keys(down.body), ['status', 'message', 'changed', 'warnings']);
    for (const user of ['admin', 'editor'] as const) {
      const { body } = await red.post(`${PATH}/set`, [], user);
      deepEqual(Object.keys(body), ['status', 'message', 'changed', 'mfc_rules', 'previous'], user);
    }
  });

  describe('who may only write hears of nothing that he has not named', () => {
    const { source, group } = ROUTE;
    const BACK = { source: '10.9.9.9', group, iif: 'eth2', oifs: ['eth1', 'eth3'] };
    const OTHER = 'mfc/controllers/warning';

    before(async () => {
      equal((await red.post(`${PATH}/add`, BACK, 'admin')).status, 200);
      equal((await red.post(`${OTHER}/add`, BACK, 'admin')).status, 200);
    });
    after(() => Promise.all([PATH, OTHER].map((path) => red.post(`${path}/del`, BACK, 'admin'))));

    /** What the two get to read for the same message. */
    async function texts(path: string, body: object): Promise<string[]> {
      const users = ['admin', 'writer'] as const;
      const read: string[] = [];
      for (const user of users) {
        const { body: answer } = await red.post(path, body, user);
        const { error, warnings = [answer.message] } = answer;
        if (error !== undefined) equal(error.message.endsWith(error.hint), true, error.message);
        read.push(error === undefined ? warnings.at(-1) : error.message);
      }
      return read;
    }

    const there = { source: BACK.source, group };
    const cases: Record<string, [path: string, body: object, admin: RegExp, writer: RegExp]> = {
      'a loop that is refused': [
        `${PATH}/add`,
        ROUTE,
        /, and \(10\.9\.9\.9, 239\.10\.20\.30\) from 'eth2' to 'eth1': packets could circle\. Leave/,
        /\(10\.1\.1\.5, 239\.10\.20\.30\) goes from 'eth1' to 'eth2', and \(…, 239\.10\.20\.30\) from 'eth2' to 'eth1': packets could circle\. Leave/,
      ],
      'a loop that is warned of': [
        `${OTHER}/add`,
        { ...ROUTE, dry_run: true },
        /and \(10\.9\.9\.9, 239\.10\.20\.30\) from/,
        /and \(…, 239\.10\.20\.30\) from/,
      ],
      'a reserved route': [
        `${OTHER}/add`,
        { ...ROUTE, group: '239.9.1.1' },
        /\(10\.1\.1\.5, 239\.9\.1\.1\) belongs to the reserved route \(\*, 239\.9\.0\.0\/16\)/,
        /\(10\.1\.1\.5, 239\.9\.1\.1\) belongs to the reserved route \(\*, …\)/,
      ],
      'the input of a route that he names': [
        `${PATH}/del`,
        { ...there, iif: 'eth1' },
        /comes in on 'eth2', not 'eth1'/,
        /comes in on '…', not 'eth1'/,
      ],
      'its outputs': [`${PATH}/del`, { ...there, oifs: ['eth9'] }, /are eth1, eth3\.$/, /are …, …\.$/],
      'what it cannot be merged with': [
        `${PATH}/add`,
        { ...there, iif: 'eth1', oifs: ['eth3'], mode: 'merge' },
        /is not 'eth2', which/,
        /is not '…', which/,
      ],
    };
    for (const [name, [path, body, admin, writer]] of Object.entries(cases)) {
      it(name, async () => {
        const [all, some] = await texts(path, body);
        match(all ?? '', admin);
        match(some ?? '', writer);
      });
    }

    it('a guess in a label unlocks nothing', async () => {
      const { body } = await red.post(`${PATH}/add`, { ...ROUTE, label: `${source} 10.9.9.9` }, 'writer');
      match(body.error.message, /and \(…, 239/);
    });
  });

  it('HEAD is no way around', async () => {
    for (const endpoint of endpoints.filter((one) => one.startsWith('GET '))) {
      const path = endpoint.replace('GET ', '').replace(':id', 'routes');
      equal((await red.request('HEAD', path)).status, 401, path);
    }
  });

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    undefined,
  ]) {
    it(`what a page of another site can send is refused: ${type ?? 'no type'}`, async () => {
      const text =
        type?.includes('urlencoded') === true ? new URLSearchParams({ ...ROUTE, oifs: 'eth2' }).toString() : '';
      const body = text || JSON.stringify(ROUTE);
      for (const endpoint of endpoints.filter((one) => one.startsWith('POST '))) {
        const path = endpoint.replace('POST ', '').replace(':id', 'routes');
        const reply = await red.request('POST', path, { user: 'admin', body, ...(type === undefined ? {} : { type }) });
        equal(reply.status, 415, path);
        equal(reply.body.error.code, 'ERR_MFC_INVALID');
        match(reply.body.error.message, /^The body is not JSON\. Send it with 'Content-Type: application\/json'\.$/);
      }
      equal(inKernel(), 0);
    });
  }

  it('who changed something is in the audit log', async () => {
    await red.post(`${PATH}/add`, ROUTE, 'writer');
    await red.post(`${PATH}/del`, ROUTE, 'writer');
    const logged = () => red.log.split('\n').filter((line) => line.includes('"username":"writer"'));
    await until(
      () => logged().some((line) => line.includes('mfc.controllers.del')),
      () => red.log,
    );
    ok(logged().some((line) => line.includes('mfc.controllers.add') && line.includes(`"path":"/${PATH}/add"`)));
  });

  it('a module that is loaded again registers nothing twice', async () => {
    deepEqual(await red.loadAgain(), endpoints);
    equal((await red.get('mfc/controllers', 'reader')).body.controllers[0].state, 'open');
  });
});
