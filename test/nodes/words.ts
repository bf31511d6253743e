/**
 * The nodes' texts in a language, as Node-RED's loader gives them: the test helper gives keys instead.
 */
import { join } from 'node:path';
import * as util from '@node-red/util';
import type { NodeAPI } from 'node-red';

/** What Node-RED's types leave out. */
interface Translations {
  init(settings: { lang: string }): void;
  registerMessageCatalog(namespace: string, dir: string, file: string): Promise<void>;
  readonly _: NodeAPI['_'];
  readonly i: { changeLanguage(lang: string): Promise<unknown> };
}

const LOCALES = join(__dirname, '../../nodes/locales');
const translations = util.i18n as unknown as Translations;

/** Texts are in this language, whatever that of the machine is, from now on. */
export async function speak(lang: string): Promise<void> {
  translations.init({ lang });
  await translations.registerMessageCatalog('@mroute/node-red-mfc/mfc-controller', LOCALES, 'mfc-controller.json');
  await translations.i.changeLanguage(lang);
}

export const words = translations._;

/** A node's module, with texts. */
export function withWords(module: (RED: NodeAPI) => void): (RED: NodeAPI) => void {
  return (RED) => module(Object.assign(RED, { _: words }));
}
