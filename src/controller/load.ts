/**
 * The saved routes as routes. What is not valid is left out, reported, and kept in a copy of the file.
 */
import { MfcError } from '../errors';
import { Pace } from '../pace';
import { parseSaved } from '../routing/request';
import type { Route } from '../routing/route';
import type { StateFile } from './state-file';

export interface LoadedRoutes {
  routes: Route[];
  /** Those whose time was over before they were loaded. */
  ended: Route[];
  warnings: MfcError[];
  /** Something was left out: the file is to be written without it, or each start would tell of it again. */
  isStale: boolean;
}

/** Throws ERR_MFC_STORE if the file is there and cannot be read. */
export async function loadRoutes(file: StateFile): Promise<LoadedRoutes> {
  const { rules, broken } = await file.load();
  const faults: MfcError[] = [];
  const routes: Route[] = [];
  const ended: Route[] = [];
  const now = Date.now();
  await new Pace().map(rules, (rule, i) => {
    try {
      const route = parseSaved(rule, i);
      if (route.expiresAt === undefined || route.expiresAt > now) routes.push(route);
      else ended.push(route);
    } catch (error) {
      if (!(error instanceof MfcError)) throw error;
      faults.push(error);
    }
  });
  const warnings = broken === undefined ? [] : [broken];
  const [first] = faults;
  if (first !== undefined) {
    const copy = await file.keepCopy();
    warnings.push(
      new MfcError(
        'ERR_MFC_STORE',
        `${faults.length} of ${rules.length} saved routes are not valid. ${first.message.replaceAll('payload[', 'mfc_rules[')}`,
        {
          ...first.cause,
          hint: `They were left out. The file as it was is kept as ${copy}.`,
        },
      ),
    );
  }
  return { routes, ended, warnings, isStale: first !== undefined || ended.length > 0 };
}
