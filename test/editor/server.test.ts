/**
 * The editor and the server say the same: the table of field values that the forms are tested with, against what the nodes do.
 */
import assert from 'node:assert/strict';
import { fieldsOf } from '../../nodes/fields';
import { parseKeepSeconds, parseMeterInterval, parseTableId } from '../../src/controller/settings';
import { MfcError } from '../../src/errors';
import { parseRails } from '../../src/routing/rails';
import { parseAdd } from '../../src/routing/request';
import { parseWatched } from '../../src/routing/watching';
import { parseEventFilter } from '../../src/streams/events/event-filter';
import { cases, intervals, rails, tables, times, validRoute, watched } from './cases';

function isRefused(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    assert.ok(error instanceof MfcError);
    assert.equal(error.code, 'ERR_MFC_INVALID');
    return true;
  }
}

describe('the server judges fields as the forms do', () => {
  for (const { field, value, ok, others } of cases) {
    it(`${ok ? 'takes' : 'refuses'} ${field} ${JSON.stringify(value)}${Object.keys(others).length > 0 ? ` with ${JSON.stringify(others)}` : ''}`, () => {
      const fields = fieldsOf({ ...validRoute, ...others, [field]: value });
      assert.equal(
        isRefused(() => parseAdd({}, fields).route),
        !ok,
      );
    });
  }

  const inFilters = { source: 'source', group: 'group', iif: 'interface' } as const;
  for (const { field, value, ok, others } of cases) {
    const isInFilters = (name: string): name is keyof typeof inFilters => name in inFilters;
    if (!isInFilters(field) || !Object.keys(others).every(isInFilters)) continue;
    it(`${ok ? 'takes' : 'refuses'} ${JSON.stringify(value)} as ${inFilters[field]} of events`, () => {
      const { group, source } = { source: '', ...validRoute, ...others };
      assert.equal(
        isRefused(() => parseEventFilter({ group, source, [inFilters[field]]: value })),
        !ok,
      );
    });
  }

  const settings = {
    table: { ...tables, parse: parseTableId },
    keepSeconds: { ...times, parse: parseKeepSeconds },
    meterInterval: { ...intervals, parse: parseMeterInterval },
  };
  for (const [field, { good, bad, parse }] of Object.entries(settings)) {
    for (const value of good) it(`takes ${field} ${value}`, () => assert.equal(parse(value), Number(value)));
    for (const value of bad) it(`refuses ${field} '${value}'`, () => assert.ok(isRefused(() => parse(value))));
  }

  for (const [field, { good, bad }] of Object.entries({ ...rails, watchInterfaces: watched })) {
    const isBad = (value: string): boolean => {
      return isRefused(() => (field in rails ? parseRails({ [field]: value }) : parseWatched(value)));
    };
    for (const value of good) it(`takes ${field} ${value}`, () => assert.equal(isBad(value), false));
    for (const value of bad) it(`refuses ${field} '${value}'`, () => assert.equal(isBad(value), true));
  }
});
