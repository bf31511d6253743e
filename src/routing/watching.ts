/**
 * Watched interfaces: they have VIFs although no route names them, so that the kernel tells of the streams that come in there.
 *
 * Each is the input of a route that learns, of groups that no router forwards: it never takes a stream, and follows its interfaces as
 * any other route does. Messages cannot name such groups, and no answer shows these routes.
 */
import type { IpVersion } from '../abi/address';
import { parsePatterns } from './outputs';
import type { Route } from './route';

/** A /29 of 224.0.0.0/24, or a /112 of ff02::/16, for each name: as many as there may be names. */
const groupOf: Record<IpVersion, (n: number) => string> = {
  4: (n) => `224.0.0.${8 * n}/29`,
  6: (n) => `ff02::${(n + 1).toString(16)}:0/112`,
};

/** @param value names, or patterns as `eth+`, separated by commas; blank for none. Throws ERR_MFC_INVALID. */
export function parseWatched(value: string | undefined): Route[] {
  const names = Array.from(new Set(parsePatterns(value, 'watchInterfaces')));
  return ([4, 6] as const).flatMap((version) => names.map((iif, n) => watchRoute(version, iif, groupOf[version](n))));
}

function watchRoute(version: IpVersion, iif: string, group: string): Route {
  const learning = { exclude: [], idleTimeout: Number.MAX_SAFE_INTEGER };
  return { version, source: '*', group, iif, outputs: [], learning, isWatch: true };
}
