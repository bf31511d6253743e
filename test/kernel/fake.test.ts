// The fake kernel keeps the contract of the real one.

import { FakeKernel } from '../fake/kernel';
import { visible } from '../fake/table';
import { describeKernel } from './contract';
import type { Ground } from './ground';

const SOURCES = { 4: '10.0.1.2', 6: 'fd00:1::2' } as const;

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
      const version = group.includes(':') ? 6 : 4;
      kernel.receive('camera', version, SOURCES[version], group, count);
    },
    read: (version) => visible(kernel.table(version) ?? { vifs: {}, entries: {} }),
    close: async () => undefined,
  };
}

describeKernel('the fake', open, [4, 6]);
