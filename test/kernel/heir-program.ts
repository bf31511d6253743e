// node dist/test/kernel/heir-program.js — becomes the owner of a table by its file 3, does there what it is told by a message, answers,
// and stays until it is killed.

import { putU32 } from '../../src/abi/endian';
import { familyOf } from '../../src/abi/families';
import { MRT_INIT, MRT_TABLE } from '../../src/abi/family';
import { setsockopt } from '../../src/kernel/libc';
import { LinuxMrouteSocket } from '../../src/kernel/mroute-socket';
import type { Estate } from './heir';

const FD = 3;

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value);
  return bytes;
}

process.on('message', ({ version, table, vifs, entries }: Estate) => {
  const family = familyOf(version);
  if (table !== undefined) setsockopt(FD, family.level, MRT_TABLE, int(table), 4, 'MRT_TABLE');
  setsockopt(FD, family.level, MRT_INIT, int(1), 4, 'MRT_INIT');
  const socket = new LinuxMrouteSocket(family, FD, table ?? family.defaultTable);
  for (const [vifi, ifindex] of vifs.entries()) socket.addVif(vifi, ifindex);
  for (const entry of entries) socket.addMfc(entry);
  process.send?.('done');
});
