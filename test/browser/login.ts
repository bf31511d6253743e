/**
 * Node-RED's login, and the users of these tests: one who may do all, one who may only read.
 */
import type { Locator, Page } from 'playwright-core';

export interface Account {
  username: string;
  password: string;
}

/** What Node-RED keeps of the password "multicast". */
const HASH = '$2b$08$AAYAK0eN79PShTgoOEAwl.jDmWJ48/H6R0uZ77ygY8uDqV7qyYUp.';

export const OPERATOR: Account = { username: 'operator', password: 'multicast' };
export const READER: Account = { username: 'reader', password: 'multicast' };

/** For settings.js: who is not logged in gets nothing. */
export const ACCOUNTS = {
  adminAuth: {
    type: 'credentials',
    users: [
      { username: OPERATOR.username, password: HASH, permissions: '*' },
      { username: READER.username, password: HASH, permissions: 'read' },
    ],
  },
};

export class Login {
  readonly form: Locator;

  constructor(private readonly page: Page) {
    this.form = page.locator('#node-dialog-login-fields');
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.form.waitFor();
  }

  async submit({ username, password }: Account): Promise<void> {
    await this.form.locator('#node-dialog-login-username').fill(username);
    await this.form.locator('#node-dialog-login-password').fill(password);
    await this.form.locator('#node-dialog-login-submit').click();
  }

  /** What the browser shows the server since the login. */
  async token(): Promise<string> {
    const stored = await this.page.evaluate(() =>
      Object.entries(localStorage).find(([key]) => key.startsWith('auth-tokens')),
    );
    if (!stored) throw new Error('Not logged in.');
    return JSON.parse(stored[1]).access_token;
  }
}
