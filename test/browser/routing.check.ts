/**
 * A first route by hand: somebody who has just installed the package, in the editor of each Node-RED, light and dark, with real packets.
 *
 * Not among the tests of `npm test`, which need no browser. By hand, in the Node-RED of this checkout:
 *   npm run test:browser
 * in all that the package is for:
 *   sh test/package/install.sh DIR && MFC_PACKAGE_DIR=DIR npm run test:browser
 */
import { equal } from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { type Host, Lab } from '../lab/lab';
import { watch } from './diary';
import { type Edition, editions, type RunningRed, THEMES, type Theme } from './editions';
import { Editor } from './editor';
import { takePicture } from './pictures';
import { openStage } from './stage';
import { Visit } from './visit';

const GROUP = '239.10.20.30';
const PACKETS = 100;

for (const edition of editions)
  for (const theme of THEMES)
    describe(`browser: a first route, ${edition.name}, ${theme}`, () => story(edition, theme));

function story(edition: Edition, theme: Theme): void {
  let lab: Lab;
  let camera: Host;
  let tv1: Host;
  let browser: Browser;
  let red: RunningRed;
  let visit: Visit;
  let editor: Editor;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv1 = await lab.host('tv1');
    for (const name of ['tv2', 'tv3']) await lab.host(name); // more to pick from
    await tv1.join(GROUP);
    const flow = [{ id: 'a1', type: 'tab', label: 'Flow 1' }];
    [browser, red] = await openStage(edition, { theme, flow });
    visit = await Visit.open(browser, { theme });
    editor = new Editor(visit.page);
    await editor.open(red.url);
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  watch(() => visit);

  it('drags an inject node and an mfc add node into the flow', async () => {
    // Not beside the palette, where the words about a node come up if one is slow.
    await editor.drag('inject', { x: 120, y: 420 });
    await editor.drag('mfc add', { x: 360, y: 420 });
    await editor.wire(editor.node('timestamp'), editor.node('mfc add'));
  });

  it('makes the controller', async () => {
    await editor.edit(editor.node('mfc add'));
    await editor.addConfig('controller');
    await editor.done();
  });

  it('fills in the route, with interfaces from the list', async () => {
    await editor.fill('source', camera.ipv4);
    await editor.fill('group', GROUP);
    await editor.pick('iif', 'camera');
    equal(await editor.field('iif').inputValue(), 'camera');
    await editor.openList('oifs');
    await takePicture(`form-${theme}`, editor.form);
    await visit.page.keyboard.press('Escape');
    await editor.pick('oifs', 'tv1');
    await editor.done();
  });

  it('deploys', async () => {
    await editor.deploy();
    await editor.status(editor.node(GROUP)).getByText('open · 0 routes').waitFor();
  });

  it('presses the button, and the packets arrive', async () => {
    await editor.press(editor.node('timestamp'));
    await editor.status(editor.node(GROUP)).getByText('open · 1 route').waitFor();
    await tv1.waitFor(GROUP, await camera.send(GROUP, { count: PACKETS, rate: 1000 }));
    equal((await tv1.count(GROUP)).received, PACKETS);
  });
}
