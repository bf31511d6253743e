// What a user may write in the fields of a controller.

import { deepEqual, equal, throws } from 'node:assert/strict';
import { Controller } from '../../src/controller/controller';
import { parseKeepSeconds, parseMeterInterval, parseTableId } from '../../src/controller/settings';
import { until } from '../lab/until';
import { Bench } from './bench';

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

  it('meterInterval may be blank, or seconds from 0.1 to 60, also as text', () => {
    for (const value of [undefined, '', '  ']) equal(parseMeterInterval(value), 1);
    for (const value of [0.1, 0.5, 1, 59.9, 60]) {
      equal(parseMeterInterval(value), value);
      equal(parseMeterInterval(` ${value} `), value);
    }
  });

  it('meterInterval is nothing else, and the error says what it may be', () => {
    for (const value of [0, 0.09, 60.1, -1, NaN, Infinity, '0', '01', '+5', '1e1', '.5', '1.', 'often', '1 2']) {
      throws(() => parseMeterInterval(value), {
        code: 'ERR_MFC_INVALID',
        message: /meterInterval is .* Give a number of seconds from 0\.1 to 60, or leave it blank for 1/,
      });
    }
  });

  it('meterInterval, if it is wrong, keeps no route out: it is told once, and the default holds', async () => {
    const bench = await Bench.make();
    const { stateFile, kernel } = bench;
    const controller = new Controller({ stateFile, kernel, meterInterval: 'often' });
    const warnings: string[] = [];
    controller.on('warning', ({ message }) => warnings.push(message));
    await controller.open();
    const { changed } = await controller.add({ group: '239.1.1.1', iif: 'in1', oifs: ['out1'] });
    equal(changed, true);
    deepEqual(warnings, [
      "Invalid argument: meterInterval is 'often'. Give a number of seconds from 0.1 to 60, or leave it blank for 1. " +
        'It is 1 until then.',
    ]);
    await controller.state({});
    await until(
      async () => (await controller.state({})).mfc_rules[0]?.packets_per_second !== undefined,
      'It should measure.',
    );
    await controller.close();
    await bench.close();
  });
});
