// An answer means kernel and disk: saves are grouped, and what cannot be saved is taken back, newest first.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { StateFile } from '../../src/controller/state-file';
import { MfcError } from '../../src/errors';
import type { Watch } from '../../src/kernel/kernel';
import { FakeKernel } from '../fake/kernel';
import { Bench, LINKS } from './bench';

const route = (n: number, oifs = ['out1']) => ({
  source: `10.0.${n >> 8}.${n & 255}`,
  group: '239.1.1.1',
  iif: 'in1',
  oifs,
});
const streamOf = ({ source, group }: { source: string; group: string }) => ({ source, group });

async function codes(promises: Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'fulfilled') return 'success';
    return result.reason instanceof MfcError ? result.reason.code : String(result.reason);
  });
}

/** Puts the next saves into the test's hands: each waits until it is let go, to the disk or into an error. */
class HeldSaves {
  private readonly original = StateFile.prototype.save;
  private readonly waiting: { go: (error?: Error) => void }[] = [];
  private arrived: (() => void) | undefined;

  constructor() {
    const held = this;
    StateFile.prototype.save = async function save(this: StateFile, rules) {
      const error = await new Promise<Error | undefined>((go) => {
        held.waiting.push({ go });
        held.arrived?.();
      });
      if (error !== undefined) throw error;
      await held.original.call(this, rules);
    };
  }

  /** Resolves when a save has begun. */
  async begun(): Promise<void> {
    while (this.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
  }

  letGo(error?: Error): void {
    this.waiting.shift()?.go(error);
  }

  restore(): void {
    StateFile.prototype.save = this.original;
  }
}

const DISK_FULL = new MfcError('ERR_MFC_STORE', 'The disk is full.');

describe('controller: saving', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  it('costs one or two writes for a hundred messages', async () => {
    const { save } = StateFile.prototype;
    let saves = 0;
    StateFile.prototype.save = function counted(this: StateFile, rules) {
      saves++;
      return save.call(this, rules);
    };
    try {
      const answers = Array.from({ length: 100 }, (_, n) => bench.controller.add(route(n + 1)));
      deepEqual(new Set(await codes(answers)), new Set(['success']));
    } finally {
      StateFile.prototype.save = save;
    }
    ok(saves === 1 || saves === 2, `${saves} writes`);
    equal((await bench.savedRules()).length, 100);
  });

  it('is done before the answer', async () => {
    await bench.controller.add(route(1));
    deepEqual(await bench.savedRules(), [route(1)]);
    await bench.controller.add({ ...route(1), label: 'a' });
    deepEqual(await bench.savedRules(), [{ ...route(1), label: 'a' }]);
    await bench.controller.del(streamOf(route(1)));
    deepEqual(await bench.savedRules(), []);
  });

  it('is not done where nothing changed, but waited for', async () => {
    const saves = new HeldSaves();
    try {
      const first = bench.controller.add(route(1));
      await saves.begun();
      const same = bench.controller.add(route(1));
      let answered = false;
      void same.then(() => {
        answered = true;
      });
      await bench.controller.state({}); // behind the second message in the queue
      equal(answered, false);
      saves.letGo();
      deepEqual([(await first).changed, (await same).changed], [true, false]);
    } finally {
      saves.restore();
    }
  });

  it('that fails makes the message fail, and leaves kernel, registry and file as before', async () => {
    await bench.controller.add([route(1), { ...route(2), oifs: ['out2'] }]);
    const messages: ['add' | 'del', unknown][] = [
      ['add', route(3, ['out3'])],
      ['add', route(2, ['out4'])],
      ['add', { ...route(2, ['out2']), label: 'x' }],
      ['del', { ...streamOf(route(2)), oifs: ['out2'] }],
      ['del', streamOf(route(2))],
    ];
    for (const [verb, message] of messages) {
      const before = await bench.observe();
      await bench.breakDisk();
      const sent = bench.controller[verb](message);
      await rejects(sent, ({ code, cause }: MfcError) => {
        deepEqual([code, cause.errno, cause.value], ['ERR_MFC_STORE', 'EEXIST', bench.stateFile]);
        return true;
      });
      await bench.mendDisk();
      deepEqual(await bench.observe(), before);
    }
    for (const [verb, message] of messages.slice(0, -1)) await bench.controller[verb](message).catch(() => undefined);
    await bench.controller.add(route(3, ['out3'])); // the disk is fine again
    deepEqual((await bench.savedRules()).length, bench.controller.status.routes);
    deepEqual(bench.warnings, []);
  });

  it('that fails undoes all messages that are not on the disk, newest first', async () => {
    await bench.controller.add(route(1));
    const before = await bench.observe();
    const saves = new HeldSaves();
    try {
      const early = [bench.controller.add(route(2, ['out2'])), bench.controller.del(streamOf(route(1)))];
      await saves.begun();
      const late = [bench.controller.add(route(3, ['out2', 'out3'])), bench.controller.add(route(2, ['out3']))];
      await bench.controller.state({}); // they are in the kernel now
      equal(bench.controller.status.routes, 2);
      const { length } = bench.kernel.log;
      saves.letGo(DISK_FULL);
      deepEqual(await codes([...early, ...late]), Array(4).fill('ERR_MFC_STORE'));
      deepEqual(bench.kernel.log.slice(length), [
        'MRT_ADD_MFC (10.0.0.2, 239.1.1.1)', // to out2 again
        'MRT_DEL_MFC (10.0.0.3, 239.1.1.1)',
        'MRT_DEL_VIF 1', // out3
        'MRT_ADD_VIF 1', // out1
        'MRT_ADD_MFC (10.0.0.1, 239.1.1.1)',
        'MRT_DEL_MFC (10.0.0.2, 239.1.1.1)',
        'MRT_DEL_VIF 2', // out2
      ]);
      deepEqual(await bench.observe(), before);
    } finally {
      saves.restore();
    }
    deepEqual(await codes([bench.controller.add(route(4))]), ['success']);
  });

  it('that fails leaves what an earlier save has brought to the disk', async () => {
    const saves = new HeldSaves();
    try {
      const first = bench.controller.add(route(1));
      await saves.begun();
      const second = bench.controller.add(route(2, ['out2']));
      await bench.controller.state({});
      saves.letGo();
      await first;
      await saves.begun();
      const before = await bench.readFile();
      saves.letGo(DISK_FULL);
      deepEqual(await codes([second]), ['ERR_MFC_STORE']);
      equal(await bench.readFile(), before);
      deepEqual(await bench.savedRules(), [route(1)]);
      deepEqual(Object.keys(bench.kernel.table(4)?.entries ?? {}), ['(10.0.0.1, 239.1.1.1)']);
      deepEqual(Object.keys((await bench.observe()).state.vif_map), ['in1', 'out1']);
    } finally {
      saves.restore();
    }
  });

  it('that fails is told, also where the kernel does not say what it takes to undo the change', async () => {
    await bench.controller.add(route(1));
    const saves = new HeldSaves();
    const { findLinkName } = bench.kernel;
    try {
      const asked = bench.controller.add(route(2));
      await saves.begun();
      bench.kernel.findLinkName = () => {
        throw new MfcError('ERR_MFC_SYSCALL', 'No buffer space is left.');
      };
      saves.letGo(DISK_FULL);
      deepEqual(await codes([asked]), ['ERR_MFC_STORE']);
    } finally {
      bench.kernel.findLinkName = findLinkName;
      saves.restore();
    }
    deepEqual(await codes([bench.controller.add(route(3))]), ['success']);
  });

  it('is finished by close', async () => {
    const answers = [1, 2, 3].map((n) => bench.controller.add(route(n)));
    await bench.controller.state({});
    await bench.stop();
    deepEqual(await codes(answers), ['success', 'success', 'success']);
    equal((await bench.savedRules()).length, 3);
    deepEqual(bench.kernel.snapshot(), {});
  });

  it('is finished by close, and so is the routing, also where the kernel does not say what has happened', async () => {
    const kernel = new FakeKernel(...LINKS);
    const watches: Watch[] = [];
    const { watch } = kernel;
    kernel.watch = (table, listener) => {
      const opened = watch.call(kernel, table, listener);
      watches.push(opened);
      return opened;
    };
    const other = await Bench.make(undefined, kernel);
    await other.controller.open();
    await other.controller.state({});
    for (const one of watches) {
      const { drain } = one;
      one.drain = () => {
        one.drain = drain;
        throw new MfcError('ERR_MFC_SYSCALL', 'No buffer space is left.');
      };
    }
    await other.close();
    deepEqual([kernel.snapshot(), other.warnings.length], [{}, 1]);
  });
});
