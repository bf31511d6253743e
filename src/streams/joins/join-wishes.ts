/**
 * Which groups a route is to join, and where.
 */
import type { IpVersion } from '../../abi/address';
import { ANY_SOURCE } from '../../abi/family';
import { addressesOf, parsePrefix } from '../../routing/prefix';
import { isPattern, matchesPattern, type Route } from '../../routing/route';
import type { Entry } from '../../routing/table';

export interface JoinWish {
  readonly version: IpVersion;
  /** Name of the interface. */
  readonly iif: string;
  readonly group: string;
  /** Undefined for any source. */
  readonly source: string | undefined;
}

/** By keys of their own: a prefix joins each of its groups, a pattern joins on each interface that it means now. */
export function* joinWishes(key: string, entry: Entry | undefined): Generator<[key: string, wish: JoinWish], void> {
  if (entry?.route.join === undefined || entry.learnt !== undefined) return;
  const { version, source, group } = entry.route;
  const one = source === ANY_SOURCE || source.includes('/') ? undefined : source;
  for (const iif of inputsOf(entry)) {
    for (const joined of groupsOf(group)) {
      yield [`${key} ${iif} ${joined}`, { version, iif, group: joined, source: one }];
    }
  }
}

function inputsOf({ route, installed }: Entry): readonly string[] {
  if (!isPattern(route.iif)) return [route.iif];
  return inputsAmong(installed);
}

function inputsAmong(installed: Route | undefined): readonly string[] {
  return installed?.reserved?.filter((name) => matchesPattern(installed.iif, name)) ?? [];
}

function groupsOf(group: string): Iterable<string> {
  const prefix = group.includes('/') ? parsePrefix(group) : undefined;
  return prefix === undefined ? [group] : addressesOf(prefix);
}
