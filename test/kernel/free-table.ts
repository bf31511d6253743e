// Whether nobody owns a table.

import { linux } from '../../src/kernel/linux';

/** Of IPv4; undefined is the default one. */
export function isFree(table?: number): boolean {
  try {
    linux.openMroute(4, table).close();
    return true;
  } catch {
    return false;
  }
}
