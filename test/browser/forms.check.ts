/**
 * Every form of ours, open in each Node-RED, light and dark, and light in each language: all of it can be read.
 */
import { deepEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Lab } from '../lab/lab';
import { checkout } from '../lab/namespace';
import { watch } from './diary';
import { type Edition, editions, type RunningRed, THEMES, type Theme } from './editions';
import { Editor } from './editor';
import { illegible } from './legible';
import { openStage } from './stage';
import { Visit } from './visit';

const CONTROLLER = 'mfc-controller';
const LOCALES = join(checkout, 'nodes/locales');
const LANGUAGES = readdirSync(LOCALES);
const NODES = Object.keys(JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))['node-red'].nodes)
  .filter((name) => name !== CONTROLLER)
  .map((name) => name.replace('-', ' '));

/** One node of each type, in a column. */
const FLOW = [
  { id: 'tab', type: 'tab', label: 'All' },
  { id: 'own', type: CONTROLLER, name: '' },
  ...NODES.map((type, row) => {
    return {
      id: type.replace(' ', '-'),
      type,
      z: 'tab',
      controller: 'own',
      x: 300,
      y: 80 + 80 * row,
      wires: [[]],
    };
  }),
];

for (const edition of editions)
  for (const theme of THEMES) describe(`browser: forms, ${edition.name}, ${theme}`, () => forms(edition, theme));

function forms(edition: Edition, theme: Theme): void {
  let lab: Lab;
  let browser: Browser;
  let red: RunningRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('camera', 'tv1');
    [browser, red] = await openStage(edition, { theme, flow: FLOW });
  }).timeout(300_000);
  after(async () => {
    await browser?.close();
    await red?.close();
    await lab?.close();
  });

  for (const language of theme === 'light' ? LANGUAGES : ['en-US'])
    describe(language, () => {
      let visit: Visit;
      let editor: Editor;

      before(async () => {
        visit = await Visit.open(browser, { theme, language });
        editor = new Editor(visit.page);
        await editor.open(red.url);
      });
      after(() => visit?.close());
      watch(() => visit);

      /** All that the form on top has, also what is folded. */
      async function readForm(): Promise<void> {
        for (const more of await editor.form.locator('details:not([open]) > summary').all()) await more.click();
        deepEqual(await illegible(editor.form.locator('.red-ui-tray-body')), []);
        deepEqual(await labelsInTwoLines(), []);
      }

      function labelsInTwoLines(): Promise<string[]> {
        return editor.form.locator('.form-row > label[for]:not(.mfc-form-wide)').evaluateAll((labels) =>
          labels.flatMap((label) => {
            const range = document.createRange();
            range.selectNodeContents(label.querySelector('span') ?? label);
            const lines = new Set(Array.from(range.getClientRects(), ({ bottom }) => Math.round(bottom)));
            return lines.size > 1 ? [label.textContent?.trim() ?? ''] : [];
          }),
        );
      }

      it('is in the theme that was asked for', async () => {
        await editor.untilIn(theme);
      });

      it('is in the language that was asked for', async () => {
        const catalog = JSON.parse(readFileSync(join(LOCALES, language, 'mfc-add.json'), 'utf8'));
        await editor.edit(visit.page.locator('#mfc-add'));
        await editor.form.getByText(catalog['mfc-add'].label.options).waitFor();
        await editor.cancel();
      });

      for (const type of NODES) {
        it(type, async () => {
          await editor.edit(visit.page.locator(`#${type.replace(' ', '-')}`));
          await readForm();
          await editor.cancel();
        });
      }

      it(CONTROLLER, async () => {
        await editor.edit(visit.page.locator('#mfc-add'));
        await editor.editConfig('controller');
        await readForm();
        await editor.cancel();
        await editor.cancel();
      });
    });
}
