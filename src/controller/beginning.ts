/**
 * What a controller begins with: its guard rails, and the routes that wait for a table to open. These are the saved ones, the reserved
 * ones, and those that only watch interfaces.
 */
import type { MfcError } from '../errors';
import { Guard } from '../routing/guard';
import { Plan } from '../routing/plan';
import { parseRails, type RailSettings } from '../routing/rails';
import type { Route } from '../routing/route';
import type { TableState } from '../routing/table';
import { parseWatched } from '../routing/watching';
import { closed, type Installer } from './installer';
import { loadRoutes } from './load';
import type { StateFile } from './state-file';

/** As a user has set them. */
export interface BeginningOptions {
  /** What messages may do; all, if absent. */
  rails?: RailSettings | undefined;
  /** Interfaces that have VIFs in any case, so that streams are seen there: names or patterns, separated by commas. */
  watchInterfaces?: string | undefined;
}

export interface BeginningListener {
  /** Notes the routes in the table. */
  commit(state: TableState): void;
  /** Saved routes whose time was over before they were loaded. */
  ended(routes: readonly Route[]): void;
  /** The file has what is left out now. */
  stale(): void;
  warn(warning: MfcError): void;
}

/** Why a saved route is pending before its table is open. */
const NOT_YET = 'The routing table is not open yet.';

export class Beginning {
  private guard_: Guard | undefined;
  private isLoaded = false;

  constructor(
    private readonly installer: Installer,
    private readonly file: StateFile,
    private readonly options: BeginningOptions,
    private readonly listener: BeginningListener,
  ) {}

  /** Throws ERR_MFC_NOT_OPEN before it is loaded: that is as soon as any table is to be opened. */
  get guard(): Guard {
    if (this.guard_ === undefined) throw closed();
    return this.guard_;
  }

  /** Does nothing if it is done. Throws what a setting or the file has against it; then it can be called again. */
  async load(): Promise<void> {
    const { rails = {}, watchInterfaces } = this.options;
    this.guard_ ??= new Guard(parseRails(rails), this.installer.table);
    const watched = parseWatched(watchInterfaces);
    if (this.isLoaded) return;
    const { routes, ended, warnings, isStale } = await loadRoutes(this.file);
    const kept = routes.filter((route) => !this.guard.hasReserved(route));
    const plan = new Plan(this.installer.table, this.installer.survey());
    for (const route of [...kept, ...this.guard.reserved, ...watched]) plan.keep(route, NOT_YET);
    this.listener.commit(plan.next);
    this.isLoaded = true;
    this.listener.ended(ended);
    for (const warning of warnings) this.listener.warn(warning);
    if (isStale || kept.length < routes.length) this.listener.stale();
  }
}
