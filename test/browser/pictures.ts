/**
 * The pictures of the README: taken where the tests have just made what is to be seen, if MFC_PICTURES says so (npm run pictures).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { checkout } from '../lab/namespace';

/** Pixels of the screen for one of the page: more when pictures are taken, so that their texts are sharp. */
export const SHARPNESS = process.env.MFC_PICTURES ? 1.5 : 1;

const FOLDER = join(checkout, 'test/browser/pictures');

export async function takePicture(name: string, what: Locator): Promise<void> {
  if (!process.env.MFC_PICTURES) return;
  mkdirSync(FOLDER, { recursive: true });
  await what.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
}
