// The fake kernel keeps the contract of the real one.

import { deepEqual, equal, throws } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { Watch } from '../../src/kernel/kernel';
import { FakeKernel } from '../fake/kernel';
import { visible } from '../fake/table';
import { joins, leaves } from '../streams/said';
import { describeKernel } from './contract';
import { Diary } from './diary';
import type { Ground } from './ground';

const SOURCES = { 4: '10.0.1.2', 6: 'fd00:1::2' } as const;

const versionOf = (group: string): IpVersion => (group.includes(':') ? 6 : 4);

async function open(): Promise<Ground> {
  const kernel = new FakeKernel('camera');
  return {
    kernel,
    addLink: async (name) => void kernel.addLink(name),
    delLink: async (name) => kernel.delLink(name),
    renameLink: async (from, to) => kernel.renameLink(from, to),
    setLink: async (name, change) => {
      const on = change === 'up' || change === 'multicast on';
      kernel.setLink(name, change.startsWith('multicast') ? { multicast: on } : { up: on });
    },
    moveLink: async (name) => {
      const link = kernel.findLink(name);
      kernel.delLink(name);
      if (link !== undefined) kernel.returnLink({ ...link, up: false });
    },
    intrude: async ({ verb, entries, table }) => {
      for (const entry of entries)
        kernel.otherProgram(entry.version, table)[verb === 'add' ? 'addMfc' : 'delMfc'](entry);
    },
    inherit: async ({ version, table, vifs, entries }) => {
      const socket = kernel.openMroute(version, table);
      for (const [vifi, ifindex] of vifs.entries()) socket.addVif(vifi, ifindex);
      for (const entry of entries) socket.addMfc(entry);
      const holder = kernel.hold(socket.fd);
      kernel.kill();
      const fd = holder.give();
      holder.letGo();
      return fd;
    },
    source: (version) => SOURCES[version],
    send: async (group, count) => {
      const version = versionOf(group);
      kernel.receive('camera', version, SOURCES[version], group, count);
    },
    join: async (group) => kernel.report('camera', SOURCES[versionOf(group)], joins(group)),
    leave: async (group) => kernel.report('camera', SOURCES[versionOf(group)], leaves(group)),
    read: (version) => visible(kernel.table(version) ?? { vifs: {}, entries: {} }),
    joined: (version) => kernel.joined().filter((join) => join.includes(':') === (version === 6)),
    close: async () => undefined,
  };
}

describeKernel('the fake', open, [4, 6]);

describe('kernel: what the fake can do beyond', () => {
  const entry = { version: 4, source: '*', group: '239.1.1.1', parent: 0, outputs: [] } as const;
  let kernel: FakeKernel;
  let watch: Watch;
  const diary = new Diary();

  beforeEach(() => {
    kernel = new FakeKernel('eth1');
    watch = kernel.watch(undefined, diary);
    diary.clear();
  });

  it('tells late, when it is released or drained', async () => {
    kernel.holdEvents();
    kernel.setLink('eth1', { up: false });
    await new Promise(setImmediate);
    deepEqual(diary.lines, []);
    watch.drain();
    deepEqual(diary.lines, ['link eth1 2']);
    kernel.otherProgram(4).addMfc(entry);
    await new Promise(setImmediate);
    equal(diary.lines.length, 1);
    kernel.releaseEvents();
    deepEqual(diary.lines, ['link eth1 2', 'made (*, 239.1.1.1)']);
  });

  it('loses what happens until it is drained, and says so if anything did', () => {
    kernel.setLink('eth1', { up: false });
    kernel.loseEvents();
    kernel.otherProgram(4).addMfc(entry);
    watch.drain();
    deepEqual(diary.lines, ['link eth1 2', 'overflow']);
    kernel.otherProgram(4).delMfc(entry);
    kernel.loseEvents();
    watch.drain();
    deepEqual(diary.lines, ['link eth1 2', 'overflow', 'gone (*, 239.1.1.1)']);
  });

  it('keeps a table while a holder has its socket, over kills', () => {
    const holder = kernel.hold(kernel.openMroute(4, undefined).fd);
    kernel.kill();
    const socket = kernel.adoptMroute(4, undefined, holder.give());
    socket.addMfc(entry);
    kernel.kill();
    throws(() => socket.addMfc(entry), { code: 'ERR_MFC_SYSCALL' });
    deepEqual(Object.keys(kernel.table(4)?.entries ?? {}), ['(*, 239.1.1.1)']);
    deepEqual(diary.lines, []); // the process that listened is dead
    holder.letGo();
    equal(kernel.table(4), undefined);
  });
});
