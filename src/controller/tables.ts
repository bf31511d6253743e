/**
 * Opens the tables of both families when they are needed, and tries again while another program owns one.
 */
import type { IpVersion } from '../abi/address';
import { MfcError } from '../errors';
import { inherit } from './inheritance';
import { closed, type Installer } from './installer';
import type { Opened, Opening } from './opening';
import { Retry } from './retry';

/** A message that comes while the controller starts waits so long for its table. */
const PATIENCE_MS = 5_000;

export interface TablesListener {
  /** What has to be done before a table is opened; called again if it throws. */
  prepare(): Promise<void>;
  /** The table of a family is open, with all saved routes that can be there. */
  opened(version: IpVersion): void;
  /** The table of a family could not be opened, or none could. */
  failed(error: unknown, version: IpVersion | undefined): void;
  /** Whether a table is open, or why not, has changed. */
  changed(): void;
  /** It may be worth trying again: call `openAll` when nothing else is under way. */
  due(): void;
  warn(warning: MfcError): void;
}

export class Tables {
  /** Why the last attempt failed. */
  failure: MfcError | undefined;
  private readonly retry: Retry;
  private patientUntil = 0;
  private told = '';
  private isPrepared = false;
  /** What an earlier process left may be had by now. */
  private isToLookAgain = false;
  private isClosing = false;

  constructor(
    private readonly installer: Installer,
    private readonly opening: Opening,
    private readonly listener: TablesListener,
  ) {
    this.retry = new Retry(() => {
      this.isToLookAgain = true;
      listener.due();
    });
  }

  /** From now on messages wait for the tables. */
  start(): void {
    this.patientUntil = performance.now() + PATIENCE_MS;
  }

  /** The table may be free. */
  ownerChanged(version: IpVersion): void {
    if (!this.installer.sockets.has(version)) this.retry.now();
  }

  /** Opens the IPv4 table, and the IPv6 one if a saved route needs it. Neither needs the other: throws if none can be opened. */
  async openAll(): Promise<void> {
    await this.prepare();
    const versions = new Set<IpVersion>([4, ...this.opening.versions]);
    for (const { version } of this.installer.table.listOwn()) versions.add(version);
    const failures: unknown[] = [];
    for (const version of versions) await this.open(version).catch((error) => failures.push(error));
    if (failures.length === 0) this.retry.stop();
    else if (this.installer.sockets.size === 0) throw failures[0];
    this.tellOf(failures[0]);
  }

  /** Sees to it that a table is open, of one family or of any. While the controller is new, it waits for what another program owns. */
  async enter(version?: IpVersion): Promise<void> {
    const { sockets } = this.installer;
    while (version === undefined ? sockets.size === 0 : !sockets.has(version)) {
      try {
        await (version === undefined ? this.openAll() : this.open(version));
      } catch (error) {
        const left = this.patientUntil - performance.now();
        if (this.isClosing || left <= 0 || !isInUse(error)) throw error;
        await this.retry.next(left);
      }
    }
  }

  /** No table is opened any more. */
  end(): void {
    this.isClosing = true;
    this.retry.stop();
  }

  private async open(version: IpVersion): Promise<void> {
    const { sockets } = this.installer;
    if (sockets.has(version)) return;
    await this.prepare();
    let opened: Opened | undefined;
    try {
      opened = this.opening.open(version);
      sockets.set(version, opened.socket);
      await inherit(this.installer, version, opened.socket, opened.isFresh);
      this.installer.learner.listen();
      await this.opening.keep(version, opened.socket);
    } catch (error) {
      this.installer.lose(version, error);
      const isToBeTaken = opened !== undefined && this.opening.giveBack(version, opened);
      this.fail(error, version, isToBeTaken || isInUse(error));
    }
    this.failure = undefined;
    this.listener.opened(version);
  }

  private async prepare(): Promise<void> {
    if (this.isClosing) throw closed();
    if (this.isPrepared && !this.isToLookAgain) return;
    this.isToLookAgain = false;
    try {
      if (!this.isPrepared) await this.listener.prepare();
      await this.opening.look();
      this.isPrepared = true;
    } catch (error) {
      this.fail(error, undefined);
    }
  }

  /** That one family of two cannot be opened is told once. */
  private tellOf(failure: unknown): void {
    const text = failure instanceof MfcError ? failure.message : '';
    if (failure instanceof MfcError && text !== this.told) this.listener.warn(failure);
    this.told = text;
  }

  private fail(error: unknown, version: IpVersion | undefined, isWorthRetrying = isInUse(error)): never {
    if (error instanceof MfcError) this.failure = error;
    this.listener.failed(error, version);
    if (isWorthRetrying && !this.isClosing) this.retry.schedule();
    this.listener.changed();
    throw error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof MfcError && error.code === 'ERR_MFC_TABLE_IN_USE';
}
