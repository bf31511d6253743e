// The editor and the server on prefixes that nobody thought of: near the ends of the ranges that mean something.

import { equal } from 'node:assert/strict';
import { formatPrefix, masked, parsePrefix } from '../../src/routing/prefix';
import { Random, SEED } from '../lab/random';
import { validRoute } from './cases';
import { loadEditor } from './fake-editor';
import { asInForms, refusalOf } from './refusal';

const IPV4 = [
  '224.0.0.0',
  '224.0.1.0',
  '239.255.255.255',
  '223.255.255.255',
  '240.0.0.0',
  '127.0.0.0',
  '0.0.0.0',
  '10.1.1.5',
];
const IPV6 = [
  'ff00::',
  'ff02::',
  'ff03::',
  'ff0f::',
  'ff12::',
  'ff3e::1',
  'fe80::',
  '::',
  '::1',
  '::ffff:0:0',
  '2001:db8::',
];

/** A prefix around one of these addresses; few of them have bits beyond their length, or are none. */
function randomPrefix(random: Random): string {
  const isIpv4 = random.chance(50);
  const address = random.pick(isIpv4 ? IPV4 : IPV6);
  const text = `${address}/${random.below(isIpv4 ? 34 : 130)}`;
  const prefix = parsePrefix(text);
  if (random.chance(20)) return address;
  return prefix === undefined || random.chance(20) ? text : formatPrefix(masked(prefix));
}

describe('the editor and the server judge prefixes alike', () => {
  it(`5,000 random ones (seed ${SEED})`, () => {
    const random = new Random(SEED);
    const editor = loadEditor();
    const taken = { yes: 0, no: 0 };
    for (let n = 0; n < 5000; n++) {
      const values = {
        ...validRoute,
        group: randomPrefix(random),
        source: random.chance(30) ? '*' : randomPrefix(random),
        exclude: random.chance(70) ? '' : randomPrefix(random),
        join: random.chance(30),
      };
      const refusal = refusalOf(values);
      const faults = editor.faultsByField('mfc add', editor.newNode('mfc add', values));
      const what = `${JSON.stringify(values)}: ${JSON.stringify(faults)} seed ${SEED}`;
      equal(Object.keys(faults).length > 0, refusal !== undefined, what);
      const { field = '' } = refusal?.cause ?? {};
      if (refusal && ['group', 'source'].includes(field)) equal(faults[field], asInForms(refusal.message), what);
      taken[refusal === undefined ? 'yes' : 'no']++;
    }
    equal(taken.yes > 100 && taken.no > 100, true, JSON.stringify(taken));
  });
});
