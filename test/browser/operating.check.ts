/**
 * Operating by hand: the crosspoint on the dashboard and the tab "Multicast" in the editor, both of one Node-RED, with real streams.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { readFlow } from '../examples/files';
import { type Host, Lab, until } from '../lab/lab';
import { Dashboard } from './dashboard';
import { watch } from './diary';
import { type Edition, editions, type RunningRed, THEMES, type Theme } from './editions';
import { Editor } from './editor';
import { illegible } from './legible';
import { takePicture } from './pictures';
import { Sidebar, type Stream } from './sidebar';
import { openStage } from './stage';
import { Visit } from './visit';

const CAMERA = '10.0.1.2';
/** The example's inputs, but for the backup camera's, and the port that its flow listens on. */
const VIDEO: Stream = { source: CAMERA, group: '239.10.20.30' };
const COMMENTARY: Stream = { source: CAMERA, group: '239.10.30.1' };
const REPORT_PORT = 5010;
/** Nobody routes it. */
const STRAY: Stream = { source: CAMERA, group: '239.77.7.7' };
/** Seven packets of an MPEG transport stream in each. */
const TRAFFIC = { rate: 200, size: 1316 };
const AUDIO = { rate: 50, size: 200 };
const MANY = 50;
const HOUR_MS = 3_600_000;

for (const edition of editions)
  for (const theme of THEMES) describe(`browser: operating, ${edition.name}, ${theme}`, () => operate(edition, theme));

function operate(edition: Edition, theme: Theme): void {
  let lab: Lab;
  let tv1: Host;
  let browser: Browser;
  let red: RunningRed;
  let operator: Visit;
  let engineer: Visit;
  let dashboard: Dashboard;
  let editor: Editor;
  let sidebar: Sidebar;

  before(async () => {
    lab = await Lab.open();
    const camera = await lab.host('camera');
    tv1 = await lab.host('tv1');
    const screens = [tv1, await lab.host('tv2'), await lab.host('tv3')];
    const backup = await lab.host('backup');
    for (const screen of screens) {
      for (const { group } of [VIDEO, COMMENTARY, STRAY]) await screen.join(group);
      await screen.report(REPORT_PORT);
    }
    for (const { group } of [VIDEO, STRAY]) await camera.stream(group, TRAFFIC);
    await camera.stream(COMMENTARY.group, AUDIO);
    await backup.stream(VIDEO.group, TRAFFIC);
    const options = { theme, flow: readFlow('10-crosspoint.json') };
    [browser, red] = await openStage(edition, options);
    operator = await Visit.open(browser, { theme });
    engineer = await Visit.open(browser, { theme, height: 1020 }); // all of the sidebar
    await engineer.page.clock.install();
    dashboard = new Dashboard(operator.page);
    editor = new Editor(engineer.page);
    sidebar = new Sidebar(engineer.page);
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  watch(() => operator);
  watch(() => engineer);

  async function arrives({ group }: Stream): Promise<void> {
    await tv1.reset();
    await tv1.waitFor(group, MANY);
  }

  /** Of what is sent from now on, nothing of this stream comes any more, while the other one does. */
  async function ends({ group }: Stream, other: Stream): Promise<void> {
    await tv1.settle();
    await arrives(other);
    await tv1.settle();
    equal((await tv1.count(group)).received, 0);
  }

  /** How often the page has begun to ask for the state. */
  const rounds = (): number => engineer.requests.filter((request) => request === 'GET /mfc/controllers').length;

  it('opens the dashboard: nothing is routed yet', async () => {
    await dashboard.open(red.url);
    await dashboard.untilTaken('Camera', 'TV 1', false);
    await tv1.settle();
    equal((await tv1.count(VIDEO.group)).received, 0);
  });

  it('presses a crosspoint, and packets arrive at the receiver', async () => {
    await dashboard.take('Camera', 'TV 1');
    await arrives(VIDEO);
  });

  it('takes more of them', async () => {
    await dashboard.take('Backup camera', 'TV 2');
    for (const output of ['TV 1', 'TV 3']) await dashboard.take('Commentary', output);
  });

  it('takes the last one back, and makes it again', async () => {
    await dashboard.press('Undo');
    await dashboard.untilTaken('Commentary', 'TV 3', false);
    await dashboard.press('Redo');
    await dashboard.untilTaken('Commentary', 'TV 3', true);
  });

  it('sees the rates', () => dashboard.untilFlowing());

  it('has one clock of 24 hours, that of the charts, in the list of alarms too', async () => {
    for (const time of await dashboard.alarmTimes()) match(time, /^([01]\d|2[0-3]):\d\d:\d\d$/);
  });

  it('finds the route in the sidebar, with its rate', async () => {
    await editor.open(red.url);
    await sidebar.open();
    await sidebar.route(VIDEO).getByText('camera → tv1').waitFor();
    await sidebar
      .route(VIDEO)
      .getByText(/\d Mbit\/s/)
      .waitFor();
    await sidebar.line('camera', 'tv1').first().waitFor();
    await sidebar.stream(STRAY).waitFor();
    await takePicture(`sidebar-${theme}`, sidebar.element);
    await takePicture('crosspoint', dashboard.card);
  });

  it('makes a route for a stream that nobody routes, and packets arrive', async () => {
    await sidebar.make(STRAY, 'tv1');
    await arrives(STRAY);
    await sidebar.stream(STRAY).waitFor({ state: 'detached' });
  });

  it('can be read', async () => {
    await editor.untilIn(theme);
    deepEqual(await illegible(sidebar.element), []);
    deepEqual(await illegible(dashboard.panel), []);
  });

  it('drops a route in the sidebar: the packets end, and the dashboard follows', async () => {
    await sidebar.drop(VIDEO);
    await ends(VIDEO, STRAY);
    await dashboard.untilTaken('Camera', 'TV 1', false);
    await sidebar.stream(VIDEO).waitFor();
  });

  it('takes it back', async () => {
    await sidebar.undo();
    await arrives(VIDEO);
    await dashboard.untilTaken('Camera', 'TV 1', true);
  });

  it('asks for nothing while another tab is shown', async () => {
    await sidebar.leave();
    const before = rounds();
    await engineer.page.clock.fastForward(HOUR_MS);
    // What the page had asked meanwhile would have been noted before this.
    await engineer.page.evaluate(() => fetch('theme').then((answer) => answer.text()));
    equal(rounds(), before);
    await sidebar.open();
    await until(() => rounds() > before, 'the next question');
  });
}
