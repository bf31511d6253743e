/**
 * Every language says the same as English: the same keys and placeholders, help of the same shape, the same words of the system.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outline, textsOf } from './outline';

const LOCALES = join(__dirname, '../../nodes/locales');
const ENGLISH = 'en-US';

/** The headings of Node-RED's own help in that language. */
const headings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: { Inputs: 'Eingangsdaten', Outputs: 'Ausgangsdaten', Details: 'Details', References: 'Referenzen' },
  ja: { Inputs: '入力', Outputs: '出力', Details: '詳細', References: '参考' },
};

/** Words that would be a second name for a thing, and the one that it has in Node-RED's own texts or in the other files. */
const synonyms: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  de: [
    [/Knoten/, 'Node'],
    [/Interface(?! ')/, 'Schnittstelle'],
    [/Registerkarte|Reiter/, 'Tab'],
    [/[Rr]eserviert/, 'fest'],
  ],
  ja: [
    [/経路/, 'ルート'],
    [/インターフェース/, 'インターフェイス'],
    [
      /サーバー|ユーザー|コントローラー|ルーター|フィルター|スケジューラー/,
      'サーバ, ユーザ, コントローラ, ルータ, フィルタ',
    ],
    [/すべて/, '全て'],
    [/このノード/, '本ノード'],
    [/予約/, '固定'],
  ],
};

const filesOf = (language: string, ending: string): string[] =>
  readdirSync(join(LOCALES, language))
    .filter((name) => name.endsWith(ending))
    .sort();

const read = (language: string, file: string): string => readFileSync(join(LOCALES, language, file), 'utf8');

/** Messages by their key, `{'mfc-add.label.group': 'Group', …}`. */
function messagesOf(language: string, file: string): Map<string, unknown> {
  const messages = new Map<string, unknown>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) messages.set(path, value);
    else for (const [key, child] of Object.entries(value)) collect(child, path === '' ? key : `${path}.${key}`);
  };
  collect(JSON.parse(read(language, file)), '');
  return messages;
}

/** What a translation has to leave as it is: placeholders, nested messages, tags and what is between those of code. */
const fixedParts = (text: string): string[] =>
  Array.from(
    text.matchAll(/__\w+__|\{\{.*?\}\}|\$t\([^)]*\)|<code>.*?<\/code>|<\/?\w+[^>]*>/g),
    ([part]) => part,
  ).sort();

/** Literals in the English sentence: addresses, interface names, fields of a message, commands. */
const literals = (text: string): string[] =>
  Array.from(
    text.matchAll(/msg\.[\w.]+|\b\d+(?:\.\d+)+(?:\/\d+)?\b|\b\d{2,}\b|\bff[\da-f]{2}::|\beth[\d+]|'ip link'/g),
    ([part]) => part,
  ).sort();

const isSentence = (text: string): boolean => (text.match(/[A-Za-z]{2,}/g) ?? []).length > 2;

describe('languages', () => {
  it('are these', () => assert.deepEqual(readdirSync(LOCALES).sort(), [...Object.keys(headings), ENGLISH].sort()));

  for (const [language, words] of Object.entries(headings)) {
    for (const ending of ['.json', '.html']) {
      it(`${language}: has the ${ending} files that English has`, () =>
        assert.deepEqual(filesOf(language, ending), filesOf(ENGLISH, ending)));
    }

    for (const file of [...filesOf(language, '.json'), ...filesOf(language, '.html')]) {
      it(`${language}: ${file} has one word for each thing`, () => {
        const texts = read(language, file)
          .replaceAll(/<code>.*?<\/code>/g, '')
          .split('\n');
        for (const [word, right] of synonyms[language] ?? []) {
          assert.deepEqual(
            texts.filter((text) => word.test(text)),
            [],
            `say ${right}`,
          );
        }
      });
    }

    for (const file of filesOf(ENGLISH, '.json')) {
      it(`${language}: ${file} has the keys of the English one`, () =>
        assert.deepEqual([...messagesOf(language, file).keys()].sort(), [...messagesOf(ENGLISH, file).keys()].sort()));

      it(`${language}: each message of ${file} says what the English one says`, () => {
        const english = messagesOf(ENGLISH, file);
        for (const [key, text] of messagesOf(language, file)) {
          const original = english.get(key);
          assert.ok(typeof text === 'string' && text.trim() !== '', `${key} is blank`);
          if (typeof original !== 'string') continue; // the test above names it
          assert.deepEqual(fixedParts(text), fixedParts(original), key);
          assert.deepEqual(literals(text), literals(original), key);
          if (isSentence(original)) assert.notEqual(text, original, `${key} is not translated`);
        }
      });
    }

    for (const file of filesOf(ENGLISH, '.html')) {
      it(`${language}: the help ${file} is built as the English one`, () => {
        assert.deepEqual(outline(read(language, file)), outline(read(ENGLISH, file)));
        const expected = textsOf(read(ENGLISH, file), 'h3').map((heading) => words[heading]);
        assert.deepEqual(textsOf(read(language, file), 'h3'), expected);
      });

      it(`${language}: the help ${file} is translated, and names fields as the form does`, () => {
        for (const tag of ['p', 'dd', 'h4', 'b']) {
          const texts = new Set(textsOf(read(language, file), tag));
          const labels = new Map(
            Array.from(messagesOf(ENGLISH, file.replace('.html', '.json')), ([key, text]) => [text, key]),
          );
          const mine = messagesOf(language, file.replace('.html', '.json'));
          for (const original of textsOf(read(ENGLISH, file), tag)) {
            const key = labels.get(original);
            if (key !== undefined) assert.ok(texts.has(String(mine.get(key))), `${original}: ${mine.get(key)}`);
            else if (isSentence(original)) assert.ok(!texts.has(original), `not translated: ${original}`);
          }
        }
      });
    }
  }
});
