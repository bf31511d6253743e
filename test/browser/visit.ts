/**
 * A person at a browser of their own: one page, and a diary of what it asked for and complained about.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core';
import type { Theme } from './editions';
import { SHARPNESS } from './pictures';

const WIDTH = 1280;
const HEIGHT = 860;
/** When to give up on what does not come: no measure of anything. */
const DEADLINE_MS = 120_000;
const PICTURE_MS = 20_000;

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

export interface VisitOptions {
  theme?: Theme;
  /** As `de`. */
  language?: string;
  /** Of the window, in pixels. */
  height?: number;
}

export class Visit {
  /** What the console has as an error, what nobody caught, what could not be loaded. */
  readonly faults: string[] = [];
  /** All that was asked of the server, as `GET /mfc/interfaces`. */
  readonly requests: string[] = [];
  readonly #log: string[] = [];
  readonly #answers: Promise<string>[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('console', (message) => {
      this.#log.push(`${message.type()}: ${message.text()}`);
      if (message.type() === 'error') this.#blame(`${message.text()} ${message.location().url}`.trim());
    });
    page.on('pageerror', (error) => this.#blame(`${error.stack ?? error}`));
    // Redirections have no body.
    page.on('response', (response) => this.#answers.push(response.text().catch(() => '')));
    page.on('request', (request) => this.#note(request));
  }

  static async open(
    browser: Browser,
    { theme = 'light', language = 'en-US', height = HEIGHT }: VisitOptions = {},
  ): Promise<Visit> {
    const viewport = { width: WIDTH, height };
    const look = { viewport, deviceScaleFactor: SHARPNESS, colorScheme: theme };
    const context = await browser.newContext({ ...look, locale: language });
    context.setDefaultTimeout(DEADLINE_MS);
    // Node-RED 5 does as the system does if it is asked to. Node-RED 4 has a theme for all its users: see editions.ts.
    await context.addInitScript(() => localStorage.setItem('view-dark-theme', 'auto'));
    return new Visit(context, await context.newPage());
  }

  /** The texts of all that the server has answered. */
  answers(): Promise<string[]> {
    return Promise.all(this.#answers);
  }

  /** Lets the requests to an address wait until they are let go. */
  async hold(path: string): Promise<() => void> {
    const { opened, open } = gate();
    await this.page.route(path, async (route) => {
      await opened;
      await route.continue();
    });
    return open;
  }

  /** Lets what the server answers to the next request wait until it is let go. */
  async holdAnswer(path: string): Promise<() => void> {
    const { opened, open } = gate();
    const answer = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      await opened;
      await route.fulfill({ response });
    };
    await this.page.route(path, answer, { times: 1 });
    return open;
  }

  /** Writes down what there is to see, and tells where. */
  async report(): Promise<void> {
    const path = join(mkdtempSync(join(tmpdir(), 'mfc-browser-failed-')), 'page.png');
    // A page that hangs has no picture, and that must not hide what went wrong before.
    await this.page.screenshot({ path, timeout: PICTURE_MS }).catch((error: Error) => this.#log.push(error.message));
    const asked = this.requests.filter((request) => !/\.\w+$/.test(request)).slice(-20);
    console.error([`The page: ${path}`, ...this.#log, ...asked].join('\n      '));
  }

  close(): Promise<void> {
    return this.context.close();
  }

  #blame(fault: string): void {
    this.#log.push(fault);
    this.faults.push(fault);
  }

  #note(request: Request): void {
    const { origin, pathname } = new URL(request.url());
    if (origin !== new URL(this.page.url() || 'about:blank').origin && !this.page.url().startsWith('about:')) {
      this.#blame(`asks ${origin}`);
    }
    this.requests.push(`${request.method()} ${pathname}`);
  }
}
