// Healing, putting back and taking back where the kernel refuses, interfaces change meanwhile, or there is much to do.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { Stopwatch } from '../lab/stopwatch';
import { until } from '../lab/until';
import { Bench } from './bench';
import { checkConsistent } from './consistent';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', 'out2'] };
const NARROW = { ...ROUTE, oifs: ['out1'] };

describe('controller: healing', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
    await bench.controller.add(ROUTE);
    await bench.controller.state({});
  });
  afterEach(() => bench.close());

  const entries = () => bench.kernel.table(4)?.entries;
  const deleteIt = () => bench.kernel.otherProgram(4).delMfc({ version: 4, ...ROUTE, parent: 0, outputs: [] });

  it('that the kernel refuses is tried again by itself, and said', async () => {
    bench.kernel.failAt(1);
    bench.kernel.delLink('out2');
    await until(() => bench.controller.status.degraded === 1, 'the route should be without out2');
    deepEqual(
      bench.warnings.map(({ cause }) => cause.errno),
      ['ENOBUFS'],
    );
    checkConsistent(
      await bench.controller.state({}),
      (version) => bench.kernel.table(version),
      (name) => name === 'out2',
    );
  });

  it('that the kernel refuses before a message fails the message, and not the next one', async () => {
    bench.kernel.failAt(1);
    bench.kernel.delLink('out2');
    await rejects(bench.controller.add({ ...NARROW, group: '239.1.1.2' }), ({ cause }) => cause.errno === 'ENOBUFS');
    await bench.controller.add({ ...NARROW, group: '239.1.1.2' });
    equal(bench.controller.status.degraded, 1);
  });

  it('puts back by itself what the kernel refused to have back', async () => {
    const before = entries();
    bench.kernel.failAt(1);
    deleteIt();
    deepEqual(entries(), {});
    await until(() => Object.keys(entries() ?? {}).length > 0, 'the entry should be back');
    deepEqual(entries(), before);
  });

  it('starts with short pauses again after all was well', async () => {
    for (let n = 1; n <= 6; n++) {
      const stopwatch = new Stopwatch();
      bench.kernel.failAt(1);
      bench.kernel.delLink('out2');
      await until(() => bench.controller.status.degraded === 1, 'the route should be without out2');
      const took = stopwatch.stop();
      // If each were twice as long as the one before, the last would be 8 s.
      ok(took < 4_000, `${took} ms, time ${n}`);
      bench.kernel.addLink('out2');
      await bench.controller.state({});
    }
  });

  it('lists again what it could not list', async () => {
    const { kernel } = bench;
    const theirs = { version: 4, source: '10.9.9.9', group: '239.9.9.9', parent: 0, outputs: [] } as const;
    kernel.otherProgram(4).addMfc(theirs);
    await bench.controller.state({});
    const { listEntries } = kernel;
    kernel.listEntries = () => {
      kernel.listEntries = listEntries;
      throw new Error('EMFILE');
    };
    kernel.loseEvents();
    kernel.setLink('out4', { up: false });
    await rejects(bench.controller.state({}), /EMFILE/);
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(
      mfc_rules.map(({ state }) => state),
      ['active', 'foreign'],
    );
  });

  it('believes what is told while the table is listed more than the list', async () => {
    const { kernel } = bench;
    const { listEntries } = kernel;
    kernel.listEntries = function* (version, table) {
      const lists = Array.from(listEntries.call(kernel, version, table));
      kernel.listEntries = listEntries;
      yield [];
      deleteIt(); // after the kernel has written its answer
      yield [];
      yield* lists;
    };
    kernel.loseEvents();
    kernel.setLink('out4', { up: false });
    await bench.controller.state({});
    await until(() => Object.keys(entries() ?? {}).length > 0, 'the entry should be back');
  });

  it('of a new name goes before a change that could not be saved is taken back', async () => {
    await bench.breakDisk();
    const added = bench.controller.add({ ...ROUTE, oifs: ['out1', 'out2', 'out3'] });
    const failed = rejects(added, { code: 'ERR_MFC_STORE' });
    await once(bench.controller, 'status'); // it is in the kernel
    bench.kernel.renameLink('out1', 'lan1');
    await failed;
    await bench.mendDisk();
    const { mfc_rules } = await bench.controller.state({});
    deepEqual([mfc_rules[0]?.oifs, mfc_rules[0]?.state], [['lan1', 'out2'], 'active']);
    checkConsistent(await bench.controller.state({}), (version) => bench.kernel.table(version));
  });

  it('goes on with what could not be taken back', async () => {
    await bench.breakDisk();
    const added = bench.controller.add({ ...ROUTE, oifs: ['out1', 'out3'] });
    const failed = rejects(added, { code: 'ERR_MFC_STORE' });
    await once(bench.controller, 'status'); // it is in the kernel
    bench.kernel.failAt(1);
    await failed;
    await bench.mendDisk();
    await until(() => bench.controller.status.degraded === 0, 'the route should be as it was');
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(mfc_rules[0]?.oifs, ['out1', 'out2']);
    checkConsistent(await bench.controller.state({}), (version) => bench.kernel.table(version));
  });

  for (const [what, iif, among, left] of [
    ['a host that may join there', 'in1', ['out1', 'lan1'], { among: ['lan1'] }],
    ['the input', 'out1', ['out2', 'lan1'], { among: ['out2'] }],
    ['the input, where hosts may join only there', 'out1', ['lan1'], undefined],
  ] as const) {
    it(`a route that waits for a name that ${what} gets does not have it twice`, async () => {
      const route = { group: '239.1.1.9', iif, oifs: 'members', members: { among }, allow_absent: true };
      await bench.controller.add(route);
      bench.kernel.renameLink('out1', 'lan1');
      const { mfc_rules } = await bench.controller.state({});
      const rule = mfc_rules.find(({ group }) => group === route.group);
      deepEqual(rule?.members, left);
      equal((await bench.controller.add(mfc_rules)).changed, false);
    });
  }

  it('says of every interface of a route what keeps packets from flowing', async () => {
    const reason = async (): Promise<string | undefined> => (await bench.controller.state({})).mfc_rules[0]?.reason;
    await bench.controller.add({ ...ROUTE, oifs: ['out1', 'out2', 'out9'], allow_absent: true });
    bench.kernel.setLink('out1', { up: false });
    bench.kernel.setLink('in1', { up: true, running: false });
    equal(await reason(), "Interface 'out9' not found. Interface 'out1' is down. Interface 'in1' has no carrier.");
    bench.kernel.delLink('out2');
    bench.kernel.setLink('in1', { up: false });
    equal(await reason(), "Interfaces 'out2' and 'out9' not found. Interfaces 'in1' and 'out1' are down.");
  });
});
