/**
 * Entries of the table beside each other: what a plan has to know to say what becomes of one.
 */
import { type Route, sameForwarding, sameOptions } from './route';
import type { Entry } from './table';

/** Whether a message asked for a route, and it is not one that another has learnt. */
export function isOwn({ learnt }: Entry): boolean {
  return learnt === undefined;
}

/** The route of an entry that a message asked for. */
export function ownRoute(entry: Entry | undefined): Route | undefined {
  return entry !== undefined && isOwn(entry) ? entry.route : undefined;
}

/** Whether both are the same route, and as much of it is in the kernel. */
export function isSame(a: Entry, b: Entry): boolean {
  if (a.reason !== b.reason || a.learnt !== b.learnt) return false;
  if (!sameForwarding(a.route, b.route) || !sameOptions(a.route, b.route)) return false;
  if (a.installed === undefined || b.installed === undefined) return a.installed === b.installed;
  return sameForwarding(a.installed, b.installed);
}

/** Whether only the end of a route is another. */
export function isRenewal(a: Entry, b: Entry): boolean {
  const { expiresAt } = a.route;
  return (
    expiresAt !== undefined && b.route.expiresAt !== undefined && isSame(a, { ...b, route: { ...b.route, expiresAt } })
  );
}

/** Why an entry is not in the kernel as it is wanted, if it is not. */
export function because(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
