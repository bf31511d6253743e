/**
 * The tab "Multicast" in use: by keyboard, with streams that do not arrive, with more than one controller, and when the server goes away.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import { Lab } from '../lab/lab';
import { watch } from './diary';
import { type Edition, editions, type RunningRed } from './editions';
import { Editor } from './editor';
import { illegible } from './legible';
import { Sidebar, type Stream } from './sidebar';
import { openStage } from './stage';
import { Visit } from './visit';

const CAMERA = '10.0.1.2';
const ROUTED: Stream = { source: CAMERA, group: '239.1.1.1' };
const MISPLACED: Stream = { source: CAMERA, group: '239.1.1.2' };
const STRAY: Stream = { source: CAMERA, group: '239.77.7.7' };
const OTHERS: Stream = { source: '10.0.9.9', group: '239.2.2.2' };
const TRAFFIC = { rate: 50, size: 200 };

const tab = (id: string) => ({ id, type: 'tab', label: id });
/** A node that puts its route in when the flows start. */
const start = (id: string, z: string, controller: string, route: object): object[] => [
  { id: `start-${id}`, type: 'inject', z, once: true, onceDelay: 0.1, props: [], x: 140, y: 100, wires: [[id]] },
  { id, type: 'mfc add', z, controller, ...route, x: 340, y: 100, wires: [[]] },
];
const OWN = [
  tab('studio'),
  { id: 'own', type: 'mfc-controller', name: 'Own' },
  ...start('routed', 'studio', 'own', { ...ROUTED, iif: 'camera', oifs: 'tv1' }),
  ...start('misplaced', 'studio', 'own', { ...MISPLACED, iif: 'tv2', oifs: 'tv1' }),
];
const OTHER = [
  tab('hall'),
  { id: 'other', type: 'mfc-controller', name: 'Other', table: '77' },
  ...start('others', 'hall', 'other', { ...OTHERS, iif: 'tv1', oifs: 'tv2' }),
];

for (const edition of editions) describe(`browser: sidebar, ${edition.name}`, () => sidebars(edition));

function sidebars(edition: Edition): void {
  let lab: Lab;
  let browser: Browser;
  let red: RunningRed;
  let visit: Visit;
  let sidebar: Sidebar;

  before(async () => {
    lab = await Lab.open();
    const camera = await lab.host('camera');
    await lab.host('tv1');
    await lab.host('tv2');
    for (const { group } of [ROUTED, MISPLACED, STRAY]) await camera.stream(group, TRAFFIC);
    [browser, red] = await openStage(edition, { theme: 'light', flow: [...OWN, ...OTHER] });
    visit = await Visit.open(browser, { height: 1020 });
    sidebar = new Sidebar(visit.page);
    await new Editor(visit.page).open(red.url);
    await sidebar.open();
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  beforeEach(() => sidebar.route(ROUTED).waitFor());
  watch(() => visit);

  const focused = (): Locator => visit.page.locator(':focus');
  const press = (key: string): Promise<void> => visit.page.keyboard.press(key);
  const problem = (): Locator => sidebar.element.locator('.mfc-problem');
  const choose = async (controller: string): Promise<void> => {
    await sidebar.element.locator('.mfc-controller').selectOption({ label: controller });
  };
  const deploy = async (flow: readonly object[]): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    equal((await fetch(`${red.url}/flows`, { method: 'POST', headers, body: JSON.stringify(flow) })).status, 204);
  };

  it('says that a stream comes in elsewhere', async () => {
    await sidebar.route(MISPLACED).getByText('The stream comes in, but not by tv2.').waitFor();
    equal(await sidebar.route(ROUTED).locator('.mfc-reason').isVisible(), false);
  });

  it('can be used by keyboard: makes a route, drops it, takes it back', async () => {
    const stream = sidebar.stream(STRAY);
    await stream.locator('.mfc-route').focus();
    await press('Enter');
    equal(await focused().getAttribute('type'), 'checkbox');
    await press('Space');
    await press('Tab');
    await press('Tab');
    match(await focused().innerText(), /Add the route/);
    deepEqual(await illegible(stream), []);
    await press('Enter');
    await sidebar.route(STRAY).locator('.mfc-drop').focus();
    await press('Enter');
    await sidebar.route(STRAY).waitFor({ state: 'detached' });
    match(await focused().innerText(), /Undo/);
    await press('Enter');
    await sidebar.route(STRAY).waitFor();
    await visit.page.locator('summary:focus').waitFor();
    await sidebar.drop(STRAY);
  });

  it('is whole in a narrow sidebar: no name stands one letter below the other', async () => {
    const view = sidebar.element.locator('.mfc-view');
    await view.evaluate((element) => element.style.setProperty('width', '230px'));
    const names = [sidebar.route(ROUTED).locator('.mfc-select'), view.locator('.mfc-cell-name').nth(1)];
    const rates = ['in', 'out'].map((side) => view.locator(`tbody .mfc-cell-${side}`).first());
    for (const text of [...names, ...rates]) {
      equal(await text.evaluate((element) => element.getClientRects().length), 1);
      equal(((await text.boundingBox())?.height ?? 0) < 25, true);
    }
    deepEqual(await illegible(sidebar.element), []);
    await view.evaluate((element) => element.style.removeProperty('width'));
  });

  it('tells of what was done at a controller only there', async () => {
    const release = await visit.hold('**/mfc/controllers/own/del');
    const answer = visit.page.waitForResponse('**/mfc/controllers/own/del');
    await sidebar.route(ROUTED).locator('.mfc-drop').click();
    await choose('Other');
    await sidebar.route(OTHERS).waitFor();
    release();
    equal((await answer).status(), 200);
    await visit.page.waitForResponse('**/mfc/controllers/other/state*'); // the page has read that answer by now
    equal(await sidebar.element.locator('.mfc-notice').count(), 0);
    await choose('Own');
    await deploy([...OWN, ...OTHER]);
  });

  it('shows another controller when a deploy takes this one away', async () => {
    await deploy(OTHER);
    await sidebar.route(OTHERS).waitFor();
    equal(await sidebar.route(ROUTED).count(), 0);
    await deploy([]);
    await problem().getByText('There is no controller yet.').waitFor();
    await deploy([...OWN, ...OTHER]);
    await sidebar.route(ROUTED).waitFor(); // it was chosen by hand
  });

  it('says that the server does not answer, shows what was last, and goes on when it does', async () => {
    await visit.page.context().setOffline(true);
    await problem().getByText('Node-RED does not answer. Trying again.').waitFor();
    equal(await sidebar.route(ROUTED).isVisible(), true);
    await visit.page.context().setOffline(false);
    await problem().waitFor({ state: 'hidden' });
    match(visit.faults.splice(0).join(), /ERR_INTERNET_DISCONNECTED/);
  });

  it('says that the login has ended, and goes on after the next one', async () => {
    await visit.page.route(/\/mfc\/controllers$/, (route) => route.fulfill({ status: 401 }));
    await problem().getByText('Log in again.').waitFor();
    await visit.page.unroute(/\/mfc\/controllers$/);
    await problem().waitFor({ state: 'hidden' });
    equal(await sidebar.route(ROUTED).locator('.mfc-drop').isVisible(), true);
    match(visit.faults.splice(0).join(), /401/);
  });
}
