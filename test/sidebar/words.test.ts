/**
 * The sidebar's texts: every one that the code asks for is there in every language, and no other.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../lab/namespace';

const NODES = join(checkout, 'nodes');
const NAMESPACE = 'mfc-sidebar';
const LANGUAGES = ['en-US', 'de', 'ja'];

function catalog(language: string): Map<string, string> {
  const messages = new Map<string, string>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === 'string') messages.set(path, value);
    else for (const [key, child] of Object.entries(value ?? {})) collect(child, path === '' ? key : `${path}.${key}`);
  };
  const file = JSON.parse(readFileSync(join(NODES, 'locales', language, `${NAMESPACE}.json`), 'utf8')) as object;
  assert.deepEqual(Object.keys(file), [NAMESPACE]);
  collect((file as Record<string, unknown>)[NAMESPACE], '');
  return messages;
}

/** Names of messages in the code; `*` stands for what is put in. */
function asked(): string[] {
  const code = readdirSync(join(NODES, 'sidebar'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(NODES, 'sidebar', name), 'utf8'));
  code.push(readFileSync(join(NODES, `${NAMESPACE}.html`), 'utf8'));
  const inCode = code.flatMap((text) =>
    Array.from(text.matchAll(/\bsay\(\s*['`]([^'`]+)['`]/g), ([, key = '']) => key),
  );
  return inCode.map((key) => key.replace(/\$\{[\w.]+\}/g, '*'));
}

const covers = (pattern: string, key: string): boolean =>
  pattern === key || (pattern.endsWith('*') && key.startsWith(pattern.slice(0, -1)));

describe('sidebar: texts', () => {
  const english = catalog('en-US');
  const keys = Array.from(english.keys());

  it('every text that the code asks for is there', () => {
    assert.ok(asked().length > 40);
    const missing = asked().filter((pattern) => !keys.some((key) => covers(pattern, key)));
    assert.deepEqual(missing, []);
  });

  it('every text is asked for', () => {
    const patterns = asked();
    assert.deepEqual(
      keys.filter((key) => !patterns.some((pattern) => covers(pattern, key))),
      [],
    );
  });

  for (const language of LANGUAGES) {
    it(`${language}: the same keys, and the same values put in`, () => {
      const own = catalog(language);
      assert.deepEqual(Array.from(own.keys()).sort(), [...keys].sort());
      const values = (text = ''): string[] => Array.from(text.matchAll(/__\w+?__/g), ([name]) => name).sort();
      for (const key of keys) assert.deepEqual(values(own.get(key)), values(english.get(key)), key);
    });
  }
});
