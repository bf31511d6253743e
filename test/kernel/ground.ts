// What the contract of kernels stands on: a kernel, what can be done to the world around it, and how a refusal is told.

import { deepEqual, throws } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { Kernel } from '../../src/kernel/kernel';
import type { TableSnapshot } from '../fake/table';
import type { Estate } from './heir';
import type { Order } from './intruder-program';

/** A kernel, and the world around it that it tells about. */
export interface Ground {
  readonly kernel: Kernel;
  addLink(name: string): Promise<void>;
  delLink(name: string): Promise<void>;
  renameLink(from: string, to: string): Promise<void>;
  setLink(name: string, change: 'up' | 'down' | 'multicast on' | 'multicast off'): Promise<void>;
  /** To another network namespace and back: with the same name and index, down. */
  moveLink(name: string): Promise<void>;
  /** Another program makes or deletes entries. */
  intrude(order: Order): Promise<void>;
  /** The owner socket of a process that was killed: its number in this one. */
  inherit(estate: Estate): Promise<number>;
  /** Address of the sender. */
  source(version: IpVersion): string;
  /** The sender sends to a group; its packets come in on `camera`. */
  send(group: string, count: number): Promise<void>;
  /** The same host joins a group, and leaves it. */
  join(group: string): Promise<void>;
  leave(group: string): Promise<void>;
  /** VIFs and entries of the family's default table, as anybody can see them. */
  read(version: IpVersion): TableSnapshot;
  /** What this machine has joined, as anybody can see it: `eth1 (*, 239.1.1.1)`. Groups that every machine joins are left out. */
  joined(version: IpVersion): string[];
  close(): Promise<void>;
}

export function refuses(call: () => unknown, code: string, errno: string, syscall: string): void {
  throws(call, (error: { code?: string; cause?: { errno?: string; syscall?: string } }) => {
    deepEqual([error.code, error.cause?.errno, error.cause?.syscall], [code, errno, syscall]);
    return true;
  });
}
