// The README's tables say all that there is to say: every field, event, error, state, guard rail and example, and nothing that is not there.

import { deepEqual, ok, throws } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MfcError } from '../../src/errors';
import { parseRails } from '../../src/routing/rails';
import { ROUTE_KEYS } from '../../src/routing/schema';
import { EVENT_KINDS } from '../../src/streams/events/event';
import { fileNames } from '../examples/files';
import { checkout } from '../lab/namespace';
import { Document, quoted, slanted } from './document';

const readme = new Document('README.md');
/** What the cells of a column have in backticks. */
const column = (heading: string, number: number): string[] =>
  readme.rows(heading).flatMap((row) => quoted(row[number] ?? ''));

/** Every text of the editor in English. */
function labels(): string[] {
  const folder = join(checkout, 'nodes/locales/en-US');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => textsIn(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

function textsIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(textsIn);
}

describe('documents: README', () => {
  it('names every field of a route', () => {
    const LEASE_END = 'expires_at'; // in files, and told of in its section
    deepEqual(column('mfc add', 0).concat(LEASE_END).sort(), Array.from(ROUTE_KEYS).sort());
    ok(quoted(readme.section('Leases')).includes(LEASE_END));
  });

  it('names every event', () => deepEqual(column('Events', 0).sort(), Array.from(EVENT_KINDS).sort()));

  it('names every error', () => {
    const codes = readFileSync(join(checkout, 'src/errors.ts'), 'utf8').match(/(?<=\| ')ERR_MFC_\w+/g);
    deepEqual(column('Errors', 0), codes);
  });

  it('names guard rails by which the controller refuses', () => {
    const rules = column('Guard rails', 1);
    ok(rules.length > 0);
    for (const rule of rules) {
      const isOfIt = ({ code, cause }: MfcError) =>
        code === 'ERR_MFC_INVALID' && cause.field?.startsWith(rule) === true;
      throws(() => parseRails({ [rule]: 'a/b' }), isOfIt, rule);
    }
  });

  it('names every admin endpoint', () => {
    const source = readFileSync(join(checkout, 'nodes/admin/admin.ts'), 'utf8');
    const served = Array.from(source.matchAll(/['`]\/(mfc\/[\w/:]*\w)/g), ([, path = '']) => path.replace(':id', 'ID'));
    ok(served.length > 3);
    const requests = column('Admin API', 0).join(' ');
    deepEqual(
      served.filter((path) => !requests.includes(path)),
      [],
    );
  });

  it('has every example', () => {
    const files = readme.rows('Examples').map(([title = '']) => {
      return `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
    });
    deepEqual(files, fileNames);
  });

  it('calls the fields of forms as the forms do', () => {
    const fields = ['mfc add', 'The controller', 'Guard rails'].flatMap((heading) =>
      readme.rows(heading).flatMap(([first = '', second = '']) => slanted(`${first} ${second}`)),
    );
    ok(fields.length > 20, fields.join());
    // A label may say more behind it: "Dry run: check everything, change nothing".
    const texts = labels().flatMap((label) => [label, label.replace(/(:| \().*/, '')]);
    deepEqual(
      fields.filter((field) => !texts.includes(field)),
      [],
    );
  });
});
