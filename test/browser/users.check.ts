/**
 * Who may do what: a stranger sees the login and nothing else, a reader sees all and changes nothing.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { Lab, until } from '../lab/lab';
import { watch } from './diary';
import { type Edition, editions, type RunningRed } from './editions';
import { Editor } from './editor';
import { ACCOUNTS, Login, OPERATOR, READER } from './login';
import { Sidebar } from './sidebar';
import { openStage } from './stage';
import { Visit } from './visit';

const GROUP = '239.10.20.30';
const ROUTE = { source: '10.0.1.2', group: GROUP, iif: 'camera', oifs: ['tv1'] };
const CONTROLLER = 'routes';
/** It has its route from the start on. */
const FLOW = [
  { id: 'tab', type: 'tab', label: 'Studio' },
  { id: CONTROLLER, type: 'mfc-controller', name: 'studio' },
  { id: 'start', type: 'inject', z: 'tab', once: true, onceDelay: 0.1, props: [], x: 140, y: 100, wires: [['add']] },
  { id: 'add', type: 'mfc add', z: 'tab', controller: CONTROLLER, ...ROUTE, oifs: 'tv1', x: 340, y: 100, wires: [[]] },
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
  let browser: Browser;
  let red: RunningRed;
  let visit: Visit;
  let login: Login;
  let editor: Editor;
  let sidebar: Sidebar;

  before(async () => {
    lab = await Lab.open();
    await lab.host('camera');
    await lab.host('tv1');
    const options = { theme: 'light', flow: FLOW, settings: ACCOUNTS } as const;
    [browser, red] = await openStage(edition, options);
    await until(async () => (await kernelRoutes()).length > 0, 'the route of the flow should be there');
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    visit = await Visit.open(browser);
    login = new Login(visit.page);
    editor = new Editor(visit.page);
    sidebar = new Sidebar(visit.page);
    await login.open(red.url);
  });
  // The editor asks, is refused, and shows the login.
  watch(() => visit, /status of 40[13] \(.*\) http:[^ ]+\/(settings|auth\/token)(\?|$)/);
  afterEach(() => visit.close());

  /** Statuses of the answers to what a page could ask for. */
  function ask(method: 'GET' | 'POST', paths: string[], headers: Record<string, string> = {}): Promise<number[]> {
    const body = method === 'POST' ? { body: JSON.stringify(ROUTE) } : {};
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
    deepEqual(await kernelRoutes(), [GROUP]);
  });

  it('a reader sees the flow and the state, and cannot change them', async () => {
    await login.submit(READER);
    await editor.untilLoaded();
    await editor.node(GROUP).waitFor();
    await sidebar.open();
    await sidebar.route(ROUTE).waitFor();
    equal(await sidebar.actions.count(), 0);
    match((await visit.page.locator('#red-ui-header-button-deploy').getAttribute('class')) ?? '', /disabled/);
    const headers = { authorization: `Bearer ${await login.token()}` };
    deepEqual(new Set(await ask('GET', READING, headers)), new Set([200]));
    deepEqual(new Set(await ask('POST', WRITING, headers)), new Set([401]));
    deepEqual(await kernelRoutes(), [GROUP]);
  });

  it('an operator may do all', async () => {
    await login.submit(OPERATOR);
    await editor.untilLoaded();
    await editor.node(GROUP).waitFor();
    await sidebar.open();
    await sidebar.drop(ROUTE);
    deepEqual(await kernelRoutes(), []);
    await sidebar.undo();
    await sidebar.route(ROUTE).waitFor();
    deepEqual(await kernelRoutes(), [GROUP]);
  });
}
