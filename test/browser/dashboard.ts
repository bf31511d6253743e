/**
 * The crosspoint of the example, as an operator has it on the dashboard.
 */
import type { Locator, Page } from 'playwright-core';

export class Dashboard {
  readonly panel: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.locator('.crosspoint');
  }

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/dashboard/crosspoint`);
    await this.panel.getByRole('table').waitFor();
  }

  /** The button where an input and an output cross. */
  crosspoint(input: string, output: string): Locator {
    return this.panel.getByRole('button', { name: `${input} to ${output}`, exact: true });
  }

  /** Presses the button and waits until it is as the kernel is then. */
  async take(input: string, output: string): Promise<void> {
    await this.crosspoint(input, output).click();
    await this.untilTaken(input, output, true);
  }

  async untilTaken(input: string, output: string, isTaken: boolean): Promise<void> {
    await this.panel.locator(`button[aria-label="${input} to ${output}"][aria-pressed="${isTaken}"]`).waitFor();
  }
}
