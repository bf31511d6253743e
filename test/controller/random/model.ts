// Random messages that add and delete routes, and a plain model of what they should lead to.

import type { ChangeAnswer } from '../../../src/controller/answers';
import { oifName } from '../../../src/controller/answers';
import type { Controller } from '../../../src/controller/controller';
import type { Rule } from '../../../src/routing/route';
import type { Random } from '../../lab/random';

export interface Message {
  verb: 'add' | 'del';
  payload: Rule[] | { source: string; group: string; oifs?: string[] }[];
}

const STREAMS: [source: string, group: string][] = [
  ['10.0.0.1', '239.1.1.1'],
  ['10.0.0.1', '239.1.1.2'],
  ['10.0.0.2', '239.1.1.1'],
  ['*', '239.1.1.1'],
  ['*', '239.1.1.3'],
  ['fd00::1', 'ff3e::1'],
  ['fd00::2', 'ff3e::1'],
  ['*', 'ff3e::2'],
];

export function keyOf({ source, group }: { source: string; group: string }): string {
  return `(${source}, ${group})`;
}

/** The routes that there should be. */
export class Model {
  readonly rules = new Map<string, Rule>();

  /** A message of one to three routes, that fits what is there or does not. */
  message(random: Random, links: readonly string[]): Message {
    const streams = random.some(STREAMS).slice(0, 1 + random.below(3));
    if (random.chance(60)) {
      return { verb: 'add', payload: streams.map(([source, group]) => randomRule(random, source, group, links)) };
    }
    return {
      verb: 'del',
      payload: streams.map(([source, group]) => {
        const outputs = this.rules.get(keyOf({ source, group }))?.oifs.map(oifName) ?? [];
        return random.chance(50) && outputs.length > 0
          ? { source, group, oifs: random.some(outputs) }
          : { source, group };
      }),
    };
  }

  /** Does what a message says, as if it were answered. */
  apply({ verb, payload }: Message): void {
    for (const route of payload) {
      const key = keyOf(route);
      if (verb === 'add') this.rules.set(key, route as Rule);
      else this.take(key, (route as { oifs?: string[] }).oifs);
    }
  }

  /** Routes in the kernel follow the device. `isThere` says which interfaces there were before. */
  rename(from: string, to: string, isThere: (name: string) => boolean): void {
    const now = (name: string): string => (name === from ? to : name);
    for (const [key, rule] of this.rules) {
      const isInstalled = isThere(rule.iif) && (rule.oifs.length === 0 || rule.oifs.map(oifName).some(isThere));
      if (!isInstalled || ![rule.iif, ...rule.oifs.map(oifName)].includes(from)) continue;
      const oifs = rule.oifs
        .filter((oif) => oifName(oif) !== to) // it waited for the name that is taken now
        .map((oif) => (typeof oif === 'string' ? now(oif) : { ...oif, name: now(oif.name) }));
      this.rules.set(key, { ...rule, iif: now(rule.iif), oifs });
    }
  }

  private take(key: string, outputs: readonly string[] | undefined): void {
    const rule = this.rules.get(key);
    const left = rule?.oifs.filter((oif) => !outputs?.includes(oifName(oif))) ?? [];
    if (rule === undefined || outputs === undefined || left.length === 0) this.rules.delete(key);
    else this.rules.set(key, { ...rule, oifs: left });
  }
}

export function randomRule(random: Random, source: string, group: string, links: readonly string[]): Rule {
  const [iif = '', ...others] = random.some(links).concat(random.pick(links));
  const names = Array.from(new Set(others.filter((name) => name !== iif)));
  if (names.length === 0) return { source, group, iif, oifs: [], stop_filter: true };
  const threshold = group.includes(':') || random.chance(70) ? 1 : 2 + random.below(253);
  const oifs = names.map((name, i) => (i === 0 && threshold > 1 ? { name, threshold } : name));
  return random.chance(20)
    ? { source, group, iif, oifs, label: `label ${random.below(5)}` }
    : { source, group, iif, oifs };
}

/** Sends a random message; whatever makes it fail, the model stays. Undefined if it failed. */
export async function send(
  controller: Pick<Controller, 'add' | 'del'>,
  model: Model,
  random: Random,
  links: readonly string[],
): Promise<ChangeAnswer | undefined> {
  const message = model.message(random, links);
  const fields = message.verb === 'add' && random.chance(50) ? { allow_absent: true } : {};
  try {
    const answer = await controller[message.verb](message.payload, fields);
    model.apply(message);
    return answer;
  } catch {
    return undefined;
  }
}

/** The order of routes and outputs means nothing. */
export function sorted(rules: Iterable<Rule>): string[] {
  return Array.from(rules, ({ source, group, iif, oifs, label, stop_filter }) =>
    JSON.stringify({ source, group, iif, oifs: oifs.map((oif) => JSON.stringify(oif)).sort(), label, stop_filter }),
  ).sort();
}
