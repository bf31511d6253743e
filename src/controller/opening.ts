/**
 * Gets the owner sockets of one table: from who has kept them, or anew from the kernel.
 *
 * What earlier ones have joined stays joined until it is joined anew: only then no switch stops a stream.
 */
import type { IpVersion } from '../abi/address';
import { MfcError } from '../errors';
import type { Keeper, KeeperOptions } from '../keep/keeper';
import { openKeeper } from '../keep/open-keeper';
import { discard, pack } from '../keep/parcel';
import type { MrouteSocket } from '../kernel/kernel';
import { close } from '../kernel/libc';
import type { Installer } from './installer';
import { parseKeepSeconds } from './settings';

export interface KeepingPlace extends Omit<KeeperOptions, 'seconds'> {
  /** How long, if this process does not come back; blank for the default. */
  seconds?: string | number | undefined;
}

export interface KeepOptions {
  /** Where sockets can outlive this process. Undefined: nowhere, and nothing is looked for there. */
  keeping?: KeepingPlace | undefined;
  /** Whether they are to outlive it. If not, what an earlier process left is taken over all the same. */
  keepForwarding?: boolean | undefined;
}

/** What a successor takes over from the one before. */
export interface Kept {
  readonly sockets: ReadonlyMap<IpVersion, MrouteSocket>;
  /** As `takeJoins` answers. */
  readonly joins: readonly number[];
  /** Who keeps these beyond this process, if anybody does. The successor goes on with that, or lets it go. */
  readonly keeper?: Keeper | undefined;
}

export interface Opened {
  readonly socket: MrouteSocket;
  /** Nobody had the table before. */
  readonly isFresh: boolean;
}

/** What a kept socket is called: `ipv4-default`, `ipv6-100`. */
function nameOf(version: IpVersion, table: number | undefined): string {
  return `ipv${version}-${table ?? 'default'}`;
}

function parseName(name: string): { version: IpVersion; table: number | undefined } | undefined {
  const [, version, table] = /^ipv([46])-(default|\d+)$/.exec(name) ?? [];
  if (version === undefined) return undefined;
  return { version: version === '4' ? 4 : 6, table: table === 'default' ? undefined : Number(table) };
}

/** What the sockets of all joins are kept as: one parcel. */
const JOINS = 'joins';

export class Opening {
  private keeper: Keeper | undefined;
  /** What an earlier process left was taken: there is nothing more to look for, also when nobody keeps anything any more. */
  private hasLooked = false;
  /** Sockets that wait to be taken over. */
  private readonly left = new Map<IpVersion, MrouteSocket>();
  /** Parcels of sockets that hold what earlier ones have joined. */
  private leftJoins: number[] = [];

  constructor(
    private readonly installer: Pick<Installer, 'kernel' | 'tableId' | 'openSocket'>,
    private readonly options: KeepOptions,
    private readonly warn: (warning: MfcError) => void,
  ) {}

  /** The families that there is something to take over of. */
  get versions(): IpVersion[] {
    return Array.from(this.left.keys());
  }

  /** What a controller had that this one follows. */
  async follow({ sockets, joins, keeper }: Kept): Promise<void> {
    for (const [version, socket] of sockets) this.left.set(version, socket);
    this.leftJoins.push(...joins);
    if (keeper === undefined) return;
    if (await this.goesOnWith(keeper)) this.use(keeper);
    else await this.trying(() => keeper.release());
  }

  /** It is a successor's from now on: for `follow`. */
  takeKeeper(): Keeper | undefined {
    const { keeper } = this;
    this.keeper = undefined;
    return keeper;
  }

  /**
   * Takes what an earlier process has left. Throws if another living one is served. Call again while a table is in use: who keeps it may
   * have been too busy to answer.
   */
  async look(): Promise<void> {
    if (this.hasLooked) return;
    const keeper = await this.newKeeper();
    this.use(keeper);
    const table = this.installer.tableId();
    let isOther = false;
    for (const [name, fd] of keeper?.take() ?? []) {
      if (name === JOINS) {
        this.leftJoins.push(fd);
        continue;
      }
      const kept = parseName(name);
      const socket = this.adopt(kept?.version ?? 4, kept?.table, fd);
      if (kept !== undefined && socket !== undefined && kept.table === table) this.left.set(kept.version, socket);
      else isOther = true;
      if (kept?.table !== table) socket?.close();
    }
    if (!isOther && this.options.keepForwarding === true) return;
    await this.release();
    if (this.options.keepForwarding === true) this.use(await this.newKeeper());
  }

  /** Throws why it cannot. */
  open(version: IpVersion): Opened {
    const socket = this.left.get(version);
    if (socket === undefined) return { socket: this.installer.openSocket(version), isFresh: true };
    this.left.delete(version);
    return { socket, isFresh: false };
  }

  /** The table could not be taken into use. Answers whether it goes on as it is, for the next attempt: an earlier process made it. */
  giveBack(version: IpVersion, { socket, isFresh }: Opened): boolean {
    if (isFresh) socket.close();
    else this.left.set(version, socket);
    return !isFresh;
  }

  /** Sockets that were not taken over; they are the caller's now. */
  takeRest(): Map<IpVersion, MrouteSocket> {
    const rest = new Map(this.left);
    this.left.clear();
    return rest;
  }

  /** From now on the socket outlives this process, if that is wanted. */
  async keep(version: IpVersion, socket: MrouteSocket): Promise<void> {
    if (this.options.keepForwarding !== true) return;
    await this.trying(() => this.keeper?.keep(nameOf(version, this.installer.tableId()), socket.fd));
  }

  /**
   * From now on these sockets outlive this process, if that is wanted, instead of those before. Call when all that is to be joined is
   * joined, and when a socket was opened: what earlier ones have joined ends here.
   */
  async keepJoins(fds: readonly number[]): Promise<void> {
    const isAny = fds.length > 0 || this.leftJoins.length > 0;
    if (this.options.keepForwarding === true && isAny) await this.trying(() => this.keepParcel(fds));
    await this.dropJoins();
  }

  /** What these sockets and earlier ones hold stays joined: for `follow` of the next one. */
  takeJoins(fds: readonly number[]): number[] {
    try {
      if (fds.length > 0) this.leftJoins.push(pack(fds));
    } catch (error) {
      this.warnOf(error); // they are left and joined again
    }
    return this.leftJoins.splice(0);
  }

  /** What earlier ones have joined ends, as far as it was not joined anew. */
  async dropJoins(): Promise<void> {
    for (const parcel of this.leftJoins.splice(0)) await this.trying(() => discard(parcel));
  }

  /** From now on no socket outlives this process. */
  async release(): Promise<void> {
    const keeper = this.takeKeeper();
    await this.trying(() => keeper?.release());
  }

  /** Undefined if there is none: then `look` tries again. */
  private use(keeper: Keeper | undefined): void {
    this.keeper = keeper;
    this.hasLooked = keeper !== undefined;
  }

  /** At no time is nothing kept, so a process that ends in the middle of a deploy loses no stream. */
  private async goesOnWith(keeper: Keeper): Promise<boolean> {
    if (this.options.keepForwarding !== true || this.keeper !== undefined) return false;
    try {
      const options = this.keeperOptions();
      return options !== undefined && (await keeper.goOnFor(options));
    } catch {
      return false; // the settings make no sense: `look` throws it
    }
  }

  private async keepParcel(fds: readonly number[]): Promise<void> {
    const parcel = pack(fds);
    try {
      await this.keeper?.keep(JOINS, parcel);
    } finally {
      close(parcel);
    }
  }

  /** Undefined if sockets cannot be kept. Throws if another living process is served, or the settings make no sense. */
  private async newKeeper(): Promise<Keeper | undefined> {
    const options = this.keeperOptions();
    if (options === undefined) return undefined;
    try {
      return await openKeeper(options);
    } catch (error) {
      if (error instanceof MfcError && error.code === 'ERR_MFC_TABLE_IN_USE') throw error;
      this.warnOf(error);
      return undefined;
    }
  }

  /** Undefined if sockets are kept nowhere. Throws if the settings make no sense. */
  private keeperOptions(): KeeperOptions | undefined {
    const { keeping } = this.options;
    return keeping && { ...keeping, seconds: parseKeepSeconds(keeping.seconds) };
  }

  private adopt(version: IpVersion, table: number | undefined, fd: number): MrouteSocket | undefined {
    try {
      return this.installer.kernel.adoptMroute(version, table, fd);
    } catch (error) {
      this.warnOf(error);
      return undefined;
    }
  }

  /** Routes are as good with a keeper that fails as without one. */
  private async trying(action: () => Promise<void> | undefined): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.warnOf(error);
    }
  }

  private warnOf(error: unknown): void {
    this.warn(error instanceof MfcError ? error : new MfcError('ERR_MFC_SYSCALL', String(error)));
  }
}
