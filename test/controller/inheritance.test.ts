// Tables that are in the kernel already: an earlier process had them, another program wrote into them, or an earlier controller hands
// them over. What is right is not written again.

import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IpVersion } from '../../src/abi/address';
import { Controller } from '../../src/controller/controller';
import { fault } from '../../src/kernel/faults';
import type { MrouteSocket } from '../../src/kernel/kernel';
import type { Rule } from '../../src/routing/route';
import { FakeKernel } from '../fake/kernel';
import { until } from '../lab/until';
import { checkConsistent } from './consistent';

const A: Rule = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', { name: 'out2', threshold: 9 }] };
const B: Rule = { source: '*', group: '239.1.1.2', iif: 'in1', oifs: ['out1'] };
const C: Rule = { source: 'fd00::1', group: 'ff3e::1', iif: 'in1', oifs: ['out3'] };

/** The calls that write what is listed, where a saved route names an interface without a VIF. */
const AS_LISTED = ['MRT_ADD_MFC (10.0.0.1, 239.1.1.1)', 'MRT_ADD_MFC (*, 239.1.1.2)', 'MRT_ADD_MFC (fd00::1, ff3e::1)'];

describe('controller: inheritance', () => {
  let folder: string;
  let stateFile: string;
  let kernel: FakeKernel;
  let first: Controller;
  const open: Controller[] = [];

  function make(options: object = {}): Controller {
    const controller = new Controller({ stateFile, kernel, ...options });
    open.push(controller);
    return controller;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mfc-inheritance-'));
    stateFile = join(folder, 'state.json');
    kernel = new FakeKernel('in1', 'out1', 'out2', 'out3', 'out4');
    first = make();
    await first.add([A, B, C]);
    await first.state({});
  });
  afterEach(async () => {
    for (const controller of open.splice(0)) await controller.close();
    await rm(folder, { recursive: true });
  });

  async function check(controller: Controller, ...rules: Rule[]): Promise<void> {
    const state = await controller.state({});
    checkConsistent(state, (version) => kernel.table(version));
    deepEqual(
      state.mfc_rules.map(({ group }) => group),
      rules.map(({ group }) => group),
    );
  }

  /** The calls of the new controller that change what forwards, without its looking. */
  async function callsOf(action: () => Promise<unknown>): Promise<string[]> {
    const from = kernel.log.length;
    await action();
    return kernel.log.slice(from).filter((call) => !/224\.0\.0\.0|ff01::/.test(call));
  }

  it('of a controller with another file: nothing is written where all is the same', async () => {
    const other = join(folder, 'other.json');
    await writeFile(other, await readFile(stateFile));
    const second = make({ stateFile: other, predecessors: [first] });
    deepEqual(await callsOf(() => second.open()), []);
    await check(second, A, B, C);
    equal(first.status.state, 'closed');
  });

  it('changes what differs from the saved routes, and nothing else', async () => {
    const other = join(folder, 'other.json');
    const D: Rule = { ...A, group: '239.1.1.4', iif: 'out1', oifs: ['out4'] };
    await writeFile(other, JSON.stringify({ version: 1, mfc_rules: [A, { ...C, oifs: ['out2'] }, D] }));
    const second = make({ stateFile: other, predecessors: [first] });
    deepEqual(await callsOf(() => second.open()), [
      ...AS_LISTED.slice(0, 2),
      'MRT_ADD_VIF 3',
      'MRT_ADD_MFC (10.0.0.1, 239.1.1.4)',
      'MRT_DEL_MFC (*, 239.1.1.2)',
      ...AS_LISTED.slice(2),
      'MRT_ADD_VIF 2',
      'MRT_ADD_MFC (fd00::1, ff3e::1)',
      'MRT_DEL_VIF 1',
    ]);
    await check(second, A, C, D);
  });

  it('follows interfaces that were renamed or deleted while nobody looked', async () => {
    kernel.holdEvents();
    kernel.renameLink('out1', 'lan1');
    kernel.delLink('out3');
    const other = join(folder, 'other.json');
    const renamed = { ...B, oifs: ['lan1'] };
    await writeFile(other, JSON.stringify({ version: 1, mfc_rules: [renamed, C] }));
    const estate = await first.handOver(undefined);
    equal(estate.sockets.size, 2);
    const second = make({
      stateFile: other,
      predecessors: [{ handOver: async () => estate, close: async () => undefined }],
    });
    await second.open();
    const { mfc_rules } = await second.state({});
    deepEqual(
      mfc_rules.map(({ group, state }) => [group, state]),
      [
        ['239.1.1.2', 'active'],
        ['ff3e::1', 'pending'],
      ],
    );
    deepEqual(Object.keys(kernel.table(6)?.entries ?? {}), []);
    kernel.addLink('out3');
    await check(second, renamed, C);
  });

  it('of entries with outputs whose interface is gone: no other interface that gets the number gets the stream', async () => {
    const at = (group: string): Rule => ({ ...A, group, oifs: ['out1', 'out2'] });
    const estate = await first.handOver(undefined);
    kernel.delLink('out2'); // number 2, which the kernel lists no longer
    const other = join(folder, 'other.json');
    const D: Rule = { ...A, group: '239.1.1.0', oifs: ['out4'] };
    await writeFile(other, JSON.stringify({ version: 1, mfc_rules: [D, at(A.group)] }));
    const { attempt } = kernel;
    kernel.attempt = (...call) => {
      attempt.apply(kernel, call);
      const { vifs, entries } = kernel.table(4) ?? { vifs: {}, entries: {} };
      const now = Object.entries(entries).filter(([, { outputs }]) => 2 in outputs && 2 in vifs);
      deepEqual(
        now.map(([stream]) => stream).filter((stream) => stream !== '(10.0.0.1, 239.1.1.0)'),
        [],
      );
    };
    const second = make({ stateFile: other, predecessors: [{ handOver: async () => estate }] });
    await second.open();
    const lost = (name: string): boolean => name === 'out2';
    checkConsistent(await second.state({}), (version) => kernel.table(version), lost);
  });

  it('to a controller with another table: the sockets are closed', async () => {
    const second = make({ table: 100, predecessors: [first] });
    await second.open();
    deepEqual(kernel.table(4), undefined);
    deepEqual(Object.keys(kernel.snapshot()).sort(), ['4 100', '6 100']);
    equal((await second.state({})).mfc_rules.length, 3);
  });

  it('that fails half way leaves the table as it is, and goes on at the next attempt', async () => {
    const before = kernel.snapshot();
    const other = join(folder, 'other.json');
    await writeFile(other, JSON.stringify({ version: 1, mfc_rules: [A, C] }));
    const second = make({ stateFile: other, predecessors: [first] });
    const { listEntries } = kernel;
    kernel.listEntries = () => {
      kernel.listEntries = listEntries;
      throw fault('RTM_GETROUTE', 'ENOBUFS');
    };
    await second.open();
    deepEqual([second.status.state, second.status.pending], ['open', 1]);
    deepEqual(kernel.snapshot(), before);
    await until(() => second.status.pending === 0, 'the IPv4 table should be taken over');
    await check(second, A, C);
  });

  it('to a controller that cannot read its file: no socket is left open when that is closed', async () => {
    const second = make({ stateFile: folder, predecessors: [first] });
    await rejects(second.open(), { code: 'ERR_MFC_STORE' });
    await second.close();
    deepEqual(kernel.snapshot(), {});
  });

  it('to a controller that cannot read its file, and from that to the next: nothing is written', async () => {
    const second = make({ stateFile: folder, predecessors: [first] });
    await rejects(second.open(), { code: 'ERR_MFC_STORE' });
    const third = make({ predecessors: [second] });
    deepEqual(await callsOf(() => third.open()), []);
    await check(third, A, B, C);
  });

  it('ends what had the table: a message that comes after that fails', async () => {
    const estate = first.handOver(undefined);
    await rejects(first.add(A), { code: 'ERR_MFC_NOT_OPEN' });
    for (const socket of (await estate).sockets.values()) socket.close();
  });

  it('leaves VIFs and entries of other programs alone, in a table that is fresh', async () => {
    await first.close();
    const stranger = { version: 4, source: '10.9.9.9', group: '239.9.9.9', parent: 0, outputs: [] } as const;
    kernel.otherProgram(4).addMfc(stranger);
    const second = make();
    await second.open();
    await second.del([{ source: A.source, group: A.group }, { group: B.group }]);
    deepEqual(Object.keys(kernel.table(4)?.entries ?? {}), ['(10.9.9.9, 239.9.9.9)']);
    deepEqual(
      (await second.state({})).mfc_rules.map(({ state }) => state),
      ['active', 'foreign'],
    );
  });

  /** The process is killed while somebody holds its sockets; the next one gets them. */
  async function die(meanwhile: (socket: MrouteSocket) => void = () => undefined): Promise<Controller> {
    const held = ([4, 6] as const).map((version) => ({ version, holder: kernel.hold(kernel.ownerFd(version) ?? -1) }));
    kernel.kill();
    await first.close();
    const sockets = new Map<IpVersion, MrouteSocket>();
    for (const { version, holder } of held) {
      sockets.set(version, kernel.adoptMroute(version, undefined, holder.give()));
      holder.letGo();
    }
    const ipv4 = sockets.get(4);
    if (ipv4 !== undefined) meanwhile(ipv4);
    return make({
      predecessors: [
        { handOver: async () => ({ sockets, joins: [], unsent: new Map() }), close: async () => undefined },
      ],
    });
  }

  const groups = (): string[] => Object.keys(kernel.table(4)?.entries ?? {});

  it('of a process that was killed: nothing is written where all is the same', async () => {
    const second = await die();
    deepEqual(await callsOf(() => second.open()), []);
    await check(second, A, B, C);
  });

  it('takes out what that process did not live to save, and the VIFs for it, and no other number changes', async () => {
    const { vifs = {} } = kernel.table(4) ?? {};
    const second = await die((socket) => {
      socket.addVif(7, kernel.findLink('out4')?.ifindex ?? -1);
      socket.addMfc({ version: 4, source: '10.0.0.7', group: '239.7.7.7', parent: 7, outputs: [] });
    });
    deepEqual(await callsOf(() => second.open()), ['MRT_DEL_MFC (10.0.0.7, 239.7.7.7)', 'MRT_DEL_VIF 7']);
    deepEqual(kernel.table(4)?.vifs, vifs);
    await check(second, A, B, C);
  });

  it("keeps another program's entry and its VIF as long as it is there", async () => {
    const theirs = { version: 4, source: '10.9.9.9', group: '239.9.9.9', parent: 7, outputs: [] } as const;
    const second = await die((socket) => {
      socket.addVif(7, kernel.findLink('out4')?.ifindex ?? -1);
      kernel.otherProgram(4).addMfc(theirs);
    });
    deepEqual(await callsOf(() => second.open()), []);
    await second.del([{ source: A.source, group: A.group }, { group: B.group }]);
    deepEqual([groups(), Object.keys(kernel.table(4)?.vifs ?? {})], [['(10.9.9.9, 239.9.9.9)'], ['7']]);
    kernel.otherProgram(4).delMfc(theirs);
    await second.state({});
    deepEqual(kernel.table(4), { vifs: {}, entries: {} });
  });

  it('gives nobody else a stream whose output went while nobody lived', async () => {
    const second = await die(() => kernel.delLink('out2'));
    await second.open();
    const D: Rule = { ...A, group: '239.1.1.4', oifs: ['out4'] };
    await second.add(D); // its VIF has the number that out2 had
    const state = await second.state({});
    checkConsistent(
      state,
      (version) => kernel.table(version),
      (name) => name === 'out2',
    );
    equal(state.mfc_rules[0]?.state, 'degraded');
  });

  it('knows an interface by its saved name: one that got another meanwhile is waited for', async () => {
    const second = await die(() => kernel.renameLink('in1', 'lan1'));
    await second.open();
    deepEqual(
      (await second.state({})).mfc_rules.map(({ state }) => state),
      ['pending', 'pending', 'pending'],
    );
    deepEqual(groups(), []);
    kernel.renameLink('lan1', 'in1');
    await check(second, A, B, C);
  });
});
