/**
 * The fields of the forms: interfaces are picked from those that are there, what is wrong is said while one types, and the controller's
 * form tries its table out. In each Node-RED, the second one dark, on the real kernel.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import { Lab } from '../lab/lab';
import { watch } from './diary';
import { type Edition, editions, type RunningRed, type Theme } from './editions';
import { Editor } from './editor';
import { illegible } from './legible';
import { openStage } from './stage';
import { Visit } from './visit';

const NODE = { z: 'tab', controller: 'own', wires: [[]] };
const FLOW = [
  { id: 'tab', type: 'tab', label: 'All' },
  { id: 'own', type: 'mfc-controller', name: '' },
  { id: 'add', type: 'mfc add', ...NODE, x: 300, y: 80 },
  { id: 'event', type: 'mfc event', ...NODE, x: 300, y: 160 },
  { id: 'other', type: 'mfc-controller', name: 'Second' },
  { id: 'bad', type: 'mfc del', ...NODE, group: '10.1.1.5', x: 300, y: 320 },
  { id: 'state', type: 'mfc state', ...NODE, controller: 'other', x: 300, y: 240 },
];

// What forms do is the same in each theme, and each test opens the editor anew.
editions.forEach((edition, index) => {
  const theme = index === 0 ? 'light' : 'dark';
  describe(`browser: fields, ${edition.name}, ${theme}`, () => fields(edition, theme));
});

function fields(edition: Edition, theme: Theme): void {
  let lab: Lab;
  let browser: Browser;
  let red: RunningRed;
  let visit: Visit;
  let editor: Editor;

  before(async () => {
    lab = await Lab.open();
    await lab.host('eth1');
    await lab.host('eth2');
    await lab.link('eth3', 'eth4');
    await lab.setLink('eth2', 'down');
    await lab.ip('link', 'set', 'eth3', 'multicast', 'off');
    await lab.ip('address', 'flush', 'dev', 'eth4');
    await lab.link('enp130s0f1np1');
    await lab.ip('address', 'add', '2001:db8:1234:5678:9abc:def0:1234:5678/64', 'dev', 'enp130s0f1np1');
    [browser, red] = await openStage(edition, { theme, flow: FLOW });
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    visit = await Visit.open(browser, { theme });
    editor = new Editor(visit.page);
  });
  watch(() => visit);
  afterEach(() => visit?.close());

  const node = (id: string): Locator => visit.page.locator(`#${id}`);
  /** The line under a field. */
  const said = (field: string): Locator => rowOf(field).locator('.mfc-form-fault');
  const rowOf = (field: string): Locator =>
    editor.form.locator('.form-row').filter({
      has: visit.page.locator(`#node-input-${field}, #node-config-input-${field}`),
    });
  const opener = (field: string): Locator => rowOf(field).locator('.mfc-form-pick');
  const list = (): Locator => visit.page.locator('.mfc-form-links');
  const offers = (): Locator => list().locator('a');
  const offer = (name: string): Locator => offers().filter({ has: visit.page.locator(`b:text-is("${name}")`) });
  const value = (field: string): Promise<string> => editor.field(field).inputValue();

  async function edit(id: string): Promise<void> {
    await editor.open(red.url);
    await editor.edit(node(id));
    await opener({ event: 'interface' }[id] ?? 'iif').waitFor();
  }

  it('lists the interfaces with address and state', async () => {
    await edit('add');
    await opener('iif').click();
    match(await offer('eth1').innerText(), /eth1\s+10\.0\.1\.1\/24.*\s+up$/);
    match(await offer('eth2').innerText(), /down$/);
    match(await offer('eth3').innerText(), /cannot multicast$/);
    match(await offer('eth4').innerText(), /^eth4\s+no address$/);
    await offer('*').waitFor();
    deepEqual(await illegible(list()), []);
    await offer('eth1').click();
    equal(await value('iif'), 'eth1');
    equal(await offers().count(), 0);
  });
  if (theme === 'dark') return; // the rest has no colours of its own

  it('marks a node that has a wrong field, also before its form is opened', async () => {
    await editor.open(red.url);
    await visit.page.waitForFunction("RED.nodes.node('bad').valid === false && RED.nodes.node('add').valid");
  });

  it('works without the scripts that the forms share', async () => {
    await visit.page.route('**/forms/main.js', (route) => route.abort());
    await editor.open(red.url);
    await editor.edit(node('bad'));
    await editor.fill('group', '239.1.1.1');
    await editor.cancel();
    await editor.edit(node('add'));
    await editor.editConfig('controller');
    equal(await editor.form.locator('.mfc-form-pick, .mfc-form-fault').count(), 0);
    match(visit.faults.splice(0).join(), /ERR_FAILED.*forms\/main\.js/);
  });

  it('shows an interface that came meanwhile', async () => {
    await edit('add');
    await lab.link('later');
    try {
      await opener('iif').click();
      await offer('later').waitFor();
    } finally {
      await lab.unlink('later');
    }
  });

  it('opens no list at a field that somebody has left before the answer came', async () => {
    await edit('add');
    const release = await visit.holdAnswer('**/mfc/interfaces');
    await opener('iif').click();
    await editor.openList('oifs');
    const answered = visit.page.waitForResponse('**/mfc/interfaces');
    release();
    await (await answered).finished();
    await visit.page.waitForFunction('$.active === 0');
    await visit.page.evaluate('new Promise((resolve) => setTimeout(() => setTimeout(resolve)))'); // jQuery tells it in another turn
    await offer('eth1').click();
    deepEqual([await value('iif'), await value('oifs')], ['', 'eth1']);
  });

  it('adds one output after the other, and completes what was begun', async () => {
    await edit('add');
    await opener('oifs').click();
    await offer('eth2').click();
    await editor.fill('iif', 'eth4');
    await opener('oifs').click();
    equal(await offer('eth2').count(), 0);
    equal(await offer('eth4').count(), 0); // the input
    await offer('eth3').click();
    equal(await value('oifs'), 'eth2, eth3');
    await editor.field('oifs').pressSequentially(',et');
    await visit.page.keyboard.press('ArrowDown');
    await visit.page.keyboard.press('Enter');
    equal(await value('oifs'), 'eth2, eth3, eth1');
  });

  it('leaves alone what somebody types', async () => {
    await edit('event');
    await editor.field('interface').pressSequentially('eth');
    await offer('eth1').waitFor();
    await visit.page.keyboard.press('Tab');
    await offers().first().waitFor({ state: 'detached' });
    equal(await value('interface'), 'eth');
    await editor.field('interface').fill('eth+');
    equal(await offers().count(), 0);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's spelling
    await editor.field('interface').fill('${INPUT}');
    equal(await said('interface').isVisible(), false);
    await editor.done();
  });

  it('closes the list, and not the form, with Escape', async () => {
    await edit('add');
    await editor.field('iif').pressSequentially('e');
    await offer('eth1').waitFor();
    await visit.page.keyboard.press('ArrowDown');
    await offers().first().and(visit.page.locator(':focus')).waitFor();
    await visit.page.keyboard.press('Escape');
    await offers().first().waitFor({ state: 'detached' });
    equal(await value('iif'), 'e');
    await editor.field('iif').and(visit.page.locator(':focus')).waitFor();
  });

  it('has plain text fields where the interfaces are not to be had', async () => {
    await visit.page.route('**/mfc/interfaces', (route) => route.fulfill({ status: 403 }));
    const refused = visit.page.waitForResponse('**/mfc/interfaces');
    await editor.open(red.url);
    await editor.edit(node('add'));
    await (await refused).finished();
    await editor.fill('iif', 'eth');
    await editor.fill('group', '10.1.1.5');
    await said('group').waitFor();
    equal((await editor.form.locator('.mfc-form-pick').count()) + (await offers().count()), 0);
    // The browser itself complains of the answer.
    match(visit.faults.splice(0).join(), /403/);
  });

  it('says what is wrong while one types, and what to do', async () => {
    await edit('add');
    await editor.field('group').pressSequentially('239.1.2.3/16');
    await said('group').getByText('Group has bits beyond its length of 16. Write 239.1.0.0/16.').waitFor();
    await editor.fill('group', '239.1.0.0/16');
    await said('group').waitFor({ state: 'hidden' });
    await editor.fill('source', '2001:db8::1');
    await said('source').getByText('Source is IPv6, but the group is IPv4.').waitFor();
    await editor.fill('group', 'ff05::/16');
    await said('source').waitFor({ state: 'hidden' });
    await editor.fill('iif', 'eth9');
    await said('iif').getByText('There is no interface eth9 now.').waitFor();
    await editor.form.getByLabel('Take interfaces that do not exist yet').check();
    await said('iif').waitFor({ state: 'hidden' });
    await editor.fill('oifs', '<img src=x onerror=alert(1)>');
    await said('oifs').getByText('number 1 is not an interface name').waitFor();
  });

  it('refuses an alarm that could not ring', async () => {
    await edit('add');
    await editor.form.locator('#mfc-add-options > summary').click();
    await editor.fill('alarmIdle', '10');
    await editor.fill('idleTimeout', '5');
    await said('alarmIdle').getByText('so it could not ring').waitFor();
    await editor.fill('idleTimeout', '10');
    await said('alarmIdle').waitFor({ state: 'hidden' });
  });

  it('refuses a setting that would keep the controller shut', async () => {
    await edit('add');
    await editor.editConfig('controller');
    await editor.fill('meterInterval', '0.05');
    await said('meterInterval')
      .getByText(/Leave it blank for 1, which it is until then\.$/)
      .waitFor();
    await editor.fill('table', '0');
    await said('table').getByText('With this the controller stays closed.').waitFor();
    await editor.form.locator('#mfc-controller-rails > summary').click();
    await editor.fill('allowedGroups', '239.1.0.0/16, 239.2.1.0/16');
    await said('allowedGroups').getByText('number 2 has bits beyond its length. Write 239.2.0.0/16.').waitFor();
    await opener('allowedInterfaces').click();
    await offer('eth1').click();
    equal(await value('allowedInterfaces'), 'eth1');
  });

  it('takes reserved routes from the JSON editor', async () => {
    const expand = (): Promise<void> => editor.form.locator('.red-ui-typedInput-option-expand').click();
    const finish = (): Promise<void> => visit.page.locator('#node-dialog-ok').last().click();
    await edit('add');
    await editor.editConfig('controller');
    await editor.form.locator('#mfc-controller-rails > summary').click();
    await expand();
    await editor.form.locator('.monaco-editor .view-lines').click();
    await visit.page.keyboard.press('ControlOrMeta+A');
    await visit.page.keyboard.type('5');
    await finish();
    await said('reservedRoutes').getByText('Reserved routes: this is no array.').waitFor();
    await rowOf('reservedRoutes').locator('.red-ui-typedInput-input').fill('[ {"group": "239.1.1.1"} ]');
    await said('reservedRoutes').getByText('Reserved routes, number 1: oifs is missing.').waitFor();
    await expand();
    await editor.form.locator('.monaco-editor .view-line').getByText('"239.1.1.1"').waitFor();
    await finish();
    await said('reservedRoutes').waitFor();
    equal(await value('reservedRoutes'), '[{"group":"239.1.1.1"}]');
  });

  it('tries out the table: our own, a free one, another one’s', async () => {
    const answer = editor.form.locator('#mfc-controller-answer');
    const test = async (table: string): Promise<string> => {
      await editor.fill('table', table);
      equal(await answer.isVisible(), false);
      await editor.form.locator('#mfc-controller-test').click();
      await editor.form.locator('#mfc-controller-answer:is(.mfc-form-good, .mfc-form-bad)').waitFor();
      return `${(await answer.getAttribute('class'))?.split('-').at(-1)}: ${await answer.innerText()}`;
    };
    await edit('add');
    await editor.editConfig('controller');
    match(await test(''), /^good: This controller is open/);
    match(await test('77'), /^good: The rights are there/);
    match(await test('many'), /^bad: .*from 1 to 99999999/);
    await editor.cancel();
    await editor.cancel();
    await editor.edit(node('state'));
    await editor.editConfig('controller');
    match(await test(''), /^bad: Another/);
    deepEqual(visit.faults, []);
  });

  it('tries out the table while the keyboard keeps its place, and says nothing of one that is not meant any more', async () => {
    const release = await visit.hold('**/mfc/check');
    await edit('add');
    await editor.editConfig('controller');
    const button = editor.form.locator('#mfc-controller-test');
    const answered = visit.page.waitForResponse('**/mfc/check');
    await button.focus();
    await visit.page.keyboard.press('Enter');
    await editor.form.locator('#mfc-controller-test[aria-busy]:focus').waitFor();
    await visit.page.keyboard.press('Shift+Tab');
    await visit.page.keyboard.type('many');
    release();
    await answered;
    await editor.form.locator('#mfc-controller-test:not([aria-busy])').waitFor();
    equal(await editor.form.locator('#mfc-controller-answer').isVisible(), false);
    await button.click();
    await editor.form.locator('#mfc-controller-answer.mfc-form-bad').waitFor();
  });
}
