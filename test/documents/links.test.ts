// The documents: every link leads somewhere, and every file, folder and script that they speak of is there.

import { deepEqual, ok } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../lab/namespace';
import { Document, quoted } from './document';

const NAMES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const documents = new Map(NAMES.map((name) => [name, new Document(name)]));
const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { scripts: object };

/** Not those that npm has by itself. */
const BUILT_IN = ['install', 'pack', 'test', 'start', 'ci'];

function leadsSomewhere(link: string, from: Document): boolean {
  if (/^https?:/.test(link)) return URL.canParse(link);
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : documents.get(path);
  if (anchor !== undefined) return target?.anchors.includes(anchor) ?? false;
  return existsSync(join(checkout, path));
}

for (const document of documents.values()) {
  describe(`documents: ${document.name}`, () => {
    it('every link leads somewhere', () => {
      deepEqual(
        document.links.filter((link) => !leadsSomewhere(link, document)),
        [],
      );
    });

    it('no two headings have the same anchor', () => {
      const { anchors } = document;
      deepEqual(
        anchors.filter((anchor, i) => anchors.indexOf(anchor) !== i),
        [],
      );
    });

    it('every file that it names is there', () => {
      const paths = quoted(document.prose).filter((word) =>
        /^(src|nodes|test|examples|icons|\.ci)(\/[\w./-]+)?$/.test(word),
      );
      deepEqual(
        paths.filter((path) => !existsSync(join(checkout, path))),
        [],
      );
    });

    it('every script that it names is there', () => {
      const commands = [...quoted(document.prose), ...document.blocks.map(({ text }) => text)].join('\n');
      const named = Array.from(commands.matchAll(/\bnpm (?:run )?([\w:]+)/g), ([, name = '']) => name);
      deepEqual(
        named.filter((name) => !(name in scripts) && !BUILT_IN.includes(name)),
        [],
      );
    });
  });
}

describe('documents: together', () => {
  it('have links, files and scripts to check', () => {
    for (const name of ['README.md', 'CONTRIBUTING.md']) ok((documents.get(name)?.links.length ?? 0) > 2, name);
  });
});
