// Random messages of every kind, that fit what is there or do not: routes for one stream, for prefixes, for any input, for members.

import type { RouteState } from '../../../src/controller/answers';
import { oifName } from '../../../src/controller/answers';
import type { Rule } from '../../../src/routing/route';
import type { Random } from '../../lab/random';
import { SENDERS, versionOf } from './traffic';

/** A route as a message has it. */
export interface Wish {
  source: string;
  group: string;
  /** Left out, the stream may come in anywhere. */
  iif?: string;
  oifs: Rule['oifs'] | 'members';
  stop_filter?: true;
  members?: { among: string[] };
  label?: string;
  exclude?: string[];
  expires_in?: number;
  allow_absent?: true;
  mode?: 'merge';
}

/** What `mfc del` takes. */
export interface Going {
  source: string;
  group: string;
  iif?: string;
  oifs?: string[];
}

export type Message =
  | { verb: 'add'; payload: Wish[] }
  | { verb: 'del'; payload: Going[] }
  | { verb: 'set'; payload: { mfc_rules: (Wish | Rule)[]; label?: string; allow_absent?: true } };

const GROUPS = [
  '239.1.0.0/16',
  '239.1.1.0/24',
  '239.1.1.1',
  '239.1.1.2',
  '239.1.2.2',
  'ff3e::/16',
  'ff3e::/120',
  'ff3e::1',
];
const SOURCES = { 4: ['*', '10.0.0.0/24', ...SENDERS[4]], 6: ['*', 'fd00::/64', ...SENDERS[6]] };
const LABELS = ['red', 'blue'];
/** Seconds: longer than any test. */
export const LEASE = 10_000;

export class Wishes {
  /** @param links also those that are not there now */
  constructor(
    private readonly random: Random,
    private readonly links: () => readonly string[],
  ) {}

  /** @param rules the routes that there are */
  message(rules: readonly Rule[]): Message {
    const { random } = this;
    const kind = random.below(100);
    if (kind < 45) return { verb: 'add', payload: this.wishes(rules, 1 + random.below(3)) };
    if (kind < 65) return { verb: 'del', payload: this.goings(rules) };
    return { verb: 'set', payload: this.table(rules) };
  }

  private wishes(rules: readonly Rule[], count: number): Wish[] {
    return Array.from({ length: count }, () => this.wish(rules));
  }

  /** One that has to do with what is there, or any other one. */
  private wish(rules: readonly Rule[]): Wish {
    const { random } = this;
    const there = rules.length > 0 && random.chance(40) ? random.pick(rules) : undefined;
    if (there !== undefined && random.chance(50)) return this.merged(there);
    return this.route(there ?? this.stream());
  }

  private stream(): { source: string; group: string } {
    const group = this.random.pick(GROUPS);
    return { group, source: this.random.pick(SOURCES[versionOf(group)]) };
  }

  private route({ source, group }: { source: string; group: string }): Wish {
    const { random } = this;
    const [input = '', ...others] = random.some(this.links());
    const iif = random.pick([input, input, input, input, '', 'in+', 'link+', 'none+']);
    const wish: Wish = { source, group, ...(iif === '' ? {} : { iif }), ...this.outputs(group, others, input) };
    if (random.chance(30)) wish.label = random.pick(LABELS);
    if (random.chance(10)) wish.expires_in = this.lease();
    if (random.chance(70)) wish.allow_absent = true;
    if (random.chance(20) && group.includes('/')) wish.exclude = [random.pick(SOURCES[versionOf(group)].slice(1))];
    return wish;
  }

  private outputs(
    group: string,
    names: readonly string[],
    input: string,
  ): Pick<Wish, 'oifs' | 'stop_filter' | 'members'> {
    const { random } = this;
    if (random.chance(25)) {
      const among = random.some(this.links()).filter((name) => name !== input);
      return random.chance(50) && among.length > 0 ? { oifs: 'members', members: { among } } : { oifs: 'members' };
    }
    const [first, ...rest] = names;
    if (first === undefined) return { oifs: [], stop_filter: true };
    const isHigh = versionOf(group) === 4 && random.chance(20);
    return { oifs: [isHigh ? { name: first, threshold: 2 + random.below(9) } : first, ...rest] };
  }

  /** Outputs for a route that is there. */
  private merged({ source, group, iif }: Rule): Wish {
    const { random } = this;
    const wish: Wish = { ...this.route({ source, group }), mode: 'merge' };
    if (random.chance(80)) delete wish.iif;
    else wish.iif = iif;
    if (Array.isArray(wish.oifs)) {
      const oifs = wish.oifs.filter((oif) => oifName(oif) !== wish.iif);
      if (oifs.length > 0) wish.oifs = oifs;
      else Object.assign(wish, { oifs: [], stop_filter: true });
    } else if (wish.members?.among.includes(wish.iif ?? '')) delete wish.members;
    return wish;
  }

  private goings(rules: readonly Rule[]): Going[] {
    const { random } = this;
    return Array.from({ length: 1 + random.below(2) }, () => {
      const there = rules.length > 0 && random.chance(80) ? random.pick(rules) : undefined;
      if (there === undefined) return this.stream();
      const { source, group, iif, oifs } = there;
      const going: Going = { source, group };
      if (random.chance(20)) going.iif = random.chance(70) ? iif : random.pick(this.links());
      if (random.chance(40))
        going.oifs =
          oifs.length > 0 && random.chance(80) ? random.some(oifs.map(oifName)) : [random.pick(this.links())];
      return going;
    });
  }

  /** Some routes as they are, some changed, some left out, some new; one for each stream. */
  private table(rules: readonly Rule[]): Extract<Message, { verb: 'set' }>['payload'] {
    const { random } = this;
    const label = random.chance(40) ? random.pick(LABELS) : undefined;
    const kept = rules.length > 0 && random.chance(80) ? random.some(rules) : [];
    const all = new Map<string, Wish | Rule>();
    for (const rule of [...kept.map((one) => this.wanted(one)), ...this.wishes([], random.below(3))]) {
      if (label !== undefined && rule.label !== label) delete rule.label;
      all.set(`${rule.source} ${rule.group}`, rule);
    }
    const mfc_rules = Array.from(all.values());
    return {
      mfc_rules,
      ...(label === undefined ? {} : { label }),
      ...(random.chance(30) ? { allow_absent: true } : {}),
    };
  }

  /** A rule out of an answer, as somebody sends it again. */
  private wanted(rule: Rule): Rule {
    return rule.expires_in === undefined ? { ...rule } : { ...rule, expires_in: this.lease() };
  }

  /** Never the same: a route that is to end when it ends already is not renewed. */
  private lease(): number {
    return LEASE + this.random.below(1_000_000);
  }
}

/** A rule of a state, without what the route is just doing. */
export function plain({ state, reason, packets, bytes, wrong_if, streams, reserved, ...rule }: RouteState): Rule {
  return rule;
}
