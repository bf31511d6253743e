/**
 * Holds what messages want against the guard rails of the controller. What is there already is never refused, however it came.
 */
import { ANY_SOURCE } from '../abi/family';
import { MfcError } from '../errors';
import type { Pace } from '../pace';
import type { Decided } from './decide';
import { ownRoute } from './entry';
import { type At, fieldName } from './invalid';
import { describeLoop, Loops } from './loops';
import type { Plan } from './plan';
import { covers, type Prefix, parsePrefix } from './prefix';
import type { RailSettings, Rails } from './rails';
import { ReservedRoutes } from './reserved';
import { ANY_INTERFACE, formatRoute, isPattern, type Members, matchesPattern, type Route } from './route';
import { keyOf, type RouteTable, rivalKey } from './table';

type Rule = keyof RailSettings;

export class Guard {
  private readonly reservedRoutes: ReservedRoutes;
  private readonly loops: Loops | undefined;
  /** Whether any rule is about single routes: thousands need not be looked at for none. */
  private readonly looksAtEach: boolean;

  constructor(
    private readonly rails: Rails,
    private readonly table: RouteTable,
  ) {
    const { interfaces, groups, sources, reserved, loops } = rails;
    this.reservedRoutes = new ReservedRoutes(reserved, table);
    this.loops = loops === 'allow' ? undefined : new Loops(table);
    this.looksAtEach = [interfaces, groups, sources].some((rule) => rule !== undefined) || reserved.length > 0;
  }

  /** The routes that the controller makes itself. */
  get reserved(): readonly Route[] {
    return this.rails.reserved;
  }

  isReserved(key: string): boolean {
    return this.reservedRoutes.has(key);
  }

  /** Whether the controller makes a route for this very stream itself, be its input open or not. */
  hasReserved(route: Route): boolean {
    return this.isReserved(keyOf(route)) || this.isReserved(rivalKey(route));
  }

  /** The routes that messages have made. */
  listMade(): Route[] {
    const routes = this.table.listOwn();
    return this.reservedRoutes.size === 0 ? routes : routes.filter((route) => !this.isReserved(keyOf(route)));
  }

  /** Whether messages may change a route, or delete it. */
  isChangeable(key: string, route: Route): boolean {
    if (!this.looksAtEach) return true;
    return !this.isReserved(key) && this.isAllowedGroup(route) && this.isAllowedSource(route);
  }

  /** Throws ERR_MFC_DENIED, which names the rule. Answers what is not refused, but has to be said. */
  async check(decisions: readonly Decided[], plan: Plan, pace: Pace): Promise<string[]> {
    if (this.looksAtEach)
      await pace.map(decisions, (decision) => decision.outcome !== 'unchanged' && this.checkOne(decision));
    this.checkCount(plan);
    const loop = await this.loops?.find(plan, pace);
    if (loop === undefined) return [];
    if (this.rails.loops === 'warn') return [describeLoop(loop)];
    const at = decisions.find(({ route }) => keyOf(route) === keyOf(loop.route))?.at;
    throw denied('loops', describeLoop(loop), fieldName(at, 'oifs'), loop.back.iif, LOOP_HINT);
  }

  private checkOne({ outcome, route, at }: Decided): void {
    // What goes gives its streams back.
    const by = outcome === 'deleted' ? this.reservedRoutes.ownerOf(route) : this.reservedRoutes.losing(route);
    if (by !== undefined) {
      const what = `${formatRoute(route)} belongs to the reserved route ${formatRoute(by)}.`;
      throw denied('reservedRoutes', what, fieldName(at, 'group'), route.group, 'Change it in the controller.');
    }
    const { group, source } = route;
    if (!this.isAllowedGroup(route)) throw notAllowed('allowedGroups', `Group ${group}`, fieldName(at, 'group'), group);
    if (!this.isAllowedSource(route)) {
      throw notAllowed('allowedSources', `Source ${source}`, fieldName(at, 'source'), source);
    }
    if (outcome !== 'deleted') this.checkInterfaces(route, at);
  }

  private isAllowedGroup({ group }: Route): boolean {
    const { groups } = this.rails;
    return groups === undefined || isIn(group, groups);
  }

  private isAllowedSource({ source }: Route): boolean {
    const { sources, anySource } = this.rails;
    return source === ANY_SOURCE ? anySource : sources === undefined || isIn(source, sources);
  }

  private checkInterfaces(route: Route, at: At): void {
    const { interfaces } = this.rails;
    if (interfaces === undefined) return;
    const before = ownRoute(this.table.get(keyOf(route)));
    const check = (name: string, field: string, isThere: boolean): void => {
      if (isThere || interfaces.some((one) => includes(one, name))) return;
      if (name !== ANY_INTERFACE)
        throw notAllowed('allowedInterfaces', `Interface '${name}'`, fieldName(at, field), name);
      const hint = `Name those that are meant in "${field}", or allow all in the controller.`;
      throw denied(
        'allowedInterfaces',
        'All interfaces are meant, not all are allowed.',
        fieldName(at, field),
        name,
        hint,
      );
    };
    const { iif, outputs, members } = route;
    check(iif, 'iif', iif === before?.iif);
    for (const { name } of outputs) check(name, 'oifs', before?.outputs.some((one) => one.name === name) === true);
    const amongBefore = before?.members && amongOf(before.members);
    if (members === undefined) return;
    for (const name of amongOf(members)) check(name, 'members.among', amongBefore?.includes(name) === true);
  }

  private checkCount(plan: Plan): void {
    const { maxRoutes, reserved } = this.rails;
    if (maxRoutes === undefined) return;
    let change = 0;
    for (const [key, now] of plan.decided) {
      const before = this.table.get(key);
      if (now !== undefined && now.learnt === undefined) change++;
      if (before !== undefined && before.learnt === undefined) change--;
    }
    const count = this.table.size - reserved.length + change;
    if (change <= 0 || count <= maxRoutes) return;
    const hint = 'Delete routes first, or raise the limit in the controller.';
    throw denied('maxRoutes', `There would be ${count} routes, and ${maxRoutes} are allowed.`, 'payload', count, hint);
  }
}

const LOOP_HINT = 'Leave one of the two out. If both are meant, let the controller warn of loops, or allow them.';

/** The interfaces whose hosts count. */
function amongOf({ among }: Members): readonly string[] {
  return among ?? [ANY_INTERFACE];
}

/** @param field of the message */
function denied(rule: Rule, what: string, field: string, value: unknown, hint: string): MfcError {
  return new MfcError('ERR_MFC_DENIED', `Denied by ${rule}: ${what}`, { field, value, rule, hint });
}

function notAllowed(rule: Rule, what: string, field: string, value: string): MfcError {
  return denied(rule, `${what} is not allowed here.`, field, value, 'Use one that is, or allow it in the controller.');
}

function isIn(text: string, ranges: readonly Prefix[]): boolean {
  const prefix = parsePrefix(text);
  return prefix !== undefined && ranges.some((range) => covers(range, prefix));
}

/** Whether all interfaces that a name or a pattern means are among those of `allowed`. */
function includes(allowed: string, name: string): boolean {
  if (!isPattern(name)) return matchesPattern(allowed, name);
  return (
    allowed === ANY_INTERFACE || (name !== ANY_INTERFACE && isPattern(allowed) && name.startsWith(allowed.slice(0, -1)))
  );
}
