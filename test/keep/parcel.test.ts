// Many descriptors in one, seen from what sockets hold in the kernel: groups that this machine has joined.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { discard, pack } from '../../src/keep/parcel';
import { close } from '../../src/kernel/libc';
import { linux } from '../../src/kernel/linux';
import { duplicate, isInherited } from '../../src/kernel/unix';
import { joinedGroups } from '../kernel/joined';
import { Lab } from '../lab/lab';
import { until } from '../lab/until';

/** More than fit one message. */
const SOCKETS = 600;

describe('keep: a parcel', () => {
  let lab: Lab;
  let ifindex: number;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1');
    ifindex = linux.findLink('eth1')?.ifindex ?? -1;
  });
  after(() => lab.close());

  /** Sockets that have joined a group each. */
  function join(count: number): { fds: number[]; close(): Promise<void> } {
    const all = Array.from({ length: count }, () => linux.openMemberships());
    for (const [n, one] of all.entries()) one.join(4, ifindex, `239.1.${n >> 8}.${n & 255}`, undefined);
    const closeAll = async () => {
      for (const one of all) await one.close();
    };
    return { fds: all.flatMap((one) => one.fds()), close: closeAll };
  }
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const emptied = () => until(() => joinedGroups(4).size === 0, 'the groups should be left');

  it('keeps all sockets in it open, and takes one descriptor', async () => {
    const before = openFiles();
    const sockets = join(SOCKETS);
    const parcel = pack(sockets.fds);
    await sockets.close();
    equal(joinedGroups(4).size, SOCKETS);
    equal(openFiles(), before + 1);
    equal(isInherited(parcel), false);
    close(parcel);
    await emptied();
    equal(openFiles(), before);
  });

  it('is discarded with all sockets in it, for all who have it, and without holding the event loop', async () => {
    const before = openFiles();
    const sockets = join(SOCKETS);
    const parcel = pack(sockets.fds);
    const copy = duplicate(parcel);
    await sockets.close();
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await discard(parcel);
    clearImmediate(timer);
    equal(joinedGroups(4).size, 0);
    ok(turns >= SOCKETS - 1, `${turns} turns`);
    close(copy);
    equal(openFiles(), before);
  });

  it('of nothing is one as well', () => {
    const before = openFiles();
    close(pack([]));
    equal(openFiles(), before);
  });

  it('may be packed and closed while its sockets are in use', async () => {
    const sockets = join(3);
    close(pack(sockets.fds));
    equal(joinedGroups(4).size, 3);
    await sockets.close();
    equal(joinedGroups(4).size, 0);
  });

  it('may be in a parcel', async () => {
    const sockets = join(3);
    const inner = pack(sockets.fds);
    const outer = pack([inner]);
    await sockets.close();
    close(inner);
    equal(joinedGroups(4).size, 3);
    close(outer);
    await emptied();
  });

  it('that would be too large is refused, and nothing is left open', () => {
    const before = openFiles();
    throws(
      () => pack(new Array(100_000).fill(0)),
      (error: { code?: string; message?: string }) => {
        deepEqual([error.code, /more sockets than can be kept/.test(error.message ?? '')], ['ERR_MFC_STORE', true]);
        return true;
      },
    );
    equal(openFiles(), before);
  });
});
