/**
 * The tab "Multicast" in the editor's sidebar.
 */
import type { Locator, Page } from 'playwright-core';

export interface Stream {
  source: string;
  group: string;
}

export class Sidebar {
  readonly element: Locator;
  readonly drawing: Locator;

  constructor(private readonly page: Page) {
    this.element = page.locator('.mfc-sidebar');
    this.drawing = this.element.locator('.mfc-drawing');
  }

  /** Opens the tab, as the menu of Node-RED 4 and the buttons of Node-RED 5 do. */
  async open(): Promise<void> {
    await this.#choose('mfc', 'Multicast');
    await this.element.waitFor();
  }

  /** Opens another tab in its place. Resolves when the page has seen that it is hidden. */
  async leave(): Promise<void> {
    await this.#choose('info', 'Information');
    await this.untilSeen(false);
  }

  /** Resolves when the browser has told the page whether the tab is on the screen. */
  async untilSeen(isSeen: boolean): Promise<void> {
    await this.element.evaluate(
      (element, wanted) =>
        new Promise<void>((resolve) => {
          new IntersectionObserver((entries, observer) => {
            if (entries.at(-1)?.isIntersecting !== wanted) return;
            observer.disconnect();
            resolve();
          }).observe(element);
        }),
      isSeen,
    );
  }

  /** The line of a route. */
  route({ source, group }: Stream): Locator {
    return this.element.locator(`.mfc-routes [data-key="${source} ${group}"]`);
  }

  /** The line of a stream that nobody routes. */
  stream({ source, group }: Stream): Locator {
    return this.element.locator(`.mfc-streams [data-key^="${source} ${group} "]`);
  }

  /** The lines in the drawing from one interface to another. */
  line(from: string, to: string): Locator {
    return this.drawing.locator(`.mfc-line[data-key^="${from}>${to} "]`);
  }

  /** All buttons that would change something. */
  get actions(): Locator {
    return this.element.locator('.mfc-drop, .mfc-route, .mfc-undo, .mfc-add').filter({ visible: true });
  }

  async drop(route: Stream): Promise<void> {
    await this.route(route).locator('.mfc-drop').click();
    await this.route(route).waitFor({ state: 'detached' });
  }

  /** Takes back what was dropped last. */
  async undo(): Promise<void> {
    await this.element.locator('.mfc-undo').click();
  }

  /** Makes a route for a stream that nobody routes. */
  async make(stream: Stream, ...oifs: string[]): Promise<void> {
    const row = this.stream(stream);
    await row.locator('.mfc-route').click();
    for (const oif of oifs) await row.getByRole('checkbox', { name: oif }).check();
    await row.locator('.mfc-add').click();
    await this.route(stream).waitFor();
  }

  async #choose(id: string, name: string): Promise<void> {
    const button = this.page.locator(`button[data-tab-id="${id}"]`);
    if ((await button.count()) > 0) {
      // Node-RED 5 keeps which tab was shown, for other pages too, and a click on its button would hide it.
      const isChosen = await button.evaluate(({ classList }) => classList.contains('selected'));
      return isChosen ? undefined : button.click();
    }
    await this.page.locator('#red-ui-sidebar .red-ui-tab-link-button-menu').click();
    await this.page.locator('.red-ui-menu-dropdown:visible').getByText(name, { exact: true }).click();
  }
}
