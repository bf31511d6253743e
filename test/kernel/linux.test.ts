// The real kernel keeps the contract, and it cannot do what the structs have no room for.

import { deepEqual, match, throws } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import { MfcError } from '../../src/errors';
import { linux } from '../../src/kernel/linux';
import { hasIPv6 } from '../lab/ip';
import { Lab } from '../lab/lab';
import { describeKernel } from './contract';
import type { Ground } from './ground';
import { inherit } from './heir';
import { Intruder } from './intruder';
import { joined } from './joined';
import { readProc } from './proc';

const versions: readonly IpVersion[] = hasIPv6 ? [4, 6] : [4];

async function open(): Promise<Ground> {
  const lab = await Lab.open();
  const camera = await lab.host('camera');
  const intruder = new Intruder();
  return {
    kernel: linux,
    addLink: (name) => lab.link(name),
    delLink: (name) => lab.unlink(name),
    renameLink: (from, to) => lab.rename(from, to),
    setLink: async (name, change) => {
      if (change === 'up' || change === 'down') await lab.setLink(name, change);
      else await lab.ip('link', 'set', name, ...change.split(' '));
    },
    moveLink: async (name) => {
      await lab.ip('link', 'set', 'dev', name, 'netns', String(camera.pid));
      const back = ['link', 'set', 'dev', name, 'netns', String(process.pid)];
      await camera.ip(...back);
    },
    intrude: (order) => intruder.do(order),
    inherit,
    source: (version) => (version === 4 ? camera.ipv4 : camera.ipv6),
    send: async (group, count) => void (await camera.send(group, { count })),
    join: (group) => camera.join(group),
    leave: (group) => camera.leave(group),
    read: readProc,
    joined,
    close: async () => {
      await intruder.end();
      await lab.close();
    },
  };
}

describeKernel('Linux', open, versions);

describe('kernel: rules of Linux', () => {
  for (const version of versions) {
    it(`are listed for IPv${version}, with interface and table`, async () => {
      const lab = await Lab.open();
      const mrule = (...args: string[]) => lab.ip(version === 4 ? '-4' : '-6', 'mrule', ...args);
      const before = linux.listRules(version);
      const own = { table: 70_000, iif: '日本語の五' };
      await mrule('add', 'iif', own.iif, 'lookup', '70000');
      await mrule('add', 'unreachable');
      await mrule('add', 'lookup', '700');
      try {
        const added = linux.listRules(version).filter((rule) => !before.some(({ table }) => table === rule.table));
        deepEqual(
          added.sort((a, b) => a.table - b.table),
          [{ table: 700 }, own],
        );
      } finally {
        await mrule('del', 'iif', own.iif, 'lookup', '70000');
        await mrule('del', 'unreachable');
        await mrule('del', 'lookup', '700');
      }
      deepEqual(linux.listRules(version), before);
      await lab.close();
    });
  }
});

describe('kernel: limits of Linux', () => {
  for (const version of versions) {
    it(`says so where an interface index does not fit IPv${version}`, () => {
      const socket = linux.openMroute(version, undefined);
      const tooHigh = version === 4 ? 0x80000000 : 0x10000;
      try {
        throws(
          () => socket.addVif(0, tooHigh),
          (error) => {
            match(String(error), new RegExp(`index ${tooHigh} does not fit the kernel's IPv${version}`));
            deepEqual(error instanceof MfcError && error.code, 'ERR_MFC_SYSCALL');
            return true;
          },
        );
        deepEqual(readProc(version).vifs, {});
      } finally {
        socket.close();
      }
    });
  }
});
