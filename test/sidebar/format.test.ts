/**
 * Rates and times as the sidebar writes them.
 */
import assert from 'node:assert/strict';
import { formatAge, formatBits, formatNumber, secondsSince } from '../../nodes/sidebar/format';

describe('format', () => {
  const rates: [number, string][] = [
    [0, '0 bit/s'],
    [8.25, '8.25 bit/s'],
    [999, '999 bit/s'],
    [999.6, '1 kbit/s'],
    [1234, '1.23 kbit/s'],
    [12_345, '12.3 kbit/s'],
    [123_456, '123 kbit/s'],
    [999_999, '1 Mbit/s'],
    [1_053_888, '1.05 Mbit/s'],
    [2.5e9, '2.5 Gbit/s'],
    [4e15, '4,000 Tbit/s'],
  ];
  for (const [bits, text] of rates)
    it(`${bits} bits a second: ${text}`, () => assert.equal(formatBits(bits, 'en-US'), text));

  it('in the language of the reader', () => {
    assert.equal(formatBits(1_053_888, 'de'), '1,05 Mbit/s');
    assert.equal(formatNumber(1234.5, 'de'), '1.235');
    assert.equal(formatNumber(16_366, 'en-US'), '16.4K');
    assert.equal(formatAge(5, 'ja'), '5秒前');
  });

  const ages: [number, string][] = [
    [0.9, 'now'],
    [-3, 'now'],
    [5, '5s ago'],
    [59.9, '59s ago'],
    [60, '1m ago'],
    [3599, '59m ago'],
    [7200, '2h ago'],
    [90_000, 'yesterday'],
  ];
  // The words are those of the Unicode tables that this Node.js has: only numbers and units count.
  const plain = (text: string): string =>
    text.replace(/sec\./, 's').replace(/min\./, 'm').replace(/hr\./, 'h').replace(/(\d) /, '$1');
  for (const [seconds, text] of ages) {
    it(`${seconds} seconds: ${text}`, () => assert.equal(plain(formatAge(seconds, 'en-US')), text));
  }

  it('a time of the server by the clock of the server', () => {
    const now = Date.parse('2026-01-31T12:00:10Z');
    assert.equal(secondsSince('2026-01-31T12:00:07.500Z', now), 2.5);
    assert.equal(secondsSince('2026-01-31T12:00:11Z', now), 0);
  });
});
