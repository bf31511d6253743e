/**
 * The pictures of the README: taken where the tests have just made what is to be seen, if MFC_PICTURES says so (npm run pictures).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { checkout } from '../lab/namespace';
import type { Theme } from './editions';

const FOLDER = join(checkout, 'test/browser/pictures');

export async function takePicture(name: string, theme: Theme, what: Locator): Promise<void> {
  if (!process.env.MFC_PICTURES) return;
  mkdirSync(FOLDER, { recursive: true });
  await what.screenshot({ path: join(FOLDER, `${name}-${theme}.png`), animations: 'disabled' });
}
