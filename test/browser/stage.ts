/**
 * What each check begins with: a browser, and a Node-RED to open in it.
 */
import type { Browser } from 'playwright-core';
import { openChromium } from './chromium';
import { type Edition, type RedOptions, type RunningRed, startRed } from './editions';

/** Starts them side by side. If one fails, the other one is ended: this process would never end while it runs. */
export async function openStage(edition: Edition, options: RedOptions): Promise<[Browser, RunningRed]> {
  const [browser, red] = await Promise.allSettled([openChromium(), startRed(edition, options)]);
  if (browser.status === 'fulfilled' && red.status === 'fulfilled') return [browser.value, red.value];
  const failures: unknown[] = [];
  for (const one of [browser, red]) {
    if (one.status === 'fulfilled') await one.value.close();
    else failures.push(one.reason);
  }
  throw failures[0];
}
