/**
 * The crosspoint of the example, as an operator has it on the dashboard.
 */
import type { Locator, Page } from 'playwright-core';

export class Dashboard {
  readonly panel: Locator;
  /** The panel with its frame. */
  readonly card: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.locator('.crosspoint');
    this.card = page.locator('.nrdb-ui-group').filter({ has: this.panel });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/dashboard/crosspoint`);
    await this.panel.getByRole('table').waitFor();
  }

  /** The button where an input and an output cross. */
  crosspoint(input: string, output: string): Locator {
    return this.panel.getByRole('button', { name: `${input} to ${output}`, exact: true });
  }

  /** When the alarms came, as the list says it, as soon as it has one. */
  async alarmTimes(): Promise<string[]> {
    const times = this.page.locator('.alarms time');
    await times.first().waitFor();
    return times.allInnerTexts();
  }

  /** Presses a button below the crosspoints, as soon as it can be pressed. */
  async press(name: string): Promise<void> {
    await this.panel.getByRole('button', { name, exact: true }).click();
  }

  /** Presses the button and waits until it is as the kernel is then. */
  async take(input: string, output: string): Promise<void> {
    await this.crosspoint(input, output).click();
    await this.untilTaken(input, output, true);
  }

  async untilTaken(input: string, output: string, isTaken: boolean): Promise<void> {
    await this.panel.locator(`button[aria-label="${input} to ${output}"][aria-pressed="${isTaken}"]`).waitFor();
  }

  /** Resolves when each output has a rate, and what arrives there is told. */
  async untilFlowing(): Promise<void> {
    const flowing = this.panel.locator('thead th').filter({ hasText: /[1-9].* Mbit\/s.*[1-9]\d*\/s arrive/s });
    const outputs = await this.panel.locator('thead th').count();
    await flowing.nth(outputs - 1).waitFor();
  }
}
