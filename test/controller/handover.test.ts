// A route of one stream that goes above another that learns: what is told, counted, saved and taken back.

import { deepEqual, equal } from 'node:assert/strict';
import { FakeKernel } from '../fake/kernel';
import { until } from '../lab/until';
import { Bench, LINKS } from './bench';
import { Told } from './told';

const STREAM = { source: '10.0.0.1', group: '239.1.1.1' };
const WIDE = { group: '239.1.0.0/16', iif: 'in+', oifs: ['out1'] };
const OWN = { ...STREAM, iif: 'in1', oifs: ['out4'] };
const NAME = `(${STREAM.source}, ${STREAM.group})`;
/** Seconds. */
const SHORT = 0.1;
const LEARNT = ['in1 > out1'];

describe('controller: a route of one stream that goes', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  const receive = (iif: string, count: number): void =>
    bench.kernel.receive(iif, 4, STREAM.source, STREAM.group, count);
  const learnt = async (): Promise<string[]> => {
    const { mfc_rules } = await bench.controller.state({});
    return mfc_rules.filter((rule) => rule.learnt).map(({ iif, oifs }) => `${iif} > ${oifs}`);
  };
  /** What was written of the stream's entry. */
  const calls = (): string[] => bench.kernel.log.filter((call) => call.endsWith(NAME)).map((call) => call.slice(4, 11));
  /** Nothing has come in for longer than the idle timeout. */
  async function beIdle(): Promise<void> {
    const since = performance.now();
    await until(() => performance.now() - since > 1100 * SHORT, 'time should go by');
  }

  it('leaves its entry and what that has counted, and tells so', async () => {
    await bench.controller.add([WIDE, OWN]);
    receive('in1', 5);
    const told = new Told(bench.controller, { events: ['route_added', 'route_removed', 'route_changed'] });
    const dry = await bench.controller.del(STREAM, { dry_run: true });
    deepEqual([dry.lines, dry.plan?.[0]?.op], [[`- ${NAME} in1 → out4`], 'replace_mfc']);
    const { message, changed } = await bench.controller.del(STREAM);
    deepEqual([message, changed], [`MFC entry for ${NAME} deleted.`, true]);
    await told.untilTold(`route_removed ${STREAM.group} deleted`, `route_added ${STREAM.group} active`);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'ADD_MFC'], LEARNT]);
    const { mfc_rules } = await bench.controller.state({});
    deepEqual(
      mfc_rules.map(({ group, packets, streams }) => [group, packets, streams]),
      [
        [WIDE.group, 5, 1],
        [STREAM.group, 5, undefined],
      ],
    );
    deepEqual(
      (await bench.savedRules()).map(({ group }) => group),
      [WIDE.group],
    );
    equal(bench.controller.status.routes, 1);
  });

  it('is told as expired where its time is over', async () => {
    await bench.controller.add([WIDE, { ...OWN, expires_in: 600 }]);
    receive('in1', 5);
    const told = new Told(bench.controller, { events: ['route_added', 'route_removed'] });
    await bench.controller.add({ ...OWN, expires_in: 0.05 });
    await told.untilTold(`route_removed ${STREAM.group} expired`, `route_added ${STREAM.group} active`);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'ADD_MFC'], LEARNT]);
  });

  it('is there again, in one call, where its deletion cannot be saved', async () => {
    await bench.controller.add([WIDE, OWN]);
    receive('in1', 5);
    const before = await bench.observe();
    await bench.breakDisk();
    await bench.controller.del(STREAM).catch(({ code }) => equal(code, 'ERR_MFC_STORE'));
    await bench.mendDisk();
    deepEqual((await bench.observe()).kernel, before.kernel);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'ADD_MFC', 'ADD_MFC'], []]);
  });

  it('leaves a stream that is lost when it stops, and has not just begun', async () => {
    await bench.controller.add([{ ...WIDE, alarm: { idle: SHORT } }, OWN]);
    receive('in1', 5);
    const told = new Told(bench.controller, { events: ['stream_started', 'stream_lost', 'stream_restored'] });
    await bench.controller.state({}); // the counters are read from now on
    await bench.controller.del(STREAM);
    await told.untilTold(`stream_lost ${STREAM.group}`);
  });

  it('leaves an entry that goes when nothing comes for the idle timeout', async () => {
    await bench.controller.add([{ ...WIDE, idle_timeout: 60 }, OWN]);
    receive('in1', 5);
    await bench.controller.del(STREAM);
    deepEqual(await learnt(), LEARNT);
    const told = new Told(bench.controller, { events: ['route_removed'] });
    await bench.controller.add({ ...WIDE, idle_timeout: SHORT });
    await told.untilTold(`route_removed ${STREAM.group} expired`);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'ADD_MFC', 'DEL_MFC'], []]);
  });

  it('leaves nothing where no packet has come, or none for the idle timeout', async () => {
    await bench.controller.add([{ ...WIDE, idle_timeout: SHORT }, OWN]);
    await bench.controller.del(STREAM);
    await bench.controller.add(OWN);
    receive('in1', 5);
    await beIdle();
    await bench.controller.del(STREAM);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'DEL_MFC', 'ADD_MFC', 'DEL_MFC'], []]);
  });

  it('leaves nothing where it was changed since the last packet, and that is long ago', async () => {
    await bench.controller.add([{ ...WIDE, idle_timeout: SHORT }, OWN]);
    receive('in1', 5);
    await beIdle();
    await bench.controller.add({ ...OWN, oifs: ['out3'] });
    await bench.controller.del(STREAM);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'ADD_MFC', 'DEL_MFC'], []]);
  });

  it('leaves a stream that flowed until it was changed', async () => {
    await bench.controller.add([WIDE, OWN]);
    receive('in1', 5);
    await bench.controller.add({ ...OWN, oifs: ['out3'] });
    await bench.controller.del(STREAM);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'ADD_MFC', 'ADD_MFC'], LEARNT]);
  });

  it('leaves a stream that has flowed since its entry was made anew, if less than before', async () => {
    await bench.controller.add([WIDE, OWN]);
    receive('in1', 5);
    await bench.controller.add({ ...OWN, oifs: ['out3'] });
    const other = bench.kernel.otherProgram(4);
    other.delMfc({ version: 4, ...STREAM, parent: 0, outputs: [] });
    await until(() => calls().length === 3, 'the entry should be put back');
    receive('in1', 3);
    await bench.controller.del(STREAM);
    deepEqual(await learnt(), LEARNT);
  });

  it('leaves nothing where the stream comes in elsewhere only', async () => {
    await bench.controller.add([WIDE, OWN]);
    receive('in2', 5);
    await bench.controller.del(STREAM);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'DEL_MFC'], []]);
  });

  it('leaves nothing where the stream has come in elsewhere only for long', async () => {
    await bench.controller.add([{ ...WIDE, idle_timeout: SHORT }, OWN]);
    receive('in1', 5);
    const told = new Told(bench.controller, { events: ['wrong_interface'] });
    receive('in2', 1);
    await until(() => told.events.length > 0, 'the stream should be heard of elsewhere');
    await beIdle();
    receive('in2', 5);
    await bench.controller.del(STREAM);
    deepEqual([calls(), await learnt()], [['ADD_MFC', 'DEL_MFC'], []]);
  });
});

describe('controller: a learnt stream that begins again when it is to go', () => {
  it('stays', async () => {
    const kernel = new FakeKernel(...LINKS);
    let isOver: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    let looks = 0;
    const open = kernel.openMroute.bind(kernel);
    kernel.openMroute = (version, table) => {
      const socket = open(version, table);
      const read = socket.mfcCounters.bind(socket);
      socket.mfcCounters = (source, group) => {
        const counters = read(source, group);
        // At the first look it is known, at the second one it is found idle: there are 100 ms between them.
        if (counters?.packets === 1 && ++looks === 2) {
          queueMicrotask(() => kernel.receive('in1', 4, source, group, 1));
          setImmediate(isOver);
        }
        return counters;
      };
      return socket;
    };
    const bench = await Bench.make(undefined, kernel);
    try {
      await bench.controller.open();
      await bench.controller.add({ ...WIDE, idle_timeout: 0.05 });
      kernel.receive('in1', 4, STREAM.source, STREAM.group, 1);
      await over;
      deepEqual(
        kernel.log.filter((call) => call.endsWith(NAME)),
        [`MRT_ADD_MFC ${NAME}`],
      );
    } finally {
      await bench.close();
    }
  });
});

describe('controller: a learnt stream whose interface changes names with that of another route', () => {
  for (const order of ['before', 'after']) {
    it(`passes to that one, which came ${order} the other, in one call`, async () => {
      const bench = await Bench.open();
      try {
        const { kernel, controller } = bench;
        kernel.addLink('lan1');
        const other = { group: '239.0.0.0/8', iif: 'lan+', oifs: ['out2'] };
        await controller.add(order === 'before' ? [other, WIDE] : [WIDE, other]);
        kernel.receive('in2', 4, STREAM.source, STREAM.group, 1);
        const learnt = async (): Promise<string | undefined> => {
          const { mfc_rules } = await controller.state({});
          const rule = mfc_rules.find((one) => one.learnt);
          return rule && `${rule.iif} > ${rule.oifs}`;
        };
        await until(async () => (await learnt()) === 'in2 > out1', 'the stream should be learnt');
        kernel.renameLink('in2', 'else');
        kernel.renameLink('lan1', 'in2');
        kernel.renameLink('else', 'lan1');
        equal(await learnt(), 'lan1 > out2');
        equal(kernel.log.filter((call) => call.startsWith('MRT_DEL_MFC')).length, 0);
      } finally {
        await bench.close();
      }
    });
  }
});
