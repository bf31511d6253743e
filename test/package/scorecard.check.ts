/**
 * What Node-RED's own tool, node-red-dev, says of the packed package: https://nodered.org/docs/creating-nodes/scorecard.
 *
 * install.sh has run it, since it asks npm and Node-RED's catalogue, and there is no network where these checks run.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scorecard } from './installed';

interface Result {
  test: boolean;
}

/** Every test of the tool that decides something. */
const CODES = ['P01', 'P03', 'P04', 'P05', 'P06', 'P07', 'P08', 'N01', 'N02', 'D01', 'D02', 'D03'];
/** What cannot be removed here. */
const NO_REPOSITORY = 'P03'; // There is no public repository and no tracker to name yet.
/** What others release changes it, on any day: newer dependencies, and older Node-REDs that are maintained still. Told, and no failure. */
const NOT_NEWEST = 'D03';
const OF_TODAY = /^(D03|P06 NOT Compatible with)/;

/** Each warning as one line: the tool breaks them at 80 characters. */
const warningsIn = (log: string): string[] =>
  log
    .replace(/\n ›\s+(?!Warning:)/g, ' ')
    .split('\n')
    .filter((line) => line.includes('Warning:'))
    .map((line) => line.replace(/^.*Warning: /, '').replace(/\s+/g, ' '));

describe('package: scorecard', () => {
  const log = readFileSync(join(scorecard, 'log'), 'utf8');
  const card = JSON.parse(readFileSync(join(scorecard, 'card.json'), 'utf8')) as Record<string, Result>;
  const { package: _, ...results } = card;
  const warnings = warningsIn(log);

  for (const text of warnings.filter((one) => OF_TODAY.test(one))) console.log(`  ${text}`);
  if (log.includes('Catalogue not reachable')) {
    console.log("  Node-RED's catalogue was not reachable: whether names are unique (P08, N01) is not known.");
  }

  it('was filled in to the end', () => {
    deepEqual(Object.keys(results).sort(), [...CODES].sort());
    ok(log.trimEnd().endsWith('Complete'), log);
  });

  it('read every node and every example', () => ok(!/Unable to (parse|read)/.test(log), log));

  it('has no failure that can be removed', () => {
    const failed = CODES.filter((code) => results[code]?.test === false && code !== NOT_NEWEST);
    deepEqual(failed, [NO_REPOSITORY]);
  });

  it('has no warning that can be removed', () => {
    const ours = warnings.filter((text) => !OF_TODAY.test(text));
    equal(ours.length, 1, ours.join('\n'));
    ok(ours[0]?.startsWith(NO_REPOSITORY), ours[0]);
  });
});
