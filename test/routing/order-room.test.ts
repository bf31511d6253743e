// Where all VIF numbers are taken, what goes makes room for what comes: an output that stays is never without its stream, and no packet
// goes where it is to go neither before nor after.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { MfcError } from '../../src/errors';
import { Plan } from '../../src/routing/plan';
import { formatRoute } from '../../src/routing/route';
import { keyOf } from '../../src/routing/table';
import { parseWanted, parseWholeTable, setWholeTable } from '../../src/routing/whole-table';
import { Random, SEED } from '../lab/random';
import { everyForwarding, runWatched } from './watched';
import { Ground, steps } from './world';

const LINKS = Array.from({ length: 64 }, (_, n) => `eth${n}`);
const STREAMS = Array.from({ length: 6 }, (_, n) => ({
  source: n % 3 === 0 ? '*' : '10.0.0.1',
  group: `239.1.1.${n}`,
}));
const STREAM = { source: '10.0.0.1', group: '239.1.1.1' };

const links = (from: number, to: number): string[] => LINKS.slice(from, to + 1);

function planSet(ground: Ground, rules: readonly object[], isShort: boolean): Plan {
  const whole = parseWholeTable(rules, {});
  const wanted = rules.map((_, at) => ({ request: parseWanted(whole, at), at }));
  const keys = new Set(wanted.map(({ request }) => keyOf(request.route)));
  const unwanted = ground.table.listOwn().filter((route) => !keys.has(keyOf(route)));
  const plan = new Plan(ground.table, ground);
  Array.from(setWholeTable(plan, ground.table, whole, { wanted, unwanted, isChangeable: () => true }, isShort));
  return plan;
}

/** Of `1 → 2>1 3>1`. */
function inputOf(forwarding: string): string {
  return forwarding.replace(/ → .*/, '');
}

/** An entry of any source names its input among the outputs. */
function outputsOf(forwarding: string): Set<string> {
  const outputs = new Set(forwarding.replace(/.* → /, '').split(' '));
  outputs.delete('');
  outputs.delete(`${inputOf(forwarding)}>1`);
  return outputs;
}

function checkRoom(
  before: Record<string, string>,
  seen: readonly Record<string, string>[],
  after: Record<string, string>,
  says: string,
): void {
  for (const [key, now] of Object.entries(after)) {
    const was = before[key];
    if (was === undefined) continue;
    const [old, next] = [outputsOf(was), outputsOf(now)];
    for (const one of seen) {
      const at = one[key] ?? '';
      const outputs = outputsOf(at);
      ok(
        [was, now].some((state) => inputOf(state) === inputOf(at)),
        `${key} comes in as ${at}, ${says}`,
      );
      for (const output of old) {
        if (next.has(output)) ok(outputs.has(output), `${key} is without ${output}, which stays: ${at}, ${says}`);
      }
      for (const output of outputs) ok(old.has(output) || next.has(output), `${key} goes to ${output}: ${at}, ${says}`);
    }
  }
}

/** Some interfaces, so many that the tables before and after seldom fit in one. */
function randomTable(random: Random): object[] {
  const few = random.some(LINKS).slice(0, 24 + random.below(9));
  return random.some(STREAMS).map((stream) => {
    const [iif, ...oifs] = random.some(few);
    return oifs.length === 0 ? { ...stream, iif, oifs, stop_filter: true } : { ...stream, iif, oifs };
  });
}

describe('routing: the order of steps where all VIF numbers are taken', () => {
  it('gives a stream wholly other interfaces', () => {
    const ground = new Ground(...LINKS);
    ground.run(ground.planAdd({ ...STREAM, iif: 'eth0', oifs: links(1, 31) }));
    const before = everyForwarding(ground);
    const plan = ground.planAdd({ ...STREAM, iif: 'eth32', oifs: links(33, 63) });
    checkRoom(before, runWatched(ground, plan), everyForwarding(ground), 'one stream');
    deepEqual(
      ground.table.vifs[4]
        .list()
        .map(({ name }) => name)
        .sort(),
      links(32, 63).sort(),
    );
  });

  it('leaves only what the route is not to have', () => {
    const ground = new Ground(...LINKS);
    ground.run(ground.planAdd({ ...STREAM, iif: 'eth0', oifs: links(1, 31) }));
    const plan = ground.planAdd({ ...STREAM, iif: 'eth0', oifs: [...links(1, 30), 'eth32'] });
    const kept = links(1, 30).map((_, n) => n + 1);
    deepEqual(steps(plan), [
      `replace (10.0.0.1, 239.1.1.1) 0 → ${kept.join(', ')}`,
      'del_vif 31 eth31',
      'add_vif 31 eth32',
      `replace (10.0.0.1, 239.1.1.1) 0 → ${[...kept, 31].join(', ')}`,
    ]);
  });

  it('refuses another input for outputs that all stay, and says that the route has to go first', () => {
    const ground = new Ground(...LINKS);
    ground.run(ground.planAdd({ ...STREAM, iif: 'eth0', oifs: links(1, 31) }));
    try {
      ground.planAdd({ ...STREAM, iif: 'eth32', oifs: links(1, 31) });
      ok(false, 'there is no such table');
    } catch (error) {
      ok(error instanceof MfcError);
      equal(error.code, 'ERR_MFC_VIFS_EXHAUSTED');
      ok(
        error.message.endsWith(
          `delete ${formatRoute(STREAM)} first, in a message of its own, and send this again: its packets stop in between.`,
        ),
        error.message,
      );
    }
  });

  it('still refuses a stream that is in the message twice', () => {
    const ground = new Ground(...LINKS);
    ground.run(ground.planAdd({ ...STREAM, iif: 'eth0', oifs: links(1, 31) }));
    const rules = [
      { ...STREAM, iif: 'eth0', oifs: links(32, 62) },
      { ...STREAM, iif: 'eth0', oifs: links(32, 61) },
    ];
    for (const isShort of [false, true]) {
      try {
        planSet(ground, rules, isShort);
        ok(false, 'it is taken');
      } catch (error) {
        ok(error instanceof MfcError && /in the message twice/.test(error.message), String(error));
      }
    }
  });

  it(`keeps each output that stays through random tables (seed ${SEED})`, () => {
    const random = new Random(SEED);
    const ground = new Ground(...LINKS);
    const counts = { long: 0, short: 0, refused: 0 };
    for (let n = 0; n < 200; n++) {
      const rules = randomTable(random);
      const before = everyForwarding(ground);
      const plan = plannedSet(ground, rules, counts);
      if (plan === undefined) continue;
      const seen = runWatched(ground, plan);
      const after = everyForwarding(ground);
      equal(Object.keys(after).length, rules.length);
      checkRoom(before, seen, after, `seed ${SEED}, table ${n}`);
    }
    ok(counts.short > 50 && counts.short > 5 * counts.refused, JSON.stringify(counts));
  });
});

/** As the controller does it; undefined if there is no way. */
function plannedSet(
  ground: Ground,
  rules: readonly object[],
  counts: { long: number; short: number; refused: number },
): Plan | undefined {
  for (const isShort of [false, true]) {
    try {
      const plan = planSet(ground, rules, isShort);
      counts[isShort ? 'short' : 'long']++;
      return plan;
    } catch (error) {
      if (!(error instanceof MfcError) || error.code !== 'ERR_MFC_VIFS_EXHAUSTED') throw error;
    }
  }
  counts.refused++;
  return undefined;
}
