// node dist/test/kernel/intruder-program.js — a program with CAP_NET_ADMIN that does not own the table: makes and deletes entries as it is
// told by messages, and answers each when it is done.

import { putU32 } from '../../src/abi/endian';
import { familyOf } from '../../src/abi/families';
import { type MfcEntry, MRT_ADD_MFC, MRT_DEL_MFC, MRT_TABLE } from '../../src/abi/family';
import { close, rawSocket, setsockopt } from '../../src/kernel/libc';

/** What the program is told to do. */
export interface Order {
  readonly verb: 'add' | 'del';
  readonly entries: readonly MfcEntry[];
  /** Blank for the default table. */
  readonly table?: number;
}

function obey({ verb, entries, table }: Order): void {
  const family = familyOf(entries[0]?.version ?? 4);
  const fd = rawSocket(family.domain, family.protocol);
  const id = new Uint8Array(4);
  putU32(id, 0, table ?? family.defaultTable);
  setsockopt(fd, family.level, MRT_TABLE, id, id.length, 'MRT_TABLE');
  const bytes = new Uint8Array(family.mfcSize);
  for (const entry of entries) {
    family.encodeMfc(bytes, entry);
    const option = verb === 'add' ? MRT_ADD_MFC : MRT_DEL_MFC;
    setsockopt(fd, family.level, option, bytes, bytes.length, `MRT_${verb.toUpperCase()}_MFC`);
  }
  close(fd);
}

process.on('message', (order: Order) => {
  obey(order);
  process.send?.('done');
});
