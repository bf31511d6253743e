// Plans that are watched step by step: what a packet would see after each.

import { ok } from 'node:assert/strict';
import type { Operation } from '../../src/routing/operation';
import type { Plan } from '../../src/routing/plan';
import type { TableSnapshot } from '../fake/table';
import type { Ground } from './world';

/** Entries with interface indices in the place of VIF numbers: what a packet would see. */
function forwarding({ vifs, entries }: TableSnapshot): Record<string, string> {
  const linkOf = (vifi: number): number => vifs[vifi] ?? -1;
  return Object.fromEntries(
    Object.entries(entries).map(([key, { parent, outputs }]) => {
      const links = Object.entries(outputs).map(([vifi, threshold]) => `${linkOf(Number(vifi))}>${threshold}`);
      return [key, `${linkOf(parent)} → ${links.sort().join(' ')}`];
    }),
  );
}

function tables(ground: Ground): TableSnapshot[] {
  return ([4, 6] as const).map((version) => ground.kernel.table(version) ?? { vifs: {}, entries: {} });
}

/** What a packet would see: by `(source, group)`, the input and the outputs. */
export function everyForwarding(ground: Ground): Record<string, string> {
  return Object.assign({}, ...tables(ground).map(forwarding));
}

/** No VIF of an entry is missing. */
function checkWhole(ground: Ground, step: Operation): void {
  for (const { vifs, entries } of tables(ground)) {
    for (const [key, { parent, outputs }] of Object.entries(entries)) {
      const named = [parent, ...Object.keys(outputs).map(Number)];
      ok(
        named.every((vifi) => vifi in vifs),
        `${key} names a VIF that is not there, after ${JSON.stringify(step)}`,
      );
    }
  }
}

/** Runs the plan and answers what a packet would have seen after each step. */
export function runWatched(ground: Ground, plan: Plan): Record<string, string>[] {
  const seen: Record<string, string>[] = [];
  ground.run(plan, (step) => {
    checkWhole(ground, step);
    seen.push(everyForwarding(ground));
  });
  return seen;
}

/** Every entry is at all times as it was before or as it will be after. */
export function checkSteps(
  before: Record<string, string>,
  seen: readonly Record<string, string>[],
  after: Record<string, string>,
  says: string,
): void {
  for (const at of seen) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(at), ...Object.keys(after)])) {
      ok(at[key] === before[key] || at[key] === after[key], `${key} is ${at[key]}, ${says}`);
    }
  }
}
