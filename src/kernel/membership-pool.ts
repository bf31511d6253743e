/**
 * As many sockets as it takes for joins of one kind: of one family, and either of groups or of sources of groups.
 *
 * How much a socket has room for is not asked for, since an administrator can change it at any time: it is full when the kernel says so.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Family } from '../abi/family';
import { fault } from './faults';
import { MembershipSocket } from './membership-socket';

export class MembershipPool {
  private readonly sockets = new Set<MembershipSocket>();
  /** Those that have room for another group, as far as is known. */
  private readonly roomy = new Set<MembershipSocket>();
  /** By interface and group: those that have joined some of its sources and have room for another, as far as is known. */
  private readonly homes = new Map<string, Set<MembershipSocket>>();

  /** @param onOpen a socket was opened */
  constructor(
    private readonly family: Family,
    private readonly onOpen: () => void,
  ) {}

  fds(): number[] {
    return Array.from(this.sockets, ({ fd }) => fd);
  }

  /** Answers the socket that has joined. A group with a source must not be joined twice with the same source. */
  join(ifindex: number, group: string, source: string | undefined): MembershipSocket {
    const socket =
      this.joinAtHome(ifindex, group, source) ??
      this.joinWhereRoomIs(ifindex, group, source) ??
      this.joinAnew(ifindex, group, source);
    if (source !== undefined) this.addHome(ifindex, group, socket);
    return socket;
  }

  leave(socket: MembershipSocket, ifindex: number, group: string, source: string | undefined): void {
    socket.leave(ifindex, group, source);
    if (socket.has(ifindex, group)) {
      this.addHome(ifindex, group, socket);
      return;
    }
    this.delHome(ifindex, group, socket);
    this.roomy.add(socket);
    // One that is empty stays for the next join, unless there is room elsewhere.
    if (socket.isEmpty && this.roomy.size > 1) this.close(socket);
  }

  async closeAll(): Promise<void> {
    for (const socket of this.sockets) {
      this.close(socket);
      await nextTurn();
    }
  }

  private joinAtHome(ifindex: number, group: string, source: string | undefined): MembershipSocket | undefined {
    for (const socket of this.homes.get(homeOf(ifindex, group)) ?? []) {
      if (socket.tryJoin(ifindex, group, source) === undefined) return socket;
      this.delHome(ifindex, group, socket);
    }
    return undefined;
  }

  private joinWhereRoomIs(ifindex: number, group: string, source: string | undefined): MembershipSocket | undefined {
    for (const socket of this.roomy) {
      if (socket.has(ifindex, group)) continue; // with as many sources of it as it has room for
      if (socket.tryJoin(ifindex, group, source) === undefined) return socket;
      this.roomy.delete(socket);
    }
    return undefined;
  }

  private joinAnew(ifindex: number, group: string, source: string | undefined): MembershipSocket {
    const socket = new MembershipSocket(this.family);
    try {
      const refusal = socket.tryJoin(ifindex, group, source);
      if (refusal !== undefined)
        throw fault(source === undefined ? 'MCAST_JOIN_GROUP' : 'MCAST_JOIN_SOURCE_GROUP', refusal);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.sockets.add(socket);
    this.roomy.add(socket);
    this.onOpen();
    return socket;
  }

  private addHome(ifindex: number, group: string, socket: MembershipSocket): void {
    const home = homeOf(ifindex, group);
    const sockets = this.homes.get(home);
    if (sockets === undefined) this.homes.set(home, new Set([socket]));
    else sockets.add(socket);
  }

  private delHome(ifindex: number, group: string, socket: MembershipSocket): void {
    const home = homeOf(ifindex, group);
    const sockets = this.homes.get(home);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.homes.delete(home);
  }

  private close(socket: MembershipSocket): void {
    this.sockets.delete(socket);
    this.roomy.delete(socket);
    socket.close();
  }
}

function homeOf(ifindex: number, group: string): string {
  return `${ifindex} ${group}`;
}
