// What hosts and queriers say about groups, for tests: joins('239.1.1.1'), leaves('239.1.1.1'), asks().

import {
  ALLOW_NEW_SOURCES,
  BLOCK_OLD_SOURCES,
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  type MembershipMessage,
  type Query,
} from '../../src/abi/membership';

export function says(type: number, group: string, sources: readonly string[] = [], legacy = false): MembershipMessage {
  return { kind: 'report', records: [{ type, group, sources }], legacy };
}

/** As a host of IGMPv3 or MLDv2 does. */
export const joins = (group: string, ...sources: string[]): MembershipMessage =>
  sources.length > 0 ? says(ALLOW_NEW_SOURCES, group, sources) : says(CHANGE_TO_EXCLUDE, group);
export const leaves = (group: string, ...sources: string[]): MembershipMessage =>
  sources.length > 0 ? says(BLOCK_OLD_SOURCES, group, sources) : says(CHANGE_TO_INCLUDE, group);

/** As an older one does. */
export const joinsAsBefore = (group: string): MembershipMessage => says(CHANGE_TO_EXCLUDE, group, [], true);
export const leavesAsBefore = (group: string): MembershipMessage => says(CHANGE_TO_INCLUDE, group, [], true);

/** A querier of IGMPv2 or MLDv1 asks: all, or one group. */
export function asks(group?: string, more: Partial<Query> = {}): MembershipMessage {
  const responseMs = group === undefined ? 10_000 : 1_000;
  return { kind: 'query', group, responseMs, robustness: 0, intervalMs: 0, partial: false, ...more };
}
