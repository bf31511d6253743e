/**
 * The packed package, installed as a user installs it, in each Node-RED that it is for: everything over the admin API, packets real.
 *
 * Not among the tests of `npm test`, which need no network. By hand:
 *   sh test/package/install.sh DIR && MFC_PACKAGE_DIR=DIR node dist/test/lab/run.js mocha 'dist/test/package/*.check.js'
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { type Host, Lab } from '../lab/lab';
import { NodeRedProcess } from '../lab/node-red-process';
import { FLOW } from './flow';
import { type Installed, installed } from './installed';

const MODULE = '@mroute/node-red-mfc';
const TYPES = ['mfc add', 'mfc del', 'mfc event', 'mfc set', 'mfc state', 'mfc-controller'];
const GROUP = '239.10.20.30';
const PACKETS = 100;

interface NodeSet {
  id: string;
  module: string;
  enabled: boolean;
  err?: unknown;
  types: string[];
}

type Catalogs = Record<string, Record<string, Record<string, Record<string, string>>>>;

it('package: there is more than one Node-RED to check', () => ok(installed.length >= 2));

for (const pair of installed) describe(`package: ${pair.name}`, () => check(pair));

function check({ node, red: version, runtime, user }: Installed): void {
  let lab: Lab;
  let camera: Host;
  let tv1: Host;
  let red: NodeRedProcess;
  let route: object;
  const options = { node: join(runtime, 'node_modules/.bin/node'), runtime, userDir: user };

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv1 = await lab.host('tv1');
    await tv1.join(GROUP);
    route = { source: camera.ipv4, group: GROUP, iif: 'camera', oifs: ['tv1'] };
    red = await NodeRedProcess.start(options);
  }).timeout(300_000);
  after(async () => {
    await red?.end('SIGKILL');
    await lab.close();
  });

  async function reachesTv1(): Promise<void> {
    await tv1.reset();
    await tv1.waitFor(GROUP, await camera.send(GROUP, { count: PACKETS, rate: 1000 }));
  }

  async function kernelRoutes(): Promise<string[]> {
    return JSON.parse(await lab.ip('-j', 'mroute', 'show')).map(({ dst }: { dst: string }) => dst);
  }

  it('runs on the versions that it was installed for', async () => {
    const settings = JSON.parse(await red.get('/settings')) as { version: string };
    equal(settings.version, version);
    ok(red.log.includes(`v${node}\n`), red.log);
  });

  it('has all nodes in the palette, without errors', async () => {
    const sets = (JSON.parse(await red.get('/nodes')) as NodeSet[]).filter(({ module }) => module === MODULE);
    deepEqual(sets.flatMap(({ types }) => types).sort(), TYPES);
    deepEqual(
      sets.filter(({ enabled, err }) => !enabled || err !== undefined),
      [],
    );
  });

  it('serves the editor half, with help and names', async () => {
    const html = await red.get('/nodes', 'text/html');
    for (const type of TYPES) {
      match(html, new RegExp(`data-template-name="${type}"`));
      match(html, new RegExp(`data-help-name="${type}"`));
    }
    const catalogs = JSON.parse(await red.get('/nodes/messages?lng=en-US')) as Record<string, Record<string, object>>;
    for (const type of TYPES) {
      const set = type.replace(' ', '-');
      ok(Object.keys(catalogs[`${MODULE}/${set}`]?.[set] ?? catalogs[`${MODULE}/${set}`] ?? {}).length > 0, set);
    }
  });

  it('speaks German and Japanese', async () => {
    const words = { de: { label: 'Quelle', help: 'Eingangsdaten' }, ja: { label: '送信元', help: '入力' } };
    for (const [language, { label, help }] of Object.entries(words)) {
      const catalogs = JSON.parse(await red.get(`/nodes/messages?lng=${language}`)) as Catalogs;
      equal(catalogs[`${MODULE}/mfc-add`]?.['mfc-add']?.label?.source, label);
      match(await red.get(`/nodes/${MODULE}/mfc-add`, 'text/html', 200, language), new RegExp(`<h3>${help}</h3>`));
    }
  });

  it('serves the icons', async () => {
    const icons = JSON.parse(await red.get('/icons')) as Record<string, string[]>;
    ok((icons[MODULE] ?? []).length >= 3, JSON.stringify(icons[MODULE]));
    for (const icon of icons[MODULE] ?? []) match(await red.get(`/icons/${MODULE}/${icon}`, '*/*'), /<svg/);
  });

  it('offers the examples', async () => {
    match(await red.get('/library/examples/flows'), /@mroute\/node-red-mfc/);
  });

  it('adds a route through a flow, and the packets go there', async () => {
    await red.deploy(FLOW);
    const answer = JSON.parse(await red.post('/add', route));
    deepEqual(answer, {
      status: 'success',
      message: `MFC entry for (${camera.ipv4}, ${GROUP}) added.`,
      changed: true,
      mfc_rules: [route],
    });
    deepEqual(await kernelRoutes(), [GROUP]);
    await reachesTv1();
    const state = JSON.parse(await red.post('/state', {}));
    equal(state.mfc_rules[0].packets, PACKETS);
  });

  it('tells a Catch node what is wrong', async () => {
    const error = JSON.parse(await red.post('/add', { ...route, iif: 'eth99' }, {}, 400));
    equal(error.code, 'ERR_MFC_NO_INTERFACE');
    equal(error.cause.field, 'iif');
  });

  it('has the routes back after a kill', async () => {
    await red.end('SIGKILL');
    deepEqual(await kernelRoutes(), []);
    red = await NodeRedProcess.start(options);
    const state = JSON.parse(await red.post('/state', {}));
    deepEqual(
      state.mfc_rules.map((rule: { state: string }) => rule.state),
      ['active'],
    );
    await reachesTv1();
  }).timeout(300_000);

  it('deletes the route', async () => {
    await red.post('/del', { source: camera.ipv4, group: GROUP });
    deepEqual(await kernelRoutes(), []);
  });

  it('ends when it is asked to', async () => {
    equal(await red.end('SIGTERM'), 0);
  });
}
