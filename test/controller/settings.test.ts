// What a user may write in the fields of a controller.

import { equal, throws } from 'node:assert/strict';
import { parseKeepSeconds, parseTableId } from '../../src/controller/settings';

interface Field {
  parse(value: string | number | undefined): number | undefined;
  blank: number | undefined;
  largest: number;
}

const FIELDS: Record<string, Field> = {
  table: { parse: parseTableId, blank: undefined, largest: 99_999_999 },
  keepSeconds: { parse: parseKeepSeconds, blank: 300, largest: 86_400 },
};

describe('controller: settings', () => {
  for (const [field, { parse, blank, largest }] of Object.entries(FIELDS)) {
    it(`${field} may be blank`, () => {
      for (const value of [undefined, '', '  ']) equal(parse(value), blank);
    });

    it(`${field} may be a number from 1 to ${largest}, also as text`, () => {
      for (const value of [1, 253, largest]) {
        equal(parse(value), value);
        equal(parse(` ${value} `), value);
      }
    });

    it(`${field} is nothing else, and the error says what it may be`, () => {
      for (const value of [0, -1, 1.5, NaN, Infinity, largest + 1, '0', '007', '+5', '1e2', '0x10', 'main', '1 2']) {
        throws(
          () => parse(value),
          (error: { code?: string; message?: string; cause?: { field?: string; value?: unknown } }) => {
            equal(error.code, 'ERR_MFC_INVALID');
            equal(error.cause?.field, field);
            equal(error.cause?.value, value);
            return error.message?.includes(`from 1 to ${largest}, or leave it blank`) === true;
          },
        );
      }
    });
  }
});
