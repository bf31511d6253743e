// Whether an entry that was learnt on the fake kernel is that of the route that wins.

import { deepEqual, equal } from 'node:assert/strict';
import type { RouteState } from '../../../src/controller/answers';
import { oifName } from '../../../src/controller/answers';
import { addressBytes, contains, parsePrefix } from '../../../src/routing/prefix';
import { matchesPattern } from '../../../src/routing/route';
import type { FakeKernel } from '../../fake/kernel';

type Stream = Pick<RouteState, 'source' | 'group' | 'iif'>;

const takes = (prefix: string, address: string): boolean => {
  const bytes = addressBytes(address);
  const range = parsePrefix(prefix);
  return prefix === '*' || (bytes !== undefined && range !== undefined && contains(range, bytes));
};

const lengthOf = (prefix: string): number => (prefix === '*' ? 0 : (parsePrefix(prefix)?.length ?? 0));

/** The route that learns a stream: the one with the longest prefix. */
function learnerOf({ source, group, iif }: Stream, rules: readonly RouteState[]): RouteState | undefined {
  const [winner] = rules
    .filter((rule) => rule.streams !== undefined && rule.state !== 'pending')
    .filter((rule) => takes(rule.group, group) && takes(rule.source, source) && matchesPattern(rule.iif, iif))
    .filter(({ exclude = [] }) => !exclude.some((prefix) => takes(prefix, group) || takes(prefix, source)))
    .sort((a, b) => lengthOf(b.group) - lengthOf(a.group) || lengthOf(b.source) - lengthOf(a.source));
  return winner;
}

/** The route that takes a stream which comes in on an interface, whether it learns it or the kernel has an entry for it. */
export function winnerOf(stream: Stream, rules: readonly RouteState[]): RouteState | undefined {
  const own = rules.filter((rule) => rule.learnt !== true && rule.streams === undefined && rule.group === stream.group);
  const any = own.find(({ source, iif, state }) => source === '*' && iif === stream.iif && state !== 'pending');
  return own.find(({ source }) => source === stream.source) ?? any ?? learnerOf(stream, rules);
}

/** It is of the route with the longest prefix, and leaves where that says. */
export function checkLearnt(kernel: FakeKernel, rule: RouteState, rules: readonly RouteState[]): void {
  const { source, group, iif, oifs } = rule;
  const winner = learnerOf(rule, rules);
  equal(winner === undefined, false, `(${source}, ${group}) ${iif} is of no route: ${JSON.stringify(rules)}`);
  const native = rules.find((one) => one.source === '*' && one.group === group && one.streams === undefined);
  equal(native?.iif === iif && native.state !== 'pending', false, `(${source}, ${group}) is of (*, ${group})`);
  if (winner === undefined || winner.members !== undefined) return;
  const there = winner.oifs.map(oifName).filter((name) => kernel.findLink(name) && name !== iif);
  deepEqual(oifs.map(oifName).sort(), there.sort());
}
