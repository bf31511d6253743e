// A part of the routes: which, how many there are in all, and that a part is never taken for the whole.

import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { parsePage } from '../../src/controller/page';
import { MfcError } from '../../src/errors';
import { Bench } from './bench';

const ROUTES = Array.from({ length: 20 }, (_, i) => ({
  source: `10.0.0.${i + 1}`,
  group: '239.1.1.1',
  iif: i < 10 ? 'in1' : 'in2',
  oifs: [i % 2 === 0 ? 'out1' : 'out2'],
  ...(i === 7 ? { label: 'Main Stage' } : {}),
}));

describe('controller: state by pages', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
    await bench.controller.add(ROUTES);
    const { kernel } = bench;
    const other = kernel.otherProgram(4);
    other.addMfc({
      version: 4,
      source: '10.9.9.9',
      group: '239.9.9.9',
      parent: 0,
      outputs: [{ vifi: 1, threshold: 1 }],
    });
  });
  after(() => bench.close());

  /** The last numbers of the sources, and how many there are. */
  async function ask(query: Record<string, unknown>, filter = {}): Promise<[string, number | undefined]> {
    const { mfc_rules, total } = await bench.controller.state(filter, {}, parsePage(query));
    return [mfc_rules.map(({ source }) => source.slice(source.lastIndexOf('.') + 1)).join(' '), total];
  }

  it('no page is the whole table, without a total', async () => {
    const [sources, total] = await ask({});
    deepEqual([sources.split(' ').length, total], [21, undefined]);
  });

  it('a page has so many of them, in their order, and the total', async () => {
    deepEqual(await ask({ limit: '3' }), ['1 2 3', 21]);
    deepEqual(await ask({ limit: '3', offset: '4' }), ['5 6 7', 21]);
    deepEqual(await ask({ limit: '0' }), ['', 21]);
    deepEqual(await ask({ limit: '3', offset: '100' }), ['', 21]);
    deepEqual(await ask({ offset: '18' }), ['19 20 9', 21]);
  });

  it("other programs' entries come last", async () => {
    deepEqual(await ask({ limit: '5', offset: '19' }), ['20 9', 21]);
    deepEqual(await ask({ limit: '5', offset: '20' }), ['9', 21]);
    deepEqual(await ask({ limit: '1', offset: '19' }), ['20', 21]);
  });

  it('a search finds parts of addresses, interfaces and labels, in any letters', async () => {
    deepEqual(await ask({ search: '0.0.2' }), ['2 20', 2]);
    deepEqual(await ask({ search: 'OUT2', limit: '2' }), ['2 4', 10]);
    deepEqual(await ask({ search: 'in2', limit: '1' }), ['11', 10]);
    deepEqual(await ask({ search: ' main st ' }), ['8', 1]);
    deepEqual(await ask({ search: '9.9.9' }), ['9', 1]);
    deepEqual(await ask({ search: 'nothing' }), ['', 0]);
  });

  it('a filter holds as well', async () => {
    deepEqual(await ask({ limit: '2' }, { iif: 'in2' }), ['11 12', 10]);
  });

  it('a part is not set as the whole', async () => {
    const part = await bench.controller.state({}, {}, parsePage({ limit: '3' }));
    await rejects(bench.controller.set(part), (error) => {
      deepEqual(error instanceof MfcError && [error.code, error.cause.field], ['ERR_MFC_INVALID', 'total']);
      return true;
    });
    equal((await ask({}))[0].split(' ').length, 21);
  });

  it('nor is what a filter leaves', async () => {
    for (const filter of [{ iif: 'in2' }, { source: '10.1.0.99' }]) {
      const part = await bench.controller.state(filter);
      equal(part.total, part.mfc_rules.length);
      await rejects(
        bench.controller.set(part),
        /total says that these are not all routes\. Send msg\.payload\.mfc_rules if/,
      );
    }
    equal((await ask({}))[0].split(' ').length, 21);
  });

  for (const [field, value] of [
    ['limit', '-1'],
    ['limit', '1.5'],
    ['limit', 'all'],
    ['limit', ['1', '2']],
    ['offset', '1e3'],
    ['offset', {}],
    ['search', ['a']],
  ] as const) {
    it(`${field} is not ${JSON.stringify(value)}`, () => {
      throws(
        () => parsePage({ [field]: value }),
        (error) => {
          deepEqual(error instanceof MfcError && [error.code, error.cause.field], ['ERR_MFC_INVALID', field]);
          return true;
        },
      );
    });
  }
});
