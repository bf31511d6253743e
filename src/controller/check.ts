/**
 * Whether a controller could open its table, asked before it is deployed: the table is opened, and closed again at once.
 */
import type { IpVersion } from '../abi/address';
import { messageOf } from '../errors';
import type { Kernel } from '../kernel/kernel';
import { linux } from '../kernel/linux';
import { parseTableId } from './settings';

/**
 * Answers in a sentence what there is. Throws why there is none: IPv4 is what a controller opens at once. That IPv6 cannot be opened is
 * only said.
 *
 * @param table as a user wrote it; blank is the kernel's default one
 */
export function checkTable(table: string | number | undefined, kernel: Pick<Kernel, 'openMroute'> = linux): string {
  const id = parseTableId(table);
  const open = (version: IpVersion): void => kernel.openMroute(version, id).close();
  open(4);
  try {
    open(6);
    return 'The rights are there, and the table is free.';
  } catch (error) {
    return `The rights are there, and the IPv4 table is free. Not so for IPv6: ${messageOf(error)}`;
  }
}
