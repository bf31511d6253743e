/**
 * The crosspoint panel: what is tapped arrives at the receivers, and what the kernel does is seen in the panel.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { StateAnswer } from '../../src/controller/answers';
import type { Host, RunningStream } from '../lab/host';
import { until } from '../lab/lab';
import { readFlow } from './files';
import { countOf, example, GROUP, Ground } from './ground';
import { cellOf, Panel, type Picture } from './panel';

const FILE = '10-crosspoint.json';
const CAMERA = '10.0.1.2 239.10.20.30';
const BACKUP = '10.0.5.2 239.10.20.30';
const COMMENTARY = '10.0.1.2 239.10.30.1';
const STREAM = { rate: 200 };
const CONTROLLER = readFlow(FILE).find(({ type }) => type === 'mfc-controller')?.id ?? '';

/** A tab of somebody else, with the same controller. */
const elsewhere = [
  { id: 'e15e000000000001', type: 'tab', label: 'Elsewhere' },
  {
    id: 'e15e000000000002',
    type: 'inject',
    z: 'e15e000000000001',
    name: 'elsewhere',
    props: [{ p: 'payload' }],
    payload: '{"source": "10.0.1.2", "group": "239.10.20.30", "iif": "camera", "oifs": ["tv3"]}',
    payloadType: 'json',
    wires: [['e15e000000000003']],
  },
  {
    id: 'e15e000000000003',
    type: 'mfc add',
    z: 'e15e000000000001',
    controller: CONTROLLER,
    wires: [[]],
  },
];

describe('crosspoint', () => {
  let ground: Ground;
  let panel: Panel;
  let stream: RunningStream;
  let tv1: Host;
  let tv2: Host;

  before(async () => {
    ground = await Ground.open();
    [tv1, tv2] = ground.tvs;
    for (const tv of ground.tvs) await tv.join(GROUP);
    const { camera, backup } = ground;
    stream = await camera.stream(GROUP, STREAM);
    await backup.stream(GROUP, STREAM);
    await camera.stream('239.10.30.1', STREAM);
  });
  after(async () => {
    panel?.close();
    await ground?.close();
  });

  /** Resolves when the kernel sends the three inputs to these outputs. */
  const has = (...outputs: string[]) => {
    const routes = [`${CAMERA}: camera >`, `${BACKUP}: backup >`, `${COMMENTARY}: camera >`];
    return ground.has(...routes.map((route, i) => `${route} ${outputs[i]}`.trim()));
  };
  /** Resolves when the controller misses packets of an input, and has told so. */
  const isLost = (input: string) =>
    until(async () => {
      const response = await fetch(`${ground.user.url}/mfc/controllers/${CONTROLLER}/state`);
      const { mfc_rules } = (await response.json()) as StateAnswer;
      return mfc_rules.some((rule) => `${rule.source} ${rule.group}` === input && rule.alarm_state === 'lost');
    }, `${input} should be lost`);

  example(
    '10-crosspoint.json',
    () => ground.user,
    () => {
      it('gives each input a route that goes nowhere, and shows its rate', async () => {
        panel = await Panel.open(ground.user.url, readFlow(FILE));
        await has('', '', '');
        const hasSignal = ({ rows }: Picture) => rows.every(({ signal }) => signal === 'ok');
        const { rows } = await panel.shows(hasSignal, 'all inputs should have a signal');
        for (const { rate } of rows) match(rate, /^0\.\d\d Mbit\/s$/);
        equal((await panel.alarm('Camera: signal'))?.kind, 'good');
      });

      it('has one time for all lines of a chart, so that their colours stay', async () => {
        for (const [chart, line] of [
          ['Mbit/s of inputs', 'Camera'],
          ['Mbit/s of outputs', 'TV 3'],
        ] as const) {
          await panel.draws(chart, line, ({ x, time }) => x === time);
        }
      });

      it('takes at a tap, and drops at the next', async () => {
        await panel.tap(CAMERA, 'tv1');
        await has('tv1', '', '');
        await ground.flows(ground.camera, tv1);
        await panel.looks(CAMERA, 'tv1', 'on');
        ok(panel.pictures.some((picture) => cellOf(picture, CAMERA, 'tv1')?.look === 'pending'));
        const sends = ({ outputs }: Picture) => outputs[0]?.rate !== '0.00 Mbit/s';
        await panel.shows(sends, 'the rate of TV 1');
        await panel.tap(CAMERA, 'tv1');
        await has('', '', '');
        await panel.looks(CAMERA, 'tv1', 'off');
      });

      it('puts one input in the place of another, and other outputs lose nothing', async () => {
        await panel.tap(CAMERA, 'tv1');
        await panel.tap(CAMERA, 'tv2'); // the first may be under way still
        await has('tv1 tv2', '', '');
        await tv2.reset();
        await ground.flows(ground.camera, tv2);
        await panel.tap(BACKUP, 'tv1');
        await has('tv2', 'tv1', '');
        await ground.flows(ground.backup, tv1);
        await ground.flows(ground.camera, tv2);
        const { ranges, duplicated } = await tv2.count(GROUP, { source: ground.camera.ipv4 });
        deepEqual([ranges.length, duplicated], [1, 0]); // all packets from the first to the last
        const before = await countOf(tv1, ground.camera);
        await ground.flows(ground.backup, tv1);
        equal(await countOf(tv1, ground.camera), before);
      });

      it('sends streams of different groups to one output', async () => {
        await panel.tap(COMMENTARY, 'tv1');
        await has('tv2', 'tv1', 'tv1');
        await panel.looks(COMMENTARY, 'tv1', 'on');
      });

      it('keeps the matrix, recalls it in one step, and goes back', async () => {
        await panel.send('crosspoint', { topic: 'store', payload: 2 });
        await panel.shows(({ snapshots }) => snapshots.join() === '2', 'snapshot 2');
        await panel.tap(CAMERA, 'tv2');
        await panel.tap(BACKUP, 'tv1');
        await panel.tap(COMMENTARY, 'tv3');
        await has('', '', 'tv1 tv3');
        await panel.looks(COMMENTARY, 'tv3', 'on'); // what was drawn before the taps must not be taken for the recall
        await panel.send('crosspoint', { topic: 'recall', payload: 2 });
        await has('tv2', 'tv1', 'tv1');
        await panel.looks(CAMERA, 'tv2', 'on');
        await panel.send('crosspoint', { topic: 'recall', payload: 2 }); // it is so already: nothing to undo
        await panel.send('crosspoint', await panel.back('undo'));
        await has('', '', 'tv1 tv3');
        await panel.send('crosspoint', await panel.back('redo'));
        await has('tv2', 'tv1', 'tv1');
      });

      it('takes back once what two people take back at once', async () => {
        const undo = await panel.back('undo');
        await Promise.all([panel.send('crosspoint', undo), panel.send('crosspoint', undo)]);
        const redo = await panel.back('redo');
        await has('', '', 'tv1 tv3');
        await panel.send('crosspoint', undo); // a third one, who is late
        await panel.send('crosspoint', redo);
        await panel.send('crosspoint', redo);
        await panel.back('undo');
        await has('tv2', 'tv1', 'tv1');
      });

      it('shows that nothing comes in, and when it is back', async () => {
        await panel.looks(CAMERA, 'tv2', 'on');
        await stream.stop();
        await panel.looks(CAMERA, 'tv2', 'silent');
        equal((await panel.alarm('Camera: no signal'))?.kind, 'bad');
        stream = await ground.camera.stream(GROUP, STREAM);
        await panel.looks(CAMERA, 'tv2', 'on');
        match((await panel.alarm('Camera: signal is back'))?.text ?? '', /after \d+\.\d s$/);
      });

      it('shows a link that is down, and an interface that is gone', async () => {
        await ground.lab.setLink('tv1', 'down');
        await panel.looks(BACKUP, 'tv1', 'failing');
        equal((await panel.alarm('TV 1: link down'))?.kind, 'bad');
        await panel.looks(CAMERA, 'tv2', 'on');
        await ground.lab.setLink('tv1', 'up');
        await panel.looks(BACKUP, 'tv1', 'on');
        await ground.lab.unlink('tv3');
        await panel.tap(CAMERA, 'tv3');
        const { rows } = await panel.looks(CAMERA, 'tv3', 'failing');
        match(rows[0]?.reason ?? '', /'tv3' not found/);
        await panel.tap(CAMERA, 'tv1'); // others go on
        await has('tv1 tv2', '', 'tv1');
        const [, , tv3] = ground.tvs;
        await ground.lab.connect(tv3);
        await has('tv1 tv2 tv3', '', 'tv1');
        await panel.looks(CAMERA, 'tv3', 'on');
      });

      it('says what is wrong where the only output of a route is gone, and calls it no loss of the signal', async () => {
        const row = ({ rows }: Picture) => rows.find(({ input }) => input === COMMENTARY);
        await ground.lab.unlink('tv1');
        const { outputs, ...picture } = await panel.shows(
          (now) => row(now)?.rate === 'route waits',
          'a route that waits',
        );
        match(row(picture as Picture)?.reason ?? '', /'tv1' not found/);
        equal(outputs[0]?.rate, 'interface gone');
        equal((await panel.alarm("Commentary: Interface 'tv1' not found"))?.kind, 'bad');
        await panel.draws('Mbit/s of inputs', 'Commentary', ({ y }) => y === null);
        await panel.draws('Mbit/s of outputs', 'TV 1', ({ y }) => y === 0);
        await isLost(COMMENTARY);
        await ground.lab.connect(tv1);
        await panel.shows((now) => row(now)?.signal === 'ok', 'a rate of the commentary');
        await panel.draws('Mbit/s of inputs', 'Commentary', ({ y }) => (y ?? 0) > 0);
        await panel.alarm('Commentary: routed as wanted again');
        // Before and after that a stalled camera may have lost its signal, and got it back.
        const alarms = panel.alarms();
        const [again, gone] = ['routed as wanted again', "Interface 'tv1' not found"].map((text) =>
          alarms.findIndex((alarm) => alarm.startsWith(`Commentary: ${text}`)),
        );
        const [lost, back] = [/^Commentary: no signal/, /^Commentary: signal is back/];
        deepEqual(
          alarms.slice(again, gone).filter((text) => lost.test(text) || back.test(text)),
          [],
        );
        const times = (what: RegExp): number => alarms.filter((text) => what.test(text)).length;
        ok(times(back) <= times(lost), alarms.join('\n'));
      });

      it('forgets a link that is down when no route names it any more: nothing is heard of it then', async () => {
        const tells = (text: string) => panel.shows(({ outputs }) => outputs[1]?.rate === text, `${text} at TV 2`);
        await ground.lab.setLink('tv2', 'down');
        await tells('link down');
        await panel.tap(CAMERA, 'tv2');
        await has('tv1 tv3', '', 'tv1');
        await tells('0.00 Mbit/s');
        await ground.lab.setLink('tv2', 'up');
        await panel.tap(CAMERA, 'tv2');
        await panel.looks(CAMERA, 'tv2', 'on');
      });

      it('does what two people want who tap the same at once', async () => {
        const take = { topic: 'take', payload: { input: BACKUP, output: 'tv1' } };
        await Promise.all([panel.send('crosspoint', take), panel.send('crosspoint', take)]);
        await panel.tap(COMMENTARY, 'tv2'); // comes after both
        await has('tv2 tv3', 'tv1', 'tv1 tv2');
        await panel.looks(COMMENTARY, 'tv2', 'on');
        const drop = { topic: 'drop', payload: { input: COMMENTARY, output: 'tv2' } };
        await Promise.all([panel.send('crosspoint', drop), panel.send('crosspoint', drop)]);
        await panel.tap(CAMERA, 'tv1');
        await has('tv1 tv2 tv3', '', 'tv1');
        await panel.looks(CAMERA, 'tv1', 'on');
      });

      it('shows what is refused, until it was seen', async () => {
        await panel.tap(CAMERA, 'no interface');
        const { error } = await panel.shows((picture) => picture.error !== undefined, 'an error');
        match(error ?? '', /not an interface name/);
        await panel.send('crosspoint', { topic: 'seen' });
        await panel.shows((picture) => picture.error === undefined, 'no error');
        await has('tv1 tv2 tv3', '', 'tv1');
      });

      it('clears the alarms', async () => {
        await panel.send('alarm list', { topic: 'clear' });
        await panel.noAlarms();
      });

      it('follows what is changed elsewhere, and keeps it when it starts anew', async () => {
        const untouched = new Set(ground.user.untouched);
        await ground.user.deploy([...readFlow(FILE), ...elsewhere]);
        await ground.user.press('elsewhere');
        await has('tv3', '', 'tv1');
        await panel.looks(CAMERA, 'tv1', 'off');
        await panel.looks(CAMERA, 'tv3', 'on');
        await panel.shows(({ undo }) => undo === undefined, 'no way back, past what others have done');
        await ground.user.press('inputs and outputs');
        await panel.tap(CAMERA, 'tv3');
        await has('', '', 'tv1');
        deepEqual(Array.from(untouched), ['inputs and outputs']);
      });
    },
  );
});
