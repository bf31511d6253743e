/**
 * Routes over HTTP: what each request does, and its status.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { example, GROUP, Ground } from './ground';

interface Body {
  changed?: boolean;
  dry_run?: boolean;
  mfc_rules?: { group: string }[];
  error?: { code: string; message: string; field?: string };
}

interface Answer {
  status: number;
  body: Body;
}

const ROUTE = { source: '10.0.1.2', group: GROUP, iif: 'camera', oifs: ['tv1', 'tv2'] };

describe('HTTP', () => {
  let ground: Ground;

  before(async () => {
    ground = await Ground.open();
  });
  after(() => ground?.close());

  const ask = (method: string, query: string, body?: unknown): Promise<Answer> =>
    send(method, query, body === undefined ? null : JSON.stringify(body));

  async function send(method: string, query: string, body: string | null, type = 'application/json'): Promise<Answer> {
    const headers = { 'content-type': type };
    const response = await fetch(`${ground.user.url}/mroute${query}`, { method, headers, body });
    match(response.headers.get('content-type') ?? '', /^application\/json/);
    return { status: response.status, body: (await response.json()) as Body };
  }

  example(
    '12-http.json',
    () => ground.user,
    () => {
      it('POST adds, and packets arrive', async () => {
        const [tv1] = ground.tvs;
        await tv1.join(GROUP);
        const { status, body } = await ask('POST', '', ROUTE);
        deepEqual([status, body.changed], [201, true]);
        await ground.has('10.0.1.2 239.10.20.30: camera > tv1 tv2');
        await ground.camera.send(GROUP, { count: 10 });
        await tv1.waitFor(GROUP, 10);
      });

      it('POST of what is there, or of a dry run, is no news', async () => {
        equal((await ask('POST', '', ROUTE)).status, 200);
        const { status, body } = await ask('POST', '', { ...ROUTE, oifs: ['tv3'], dry_run: true });
        deepEqual([status, body.dry_run], [200, true]);
      });

      it('GET shows what is asked for', async () => {
        deepEqual((await ask('GET', `?group=${GROUP}`)).body.mfc_rules?.length, 1);
        const { status, body } = await ask('GET', '?group=239.9.9.9');
        deepEqual([status, body.mfc_rules], [200, []]);
      });

      it('PUT sets the whole table, also as GET has it', async () => {
        const { body: before } = await ask('GET', '');
        equal((await ask('PUT', '', [{ ...ROUTE, group: '239.10.20.31', oifs: ['tv3'] }])).status, 200);
        await ground.has('10.0.1.2 239.10.20.31: camera > tv3');
        equal((await ask('PUT', '', before)).status, 200);
        await ground.has('10.0.1.2 239.10.20.30: camera > tv1 tv2');
      });

      it('DELETE takes outputs, then the route', async () => {
        const query = `?source=10.0.1.2&group=${GROUP}`;
        equal((await ask('DELETE', `${query}&oifs=tv1`)).status, 200);
        await ground.has('10.0.1.2 239.10.20.30: camera > tv2');
        equal((await ask('DELETE', query)).status, 200);
        await ground.has();
        const { status, body } = await ask('DELETE', query);
        deepEqual([status, body.error?.code], [404, 'ERR_MFC_NO_ROUTE']);
      });

      it('says what is wrong with a route', async () => {
        const { status, body } = await ask('POST', '', { ...ROUTE, group: '10.0.0.1' });
        deepEqual([status, body.error?.code, body.error?.field], [400, 'ERR_MFC_INVALID', 'group']);
        equal((await ask('POST', '', { ...ROUTE, oifs: ['tv9'] })).body.error?.code, 'ERR_MFC_NO_INTERFACE');
        equal((await ask('GET', '?group=10.0.0.1')).status, 400);
      });

      it('says that a body is no JSON, whatever it claims to be', async () => {
        for (const method of ['POST', 'PUT']) {
          for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
            const { status, body } = await send(method, '', '{"source": tv1', type);
            deepEqual([status, body.error?.code], [400, 'ERR_MFC_INVALID'], `${method} ${type}`);
            match(body.error?.message ?? '', /JSON/);
          }
          equal((await send(method, '', '')).status, 400);
        }
        const { status } = await send('POST', '', JSON.stringify({ ...ROUTE, dry_run: true }), 'text/plain');
        equal(status, 200);
      });
    },
  );
});
