/**
 * The browser: Chromium of the machine, without a window, with an empty profile.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** It asks nothing of the network by itself, of which there is none here, and needs no rights that the lab has not. */
const ARGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A busy machine takes long to read it from the disk for the first time. */
const START_MS = 120_000;

function find(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = files.find((file) => existsSync(file));
  if (!found) throw new Error('These tests need the browser Chromium: install it (Debian: apt install chromium).');
  return found;
}

export async function openChromium(): Promise<Browser> {
  // Chromium keeps things in the home directory beside those in its profile: both go with it.
  const home = mkdtempSync(join(tmpdir(), 'mfc-chromium-'));
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
  const browser = await chromium.launch({ executablePath: find(), args: ARGS, headless: true, timeout: START_MS, env });
  browser.on('disconnected', () => rmSync(home, { recursive: true, force: true }));
  return browser;
}
