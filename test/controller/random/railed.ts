// Random guard rails, and a plain model of what they deny.

import { covers, parsePrefix } from '../../../src/routing/prefix';
import type { RailSettings } from '../../../src/routing/rails';
import type { Rule } from '../../../src/routing/route';
import type { Random } from '../../lab/random';
import type { Deed, Expected } from './expected';
import { type Form, type Forms, isOneStream, isPattern, matches, streamOf } from './forms';

const RESERVED = [
  { source: '10.0.0.1', group: '239.1.1.2', iif: 'in1', oifs: ['out1'] },
  { source: '*', group: '239.1.2.0/24', iif: 'in+', oifs: ['out2'], label: 'red' },
  { source: 'fd00::1', group: 'ff3e::1', iif: 'in2', oifs: ['out1', 'out2'] },
];

const isWithin = (text: string, ranges: string): boolean => {
  const inner = parsePrefix(text);
  return ranges.split(', ').some((range) => {
    const outer = parsePrefix(range);
    return text === range || (inner !== undefined && outer !== undefined && covers(outer, inner));
  });
};

/** Often none: what is denied comes to nothing. */
export function randomRails(random: Random): RailSettings {
  if (random.chance(50)) return { loops: 'allow' };
  return {
    ...(random.chance(30) ? { allowedInterfaces: random.pick(['in+, out+', 'in+, link+, out1, out2', '*']) } : {}),
    ...(random.chance(30)
      ? { allowedGroups: random.pick(['239.1.0.0/16', '239.1.1.0/24, ff3e::/16', 'ff3e::1']) }
      : {}),
    ...(random.chance(30) ? { allowedSources: random.pick(['10.0.0.0/24, fd00::/16', '*', '*, 10.0.0.1']) } : {}),
    ...(random.chance(30) ? { maxRoutes: random.below(8) } : {}),
    ...(random.chance(50) ? { reservedRoutes: JSON.stringify(random.some(RESERVED)) } : {}),
    loops: random.pick(['allow', 'allow', 'refuse', 'warn']),
  };
}

export class Railed {
  /** The routes that the controller makes itself. */
  readonly reserved: readonly Rule[];
  private readonly reservedStreams: ReadonlySet<string>;

  constructor(readonly settings: RailSettings) {
    this.reserved = JSON.parse(settings.reservedRoutes ?? '[]') as Rule[];
    this.reservedStreams = new Set(this.reserved.map(streamOf));
  }

  isReserved(form: Form): boolean {
    return this.reservedStreams.has(streamOf(form));
  }

  /** Whether no message may change it, nor delete it. */
  isFixed(form: Form): boolean {
    return this.isReserved(form) || !this.isAllowedGroup(form) || !this.isAllowedSource(form);
  }

  /** The rules that a message breaks for certain. */
  broken({ deeds, before, after }: Pick<Expected, 'deeds' | 'before' | 'after'>): Set<string> {
    const rules = new Set<string>();
    for (const deed of deeds) if (deed.word !== 'unchanged') this.look(deed, before, rules);
    const { maxRoutes } = this.settings;
    const [was, is] = [before, after].map(
      (forms) => Array.from(forms.values()).filter((form) => !this.isReserved(form)).length,
    );
    if (maxRoutes !== undefined && is !== undefined && was !== undefined && is > was && is > Number(maxRoutes))
      rules.add('maxRoutes');
    if ((this.settings.loops ?? 'refuse') === 'refuse' && hasNewLoop(before, after)) rules.add('loops');
    return rules;
  }

  private look({ word, form }: Deed, before: Forms, rules: Set<string>): void {
    if (this.isReserved(form)) rules.add('reservedRoutes');
    if (!this.isAllowedGroup(form)) rules.add('allowedGroups');
    if (!this.isAllowedSource(form)) rules.add('allowedSources');
    if (word !== 'deleted' && !this.isAllowedWay(form, before.get(streamOf(form)))) rules.add('allowedInterfaces');
  }

  private isAllowedGroup({ group }: Form): boolean {
    const { allowedGroups } = this.settings;
    return allowedGroups === undefined || isWithin(group, allowedGroups);
  }

  private isAllowedSource({ source }: Form): boolean {
    const { allowedSources } = this.settings;
    return allowedSources === undefined || isWithin(source, allowedSources);
  }

  /** What a route has already in the same role, it may keep. One of which the input is open or closed now is another route. */
  private isAllowedWay(form: Form, before: Form | undefined): boolean {
    const { allowedInterfaces } = this.settings;
    if (allowedInterfaces === undefined) return true;
    const allowed = allowedInterfaces.split(', ');
    const isOther = before !== undefined && isOneStream(form) && isPattern(before.iif) !== isPattern(form.iif);
    const kept = before === undefined || isOther ? [] : rolesOf(before);
    return rolesOf(form).every((role) => kept.includes(role) || allowed.some((one) => isMeant(one, nameIn(role))));
  }
}

/** `iif in1`, `output out1`, `member *`. */
function rolesOf({ iif, outputs, among }: Form): string[] {
  if (outputs !== 'members') return [`iif ${iif}`, ...outputs.map(({ name }) => `output ${name}`)];
  return [`iif ${iif}`, ...(among ?? ['*']).map((name) => `member ${name}`)];
}

const nameIn = (role: string): string => role.slice(role.indexOf(' ') + 1);

/** Whether all interfaces that a name or a pattern means are allowed. */
function isMeant(allowed: string, name: string): boolean {
  return allowed === '*' || (name !== '*' && matches(allowed, name.replace('+', '')));
}

function hasNewLoop(before: Forms, after: Forms): boolean {
  const all = Array.from(after.values());
  const counted = (form: Form | undefined): form is Form =>
    form !== undefined && form.outputs !== 'members' && form.outputs.length > 0 && !isPattern(form.iif);
  const goesTo = ({ outputs }: Form, name: string): boolean =>
    outputs !== 'members' && outputs.some((output) => output.name === name);
  const isLoop = (a: Form | undefined, b: Form | undefined): boolean =>
    counted(a) &&
    counted(b) &&
    goesTo(a, b.iif) &&
    goesTo(b, a.iif) &&
    (isWithin(a.group, b.group) || isWithin(b.group, a.group));
  return all.some((a) =>
    all.some((b) => {
      const [wasA, wasB] = [before.get(streamOf(a)), before.get(streamOf(b))];
      const wasThere = wasA?.iif === a.iif && wasB?.iif === b.iif && isLoop(wasA, wasB);
      return isLoop(a, b) && !wasThere;
    }),
  );
}
