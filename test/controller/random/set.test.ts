// Random tables, one set after the other: after each, the kernel, the registry, the file and the answer of state are that table. Some
// cannot be set; then all is as it was. A failure prints its seed.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '../../../src/controller/controller';
import { MfcError } from '../../../src/errors';
import type { Rule } from '../../../src/routing/route';
import { readProc } from '../../kernel/proc';
import { hasIPv6 } from '../../lab/ip';
import { Lab } from '../../lab/lab';
import { Random, SEED } from '../../lab/random';
import { checkConsistent } from '../consistent';
import { keyOf, randomRule, sorted } from './model';

const TABLES = 1_000;
const LINKS = ['eth1', 'eth2', 'eth3', 'eth4', 'eth5', 'eth6'];
const STREAMS = Array.from({ length: 24 }, (_, n): [source: string, group: string] => {
  const source = n % 4 === 0 ? '*' : `10.0.0.${n % 4}`;
  return n % 6 === 5 ? [n % 4 === 0 ? '*' : `fd00::${n % 4}`, `ff3e::${n}`] : [source, `239.1.${n % 3}.${n}`];
});

type Table = Map<string, Rule>;

const isOf = (rule: Rule, label: string | undefined): boolean => label === undefined || rule.label === label;

/** The table after a message; undefined if it takes a route from another label. */
function tableAfter(before: Table, rules: readonly Rule[], label: string | undefined): Table | undefined {
  const after: Table = new Map(Array.from(before).filter(([, rule]) => !isOf(rule, label)));
  for (const rule of rules) {
    if (after.has(keyOf(rule))) return undefined;
    after.set(keyOf(rule), label === undefined ? rule : { ...rule, label });
  }
  return after;
}

/** Some routes as they are, some changed, some left out, some new. */
function randomRules(random: Random, before: Table, label: string | undefined): Rule[] {
  return random.some(STREAMS).map(([source, group]) => {
    const there = before.get(keyOf({ source, group }));
    const rule = there !== undefined && random.chance(50) ? there : randomRule(random, source, group, LINKS);
    if (label === undefined) return rule;
    const { label: _, ...rest } = rule;
    return rest;
  });
}

describe('controller: random tables on Linux', () => {
  let lab: Lab;
  let folder: string;
  before(async () => {
    lab = await Lab.open();
    await lab.link(...LINKS);
    folder = await mkdtemp(join(tmpdir(), 'mfc-controller-'));
  });
  after(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  it(`${TABLES} of them are each in the kernel, the registry, the state and the file (seed ${SEED})`, async function () {
    this.timeout(1_200_000);
    const stateFile = join(folder, 'state.json');
    const controller = new Controller({ stateFile, rails: { loops: 'allow' } });
    await controller.open();
    const random = new Random(SEED);
    let table: Table = new Map();
    const counts = { set: 0, refused: 0, recalled: 0 };

    const check = async (step: number): Promise<void> => {
      const state = await controller.state({});
      checkConsistent(state, (version) => (version === 4 || hasIPv6 ? readProc(version) : undefined));
      deepEqual(sorted(state.mfc_rules), sorted(table.values()), `table ${step}, state`);
      const text = await readFile(stateFile, 'utf8').catch(() => '{"mfc_rules": []}');
      deepEqual(
        sorted((JSON.parse(text) as { mfc_rules: Rule[] }).mfc_rules),
        sorted(table.values()),
        `table ${step}, file`,
      );
    };

    try {
      for (let step = 0; step < TABLES; step++) {
        const label = random.chance(30) ? `label ${random.below(5)}` : undefined;
        const rules = randomRules(random, table, label);
        const after = tableAfter(table, rules, label);
        const payload = label === undefined ? rules : { label, mfc_rules: rules };
        const before = table;
        const answer = await controller.set(payload).catch((error: unknown) => error);
        if (after === undefined) {
          ok(answer instanceof MfcError && answer.code === 'ERR_MFC_INVALID', String(answer));
          counts.refused++;
          await check(step);
          continue;
        }
        if (answer instanceof Error) throw new Error(`table ${step} with seed ${SEED}`, { cause: answer });
        const { previous } = answer as Awaited<ReturnType<Controller['set']>>;
        table = after;
        counts.set++;
        await check(step);
        if (!random.chance(20)) continue;
        const again = await controller.set(previous);
        deepEqual(
          sorted(again.previous.mfc_rules),
          sorted(Array.from(after.values()).filter((rule) => isOf(rule, label))),
        );
        table = before;
        counts.recalled++;
        await check(step);
      }
    } catch (error) {
      throw new Error(`with seed ${SEED}`, { cause: error });
    } finally {
      await controller.close();
    }
    equal(counts.set + counts.refused, TABLES);
    ok(counts.set > TABLES / 2 && counts.refused > 20 && counts.recalled > 50, JSON.stringify(counts));
  });
});
