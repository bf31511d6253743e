/**
 * Node-RED's editor, as a person uses it: by mouse and keyboard. The same words for Node-RED 4 and 5.
 */
import type { Locator, Page } from 'playwright-core';

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

  /** Opens the form of a node. */
  async edit(node: Locator): Promise<void> {
    await node.dblclick();
    await this.form.waitFor();
  }

  /** Presses the button of an inject node. */
  async press(node: Locator): Promise<void> {
    await node.locator('.red-ui-flow-node-button-button').click();
  }

  /** Fills a field of the form on top, by its property's name. */
  async fill(field: string, text: string): Promise<void> {
    await this.field(field).fill(text);
  }

  field(name: string): Locator {
    return this.form.locator(`#node-input-${name}, #node-config-input-${name}`);
  }

  /** Opens the form of a new config node, with the button beside the field. */
  async addConfig(field: string): Promise<void> {
    await this.form.locator(`#node-input-btn-${field}-add, #node-input-lookup-${field}`).first().click();
    await this.form.locator('#node-config-dialog-ok').waitFor();
  }

  /** Closes the form on top with its button Done or Add. */
  async done(): Promise<void> {
    const button = this.form.locator('#node-dialog-ok, #node-config-dialog-ok');
    const id = await button.getAttribute('id');
    await button.click();
    await this.page.locator(`#${id}`).waitFor({ state: 'detached' });
  }

  async deploy(): Promise<void> {
    await this.page.locator('#red-ui-header-button-deploy').click();
    await this.page.getByText('Successfully deployed').waitFor();
  }

  /** The text under a node. */
  status(node: Locator): Locator {
    return node.locator('.red-ui-flow-node-status-label');
  }
}
