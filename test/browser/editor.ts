/**
 * Node-RED's editor, as a person uses it: by mouse and keyboard. The same words for Node-RED 4 and 5.
 */
import type { Locator, Page } from 'playwright-core';
import { DEADLINE_MS, until } from '../lab/until';
import type { Theme } from './editions';

const CLICK_MS = 5_000;

export interface Place {
  x: number;
  y: number;
}

export class Editor {
  readonly canvas: Locator;
  /** The form on top: forms of config nodes open on top of the form of the node. */
  readonly form: Locator;

  constructor(readonly page: Page) {
    this.canvas = page.locator('#red-ui-workspace-chart');
    this.form = page.locator('.red-ui-tray').last();
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.untilLoaded();
  }

  async untilLoaded(): Promise<void> {
    await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await this.paletteNode('inject').waitFor();
  }

  paletteNode(type: string): Locator {
    return this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
  }

  /** A node in the workspace, by the text on it. */
  node(label: string | RegExp): Locator {
    const text = this.page.locator('.red-ui-flow-node-label').filter({ hasText: label });
    return this.page.locator('.red-ui-flow-node-group').filter({ has: text });
  }

  /** Drags a node from the palette to a place in the workspace. */
  async drag(type: string, { x, y }: Place): Promise<void> {
    await this.page.locator('#red-ui-palette-search input').fill(type);
    await this.paletteNode(type).dragTo(this.canvas, { targetPosition: { x, y } });
  }

  /** Draws a wire from the output of one node to the input of another. */
  async wire(from: Locator, to: Locator): Promise<void> {
    const port = from.locator('.red-ui-flow-port-output .red-ui-flow-port');
    await port.dragTo(to.locator('.red-ui-flow-port-input .red-ui-flow-port'));
  }

  /** Opens the form of a node. Two clicks are a double click only if the editor hears them within 650 ms: else once more. */
  async edit(node: Locator): Promise<void> {
    let missed: unknown;
    await until(
      async () => {
        await node.dblclick({ timeout: CLICK_MS }).catch((error: unknown) => {
          missed = error; // the form may be in the way by now
        });
        return (await this.form.count()) > 0;
      },
      () => `the form should open ${missed ?? ''}`,
      2 * DEADLINE_MS,
    );
    await this.#untilOpen('dialog');
  }

  /** Presses the button of an inject node. */
  async press(node: Locator): Promise<void> {
    await node.locator('.red-ui-flow-node-button-button').click();
  }

  /** Fills a field of the form on top, by its property's name. */
  async fill(field: string, text: string): Promise<void> {
    await this.field(field).fill(text);
  }

  /** Picks an interface from the list that the button beside a field opens. */
  async pick(field: string, name: string): Promise<void> {
    await this.openList(field);
    await this.page
      .locator('.mfc-form-links a')
      .filter({ has: this.page.locator(`b:text-is("${name}")`) })
      .click();
  }

  /** Opens the list of interfaces of a field. */
  async openList(field: string): Promise<void> {
    const row = this.form.locator('.form-row').filter({ has: this.page.locator(`#node-input-${field}`) });
    await row.locator('.mfc-form-pick').click();
    await this.page.locator('.mfc-form-links a').first().waitFor();
  }

  field(name: string): Locator {
    return this.form.locator(`#node-input-${name}, #node-config-input-${name}`);
  }

  /** Opens the form of a new config node, with the button beside the field. */
  async addConfig(field: string): Promise<void> {
    await this.form.locator(`#node-input-btn-${field}-add, #node-input-lookup-${field}`).first().click();
    await this.#untilOpen('config-dialog');
  }

  /** Opens the form of the config node that is chosen in the field. */
  async editConfig(field: string): Promise<void> {
    await this.form.locator(`#node-input-btn-${field}-edit, #node-input-lookup-${field}`).first().click();
    await this.#untilOpen('config-dialog');
  }

  /** Closes the form on top with its button Done, Add or Update. */
  done(): Promise<void> {
    return this.#close('ok');
  }

  cancel(): Promise<void> {
    return this.#close('cancel');
  }

  async deploy(): Promise<void> {
    await this.page.locator('#red-ui-header-button-deploy').click();
    await this.page.getByText('Successfully deployed').waitFor();
  }

  /** The text under a node. */
  status(node: Locator): Locator {
    return node.locator('.red-ui-flow-node-status-label');
  }

  /** Resolves when the workspace has the background of a theme, whose style sheet may come after the editor. */
  async untilIn(theme: Theme): Promise<void> {
    const isIn = async () => (await this.#isDark()) === (theme === 'dark');
    await until(isIn, `the editor should be ${theme}`);
  }

  async #isDark(): Promise<boolean> {
    const background = this.page.locator('.red-ui-workspace-chart-background');
    const fill = await background.evaluate((element) => getComputedStyle(element).fill);
    const [red, green, blue] = (fill.match(/\d+/g) ?? []).map(Number);
    if (red === undefined || green === undefined || blue === undefined) throw new Error(`No colour: ${fill}`);
    return red + green + blue < 3 * 128;
  }

  // Forms slide in, one on top of the other.
  async #untilOpen(dialog: 'dialog' | 'config-dialog'): Promise<void> {
    await this.form.locator(`#node-${dialog}-ok`).waitFor();
    await (await this.form.elementHandle())?.waitForElementState('stable');
  }

  async #close(button: 'ok' | 'cancel'): Promise<void> {
    const found = this.form.locator(`#node-dialog-${button}, #node-config-dialog-${button}`);
    const id = await found.getAttribute('id');
    await found.click();
    await this.page.locator(`#${id}`).waitFor({ state: 'detached' });
  }
}
