/**
 * The tab "Multicast" while it is refreshed under somebody's hands: the focus, what the mouse is on, and what was begun stay.
 */
import { equal, match, ok } from 'node:assert/strict';
import type { Browser, Locator, Route, WebSocketRoute } from 'playwright-core';
import { Lab, until } from '../lab/lab';
import { watch } from './diary';
import { type Edition, editions, type RunningRed } from './editions';
import { Editor } from './editor';
import { Sidebar, type Stream } from './sidebar';
import { openStage } from './stage';
import { Visit } from './visit';

const FIRST: Stream = { source: '10.0.1.2', group: '239.1.1.1' };
const SECOND: Stream = { source: '10.0.1.2', group: '239.1.1.2' };
const ROUTES = [FIRST, SECOND].map((stream) => ({ ...stream, iif: 'camera', oifs: ['tv1', 'tv2'] }));
/** More than one sees at once. */
const MANY = Array.from({ length: 40 }, (_, i) => ({ ...FIRST, group: `239.2.2.${i}`, iif: 'camera', oifs: ['tv1'] }));
const FLOW = [
  { id: 'tab', type: 'tab', label: 'Studio' },
  { id: 'own', type: 'mfc-controller', name: 'Own' },
  { id: 'unused', type: 'mfc-controller', name: 'Unused' },
  { id: 'state', type: 'mfc state', z: 'tab', controller: 'own', x: 140, y: 100, wires: [[]] },
];

for (const edition of editions) describe(`browser: steady, ${edition.name}`, () => steady(edition));

function steady(edition: Edition): void {
  let lab: Lab;
  let browser: Browser;
  let red: RunningRed;
  let visit: Visit;
  let sidebar: Sidebar;
  /** Of the editor: each of its connections. */
  const sockets: WebSocketRoute[] = [];

  before(async () => {
    lab = await Lab.open();
    await lab.link('camera', 'tv1', 'tv2');
    [browser, red] = await openStage(edition, { theme: 'light', flow: FLOW });
    await visitIn('en-US');
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    await send('set', ROUTES);
    await sidebar.route(FIRST).waitFor();
  });
  // These tests refuse and cut off.
  watch(() => visit, /status of 503 .*\/mfc\/controllers\/own\/del|ERR_FAILED .*\/mfc\//);
  afterEach(() => visit.page.unrouteAll());

  /** Another page in the place of the one that there was. */
  async function visitIn(language: string): Promise<void> {
    await visit?.close();
    visit = await Visit.open(browser, { language });
    sidebar = new Sidebar(visit.page);
    await visit.page.clock.install();
    await visit.page.routeWebSocket(/\/comms$/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await new Editor(visit.page).open(red.url);
    await sidebar.open();
  }

  async function send(verb: 'set' | 'del', payload: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const url = `${red.url}/mfc/controllers/own/${verb}`;
    equal((await fetch(url, { method: 'POST', headers, body: JSON.stringify(payload) })).status, 200);
  }

  const button = (stream: Stream): Locator => sidebar.route(stream).locator('.mfc-drop');
  const focused = (): Locator => visit.page.locator(':focus');
  const added = (): number => visit.requests.filter((request) => request === 'POST /mfc/controllers/own/add').length;
  const rounds = (): number => visit.requests.filter((request) => request === 'GET /mfc/controllers').length;

  /** Resolves when what is shown now was asked for and answered after this call. */
  async function untilRefreshed(): Promise<void> {
    await visit.page.waitForResponse(/\/own\/state/);
    const begun = rounds();
    await until(() => rounds() > begun, 'the round after it');
  }

  it('a button keeps the focus when the server refuses', async () => {
    const error = { code: 'ERR_MFC_NOT_OPEN', message: 'Refused for a test.' };
    await visit.page.route('**/own/del', (route: Route) => route.fulfill({ status: 503, json: { error } }));
    await button(FIRST).focus();
    await visit.page.keyboard.press('Enter');
    await sidebar.route(FIRST).getByText(error.message).waitFor();
    equal(await focused().getAttribute('aria-label'), await button(FIRST).getAttribute('aria-label'));
  });

  it('does not take the focus from who does something else by now', async () => {
    await send('set', MANY);
    const [first = FIRST] = MANY;
    await sidebar.route(first).waitFor();
    const release = await visit.hold('**/own/del');
    await button(first).click();
    await sidebar.element.locator('.mfc-filter').fill('camera');
    release();
    await sidebar.element.locator('.mfc-undo').waitFor();
    match((await focused().getAttribute('class')) ?? '', /mfc-filter/);
    await sidebar.element.locator('.mfc-filter').fill('');
    await sidebar.element.locator('.mfc-dismiss').click();
  });

  it('does a thing once, however often it is asked for while it waits', async () => {
    await sidebar.drop(FIRST);
    const release = await visit.hold('**/own/add');
    const before = added();
    const undo = sidebar.element.locator('.mfc-undo');
    await undo.click();
    await undo.click();
    release();
    await sidebar.route(FIRST).waitFor();
    equal(added() - before, 1);
  });

  it('offers to undo, also when an answer from before comes after it', async () => {
    const release = await visit.hold('**/mfc/interfaces');
    await visit.page.waitForRequest('**/mfc/interfaces'); // by now the state is answered
    const undo = sidebar.element.locator('.mfc-undo');
    await button(FIRST).click();
    await undo.waitFor();
    release();
    await untilRefreshed();
    equal(await undo.isVisible(), true);
    await sidebar.undo();
    await sidebar.route(FIRST).waitFor();
  });

  it('offers to undo, also when somebody types into the filter before the next answer', async () => {
    await send('set', MANY);
    const [first = FIRST] = MANY;
    await sidebar.route(first).waitFor();
    const release = await visit.hold('**/mfc/interfaces');
    await visit.page.waitForRequest('**/mfc/interfaces'); // no answer is complete from now on
    await button(first).click();
    const undo = sidebar.element.locator('.mfc-undo');
    await undo.waitFor();
    await sidebar.element.locator('.mfc-filter').fill('camera');
    equal(await undo.isVisible(), true);
    release();
    await sidebar.element.locator('.mfc-filter').fill('');
    await sidebar.element.locator('.mfc-dismiss').click();
  });

  it('offers to undo what is done while the answer to the last undo is under way', async () => {
    await sidebar.drop(FIRST);
    const release = await visit.holdAnswer('**/own/add');
    const answered = visit.page.waitForResponse('**/own/add');
    await sidebar.undo();
    await sidebar.route(FIRST).waitFor();
    await sidebar.drop(FIRST);
    const undo = sidebar.element.locator('.mfc-undo');
    await undo.waitFor();
    release();
    await answered;
    await untilRefreshed();
    equal(await undo.isVisible(), true);
    await sidebar.undo();
    await sidebar.route(FIRST).waitFor();
  });

  it('goes on at the offer to undo, also when the state without the route is there before the answer', async () => {
    const release = await visit.holdAnswer('**/own/del');
    await button(FIRST).focus();
    await visit.page.keyboard.press('Enter');
    await sidebar.route(FIRST).waitFor({ state: 'detached' });
    release();
    const undo = sidebar.element.locator('.mfc-undo');
    await undo.waitFor();
    equal(await focused().getAttribute('class'), await undo.getAttribute('class'));
    await sidebar.undo();
    await sidebar.route(FIRST).waitFor();
  });

  it('goes on at the title of the section when what had the focus goes', async () => {
    await button(FIRST).focus();
    await send('del', FIRST);
    await sidebar.route(FIRST).waitFor({ state: 'detached' });
    match(await focused().innerText(), /^Routes \d+$/);
  });

  it('says what the mouse is on, also after the next answer', async () => {
    await send('del', SECOND);
    await sidebar.route(SECOND).waitFor({ state: 'detached' });
    const caption = sidebar.element.locator('.mfc-caption');
    await sidebar.line('camera', 'tv1').hover();
    await caption.getByText(FIRST.group).waitFor();
    await untilRefreshed();
    await untilRefreshed();
    match(await caption.innerText(), /239\.1\.1\.1/);
    const height = (await caption.boundingBox())?.height;
    await caption.hover();
    await caption.getByText('Routes: 1').waitFor();
    equal((await caption.boundingBox())?.height, height);
  });

  it('what has the focus is not hidden under the title of its section', async () => {
    await send('set', MANY);
    const rows = sidebar.element.locator('.mfc-routes .mfc-drop');
    await rows.nth(MANY.length - 1).focus();
    for (let i = 0; i < MANY.length / 2; i++) {
      await visit.page.keyboard.press('Shift+Tab');
      const box = await focused().boundingBox();
      const title = await sidebar.element.locator('.mfc-section-routes > summary').boundingBox();
      equal((box?.y ?? 0) >= (title?.y ?? 0) + (title?.height ?? 0), true);
    }
  });

  it('breaks a long address between its numbers only', async () => {
    const stream = {
      source: 'fd00:dead:beef:1234:5678:9abc:def0:1235',
      group: 'ff3e:1234:5678:9abc:def0:1234:5678:9abc',
    };
    await send('set', [...ROUTES, { ...stream, iif: 'camera', oifs: ['tv1'] }]);
    const lines = await sidebar
      .route(stream)
      .locator('.mfc-cell-stream')
      .evaluate((cell) => {
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        const counts: number[] = [];
        while (walker.nextNode()) {
          const range = document.createRange();
          range.selectNodeContents(walker.currentNode);
          counts.push(range.getClientRects().length);
        }
        return counts;
      });
    ok(lines.length >= 16);
    equal(Math.max(...lines), 1);
  });

  it('a list stays where it is when a route of it is dropped', async () => {
    await send('set', MANY);
    const [before = FIRST, dropped = FIRST] = MANY.slice(20);
    await sidebar.route(dropped).evaluate((row) => row.scrollIntoView({ block: 'center' }));
    const place = (await sidebar.route(before).boundingBox())?.y;
    await sidebar.drop(dropped);
    await sidebar.element.locator('.mfc-undo:focus').waitFor();
    equal((await sidebar.route(before).boundingBox())?.y, place);
    await sidebar.element.locator('.mfc-dismiss').click();
  });

  it('offers no filter where there is nothing to filter', async () => {
    await send('set', MANY);
    const filter = sidebar.element.locator('.mfc-filter');
    await filter.waitFor();
    await send('set', ROUTES);
    await sidebar.route(FIRST).waitFor();
    await untilRefreshed();
    equal(await filter.isVisible(), true); // it does not come and go with a stream
    await sidebar.element.locator('.mfc-controller').selectOption({ value: 'unused' });
    await sidebar.element.getByText('No node uses this controller.').waitFor();
    equal(await filter.isVisible(), false);
    await sidebar.element.locator('.mfc-controller').selectOption({ value: 'own' });
  });

  it('asks as soon as the editor is connected again, not when the next question is due', async () => {
    await visit.page.route('**/mfc/**', (route) => route.abort());
    const problem = sidebar.element.locator('.mfc-problem');
    await problem.getByText('Node-RED does not answer.').waitFor();
    const asked = rounds();
    await visit.page.clock.pauseAt(await visit.page.evaluate(() => Date.now() + 60_000));
    await until(() => rounds() > asked, 'another question'); // the one after it is due in four seconds at least
    await visit.page.unroute('**/mfc/**');
    const connected = sockets.length;
    await sockets.at(-1)?.close();
    await until(async () => {
      await visit.page.clock.runFor(10); // the editor tries again after a second
      return sockets.length > connected;
    }, 'the editor should connect anew');
    await problem.waitFor({ state: 'hidden' });
  });

  it('says in the language of the editor what was done', async () => {
    await visitIn('de');
    await sidebar.route(FIRST).waitFor();
    await sidebar.drop(FIRST);
    await sidebar.element.getByText('Route (10.0.1.2, 239.1.1.1) gelöscht.').waitFor();
    await sidebar.undo();
    await sidebar.route(FIRST).waitFor();
  });
}
