/**
 * Who may do what: a stranger sees the login and nothing else, a reader sees all and changes nothing.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { type Host, Lab } from '../lab/lab';
import { openChromium } from './chromium';
import { watch } from './diary';
import { type Edition, editions, type RunningRed, startRed } from './editions';
import { Editor } from './editor';
import { ACCOUNTS, Login, OPERATOR, READER } from './login';
import { Visit } from './visit';

const GROUP = '239.10.20.30';
const CONTROLLER = 'routes';
const FLOW = [
  { id: 'tab', type: 'tab', label: 'Studio' },
  { id: CONTROLLER, type: 'mfc-controller', name: 'studio' },
  { id: 'add', type: 'mfc add', z: 'tab', controller: CONTROLLER, group: GROUP, x: 300, y: 100, wires: [[]] },
];

const READING = ['/mfc/interfaces', '/mfc/controllers', `/mfc/controllers/${CONTROLLER}/state`];
const WRITING = [
  '/flows',
  '/mfc/check',
  ...['add', 'del', 'set'].map((verb) => `/mfc/controllers/${CONTROLLER}/${verb}`),
];

for (const edition of editions) describe(`browser: users, ${edition.name}`, () => users(edition));

function users(edition: Edition): void {
  let lab: Lab;
  let camera: Host;
  let browser: Browser;
  let red: RunningRed;
  let visit: Visit;
  let login: Login;
  let editor: Editor;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    await lab.host('tv1');
    const options = { theme: 'light', flow: FLOW, settings: ACCOUNTS } as const;
    [browser, red] = await Promise.all([openChromium(), startRed(edition, options)]);
  }).timeout(90_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    visit = await Visit.open(browser);
    login = new Login(visit.page);
    editor = new Editor(visit.page);
    await login.open(red.url);
  });
  // The editor asks, is refused, and shows the login.
  watch(() => visit, /status of 40[13] \(.*\) http:[^ ]+\/(settings|auth\/token)(\?|$)/);
  afterEach(() => visit.close());

  /** Statuses of the answers to what a page could ask for. */
  function ask(method: 'GET' | 'POST', paths: string[], headers: Record<string, string> = {}): Promise<number[]> {
    const route = { source: camera.ipv4, group: GROUP, iif: 'camera', oifs: ['tv1'] };
    const body = method === 'POST' ? { body: JSON.stringify(route) } : {};
    const all = paths.map((path) =>
      fetch(red.url + path, { method, headers: { 'content-type': 'application/json', ...headers }, ...body }),
    );
    return Promise.all(all).then((answers) => answers.map(({ status }) => status));
  }

  async function kernelRoutes(): Promise<string[]> {
    return JSON.parse(await lab.ip('-j', 'mroute', 'show')).map(({ dst }: { dst: string }) => dst);
  }

  it('a stranger gets the login, and none of the data', async () => {
    const texts = await visit.answers();
    ok(texts.length > 0);
    for (const text of texts) ok(!/239\.10\.20\.30|"studio"|"camera"/.test(text), text);
    deepEqual(
      visit.requests.filter((request) => request.includes('/mfc/')),
      [],
    );
    await login.submit({ ...OPERATOR, password: 'unicast' });
    await login.form.getByText('Login failed').waitFor();
    equal(await visit.page.locator('.red-ui-flow-node-group').count(), 0);
  });

  it('a stranger may neither read nor write', async () => {
    deepEqual(new Set(await ask('GET', READING)), new Set([401]));
    deepEqual(new Set(await ask('POST', WRITING)), new Set([401]));
    deepEqual(await kernelRoutes(), []);
  });

  it('a reader sees the flow and the state, and cannot change them', async () => {
    await login.submit(READER);
    await editor.untilLoaded();
    await editor.node(GROUP).waitFor();
    match((await visit.page.locator('#red-ui-header-button-deploy').getAttribute('class')) ?? '', /disabled/);
    const headers = { authorization: `Bearer ${await login.token()}` };
    deepEqual(new Set(await ask('GET', READING, headers)), new Set([200]));
    deepEqual(new Set(await ask('POST', WRITING, headers)), new Set([401]));
    deepEqual(await kernelRoutes(), []);
  });

  it('an operator may do all', async () => {
    await login.submit(OPERATOR);
    await editor.untilLoaded();
    await editor.node(GROUP).waitFor();
    const headers = { authorization: `Bearer ${await login.token()}` };
    deepEqual(await ask('POST', [`/mfc/controllers/${CONTROLLER}/add`], headers), [200]);
    deepEqual(await kernelRoutes(), [GROUP]);
  });
}
