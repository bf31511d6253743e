/**
 * One step of a plan, as a value: what the kernel is to be asked, and what takes it back.
 */
import type { IpVersion } from '../abi/address';
import type { MfcEntry } from '../abi/family';

export interface VifOperation {
  readonly op: 'add_vif' | 'del_vif';
  readonly version: IpVersion;
  readonly vifi: number;
  /** Interface name. */
  readonly name: string;
  readonly ifindex: number;
}

export interface MfcOperation extends MfcEntry {
  readonly op: 'add_mfc' | 'del_mfc';
  /** The entry that `add_mfc` replaces, if it does. */
  readonly before?: MfcEntry;
}

export type Operation = VifOperation | MfcOperation;

/** The operation that takes `operation` back. */
export function inverse(operation: Operation): Operation {
  switch (operation.op) {
    case 'add_vif':
      return { ...operation, op: 'del_vif' };
    case 'del_vif':
      return { ...operation, op: 'add_vif' };
    case 'add_mfc':
      return operation.before === undefined
        ? { ...operation, op: 'del_mfc' }
        : { ...operation.before, op: 'add_mfc', before: operation };
    case 'del_mfc':
      return { ...operation, op: 'add_mfc' };
  }
}

/** A step as `dry_run` shows it, in the user's words. */
export type PlanStep =
  | { op: 'add_vif' | 'del_vif'; vifi: number; interface: string }
  | {
      op: 'add_mfc' | 'replace_mfc' | 'del_mfc';
      source: string;
      group: string;
      parent: number;
      ttls: Record<string, number>;
    };

export function describe(operation: Operation): PlanStep {
  if ('vifi' in operation) {
    return { op: operation.op, vifi: operation.vifi, interface: operation.name };
  }
  const { op, before, source, group, parent, outputs } = operation;
  const ttls = Object.fromEntries(outputs.map(({ vifi, threshold }) => [vifi, threshold]));
  return { op: before === undefined ? op : 'replace_mfc', source, group, parent, ttls };
}
