// Interfaces that go, come back and change names, on the fake kernel and on Linux: what the kernel forwards is what the state says.

import { deepEqual, equal, notEqual, rejects } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateAnswer } from '../../src/controller/answers';
import { Controller } from '../../src/controller/controller';
import type { Kernel } from '../../src/kernel/kernel';
import { linux } from '../../src/kernel/linux';
import { FakeKernel } from '../fake/kernel';
import { type TableSnapshot, visible } from '../fake/table';
import { readProc } from '../kernel/proc';
import { Lab } from '../lab/lab';
import { checkConsistent } from './consistent';

interface Ground {
  readonly kernel: Kernel;
  link(...names: string[]): Promise<void>;
  unlink(...names: string[]): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  read(): TableSnapshot;
  close(): Promise<void>;
}

async function openFake(): Promise<Ground> {
  const kernel = new FakeKernel();
  return {
    kernel,
    link: async (...names) => names.forEach((name) => void kernel.addLink(name)),
    unlink: async (...names) => names.forEach((name) => void kernel.delLink(name)),
    rename: async (from, to) => kernel.renameLink(from, to),
    read: () => visible(kernel.table(4) ?? { vifs: {}, entries: {} }),
    close: async () => undefined,
  };
}

async function openLinux(): Promise<Ground> {
  const lab = await Lab.open();
  return {
    kernel: linux,
    link: (...names) => lab.link(...names),
    unlink: (...names) => lab.unlink(...names),
    rename: (from, to) => lab.rename(from, to),
    read: () => readProc(4),
    close: () => lab.close(),
  };
}

const A = { source: '10.0.0.1', group: '239.1.1.1', iif: 'eth1', oifs: ['eth2', 'eth3', 'eth4'] };
const B = { source: '10.0.0.1', group: '239.1.1.2', iif: 'eth1', oifs: ['eth3'] };
const streamOf = ({ source, group }: typeof A) => ({ source, group });

for (const [name, openGround] of Object.entries({ 'the fake kernel': openFake, Linux: openLinux })) {
  describe(`controller: interfaces of ${name}`, () => {
    let ground: Ground;
    let controller: Controller;
    let folder: string;
    const warnings: Error[] = [];

    beforeEach(async () => {
      ground = await openGround();
      await ground.link('eth1', 'eth2', 'eth3', 'eth4');
      folder = await mkdtemp(join(tmpdir(), 'mfc-interfaces-'));
      controller = new Controller({ stateFile: join(folder, 'state.json'), kernel: ground.kernel });
      controller.on('warning', (warning) => warnings.push(warning));
      await controller.add([A, B]);
    });
    afterEach(async () => {
      await controller.close();
      await ground.close();
      await rm(folder, { recursive: true });
      deepEqual(warnings.splice(0), []);
    });

    async function check(...lost: string[]): Promise<StateAnswer> {
      const state = await controller.state({});
      checkConsistent(
        state,
        (version) => (version === 4 ? ground.read() : undefined),
        (link) => lost.includes(link),
      );
      return state;
    }

    it('that are gone leave a route degraded or pending, with the reason', async () => {
      await ground.unlink('eth4');
      const [a, b] = (await check('eth4')).mfc_rules;
      equal(a?.reason, "Interface 'eth4' not found.");
      deepEqual([a?.state, b?.state], ['degraded', 'active']);
      await rejects(controller.add(A), { code: 'ERR_MFC_NO_INTERFACE' });
      await ground.unlink('eth3');
      deepEqual(
        (await check('eth3', 'eth4')).mfc_rules.map(({ state }) => state),
        ['degraded', 'pending'],
      );
      await controller.del([streamOf(A), streamOf(B)]);
      await check();
    });

    it('that come back are outputs again of every route, also of one that was changed meanwhile', async () => {
      await ground.unlink('eth3');
      await controller.del({ ...streamOf(A), oifs: ['eth4'] });
      await check('eth3');
      await ground.link('eth3');
      const { mfc_rules } = await check();
      deepEqual(mfc_rules[0]?.oifs, ['eth2', 'eth3']);
    });

    it('that come back as an input let their routes forward again', async () => {
      await ground.unlink('eth1');
      await check('eth1');
      await ground.link('eth1');
      await check();
      equal((await controller.add(A)).changed, false);
    });

    it('that were made anew between two looks have new VIFs', async () => {
      const before = (await check()).vif_map;
      await ground.unlink('eth1', 'eth3');
      await ground.link('eth3', 'eth1');
      const after = (await check()).vif_map;
      for (const name of ['eth1', 'eth3']) notEqual(after[name]?.ifindex, before[name]?.ifindex);
    });

    it('that do not exist yet are waited for, if that is allowed', async () => {
      const later = { ...B, group: '239.1.1.3', oifs: ['eth3', 'eth5'] };
      const answer = await controller.add({ ...later, allow_absent: true });
      deepEqual(answer.warnings, ["(10.0.0.1, 239.1.1.3) waits: Interface 'eth5' not found."]);
      await check('eth5');
      deepEqual(controller.status, { state: 'open', routes: 3, pending: 0, degraded: 1 });
      await ground.link('eth5');
      await check();
    });

    it('that are renamed keep their routes, under the new name', async () => {
      await ground.rename('eth3', 'lan3');
      const before = ground.read();
      const { mfc_rules, vif_map } = await check();
      deepEqual(
        mfc_rules.map((rule) => rule.oifs),
        [['eth2', 'lan3', 'eth4'], ['lan3']],
      );
      equal(vif_map.eth3, undefined);
      equal((await controller.add({ ...B, oifs: ['lan3'] })).changed, false);
      deepEqual(ground.read(), before);
    });

    it('that swap names swap them in their routes', async () => {
      await ground.rename('eth3', 'tmp');
      await ground.rename('eth4', 'eth3');
      await ground.rename('tmp', 'eth4');
      const { mfc_rules } = await check();
      deepEqual(
        mfc_rules.map((rule) => rule.oifs),
        [['eth2', 'eth4', 'eth3'], ['eth4']],
      );
    });

    it('that take the name of one that is gone stand for it', async () => {
      await ground.link('eth5');
      await controller.add({ ...A, group: '239.1.1.3', oifs: ['eth5'] });
      await ground.unlink('eth3');
      await ground.rename('eth5', 'eth3');
      const { mfc_rules, vif_map } = await check(); // who says eth3 means what is called so now
      deepEqual(
        mfc_rules.map(({ oifs }) => oifs),
        [['eth2', 'eth3', 'eth4'], ['eth3'], ['eth3']],
      );
      equal(vif_map.eth3?.ref_count, 3);
    });
  });
}
