/**
 * The crosspoint panel where not all is as it should be: no answer, no inputs yet, no routing yet.
 */
import { equal, match } from 'node:assert/strict';
import { type FlowNode, readFlow } from './files';
import { Ground } from './ground';
import { Panel } from './panel';

const FILE = '10-crosspoint.json';
const CAMERA = '10.0.1.2 239.10.20.30';
const INPUTS = ['10.0.1.2 239.10.20.30: camera >', '10.0.1.2 239.10.30.1: camera >', '10.0.5.2 239.10.20.30: backup >'];

/** Shows what functions of the example throw. */
const caught = [
  { id: 'e15e000000000004', type: 'catch', z: 'c7055b0100000010', name: 'any', wires: [['e15e000000000005']] },
  {
    id: 'e15e000000000005',
    type: 'debug',
    z: 'c7055b0100000010',
    name: 'caught',
    active: true,
    tosidebar: true,
    complete: 'error.message',
    wires: [],
  },
];

/** What of the example asks for routes. */
const isAsking = ({ type }: FlowNode): boolean => type === 'mfc set' || type === 'mfc add';

describe('crosspoint, when not all is as it should be', () => {
  let ground: Ground;
  let panel: Panel;

  before(async () => {
    ground = await Ground.open();
  });
  after(async () => {
    panel?.close();
    await ground?.close();
  });

  /** The flow has forgotten all that it knew, and the browser is new. */
  async function startAnew(flow: readonly FlowNode[]): Promise<void> {
    await ground.user.deploy([]);
    await ground.user.deploy(flow);
    panel?.close();
    panel = await Panel.open(ground.user.url, readFlow(FILE));
  }

  it('says so when no answer comes, and shows what the kernel has', async () => {
    await startAnew(readFlow(FILE).map((node) => (isAsking(node) ? { ...node, d: true } : node)));
    await panel.tap(CAMERA, 'tv2');
    await panel.looks(CAMERA, 'tv2', 'pending');
    const { error } = await panel.shows((picture) => picture.error !== undefined, 'an error');
    match(error ?? '', /Tap again/);
    await panel.looks(CAMERA, 'tv2', 'off');
  });

  it('minds no tap that comes before it knows its inputs', async () => {
    const later = readFlow(FILE).map((node) => (node.type === 'inject' ? { ...node, once: false } : node));
    await startAnew([...later, ...caught]);
    await panel.send('crosspoint', { topic: 'take', payload: { input: CAMERA, output: 'tv2' } });
    await panel.send('crosspoint', { topic: 'take' }); // no panel says that: the first failure is of this one
    match(await ground.user.shown<string>('caught'), /'msg.payload'/);
  });

  it('gives its inputs their routes when routing is on at last', async () => {
    const first = readFlow('01-first-route.json'); // it has the table until it goes
    await startAnew([...first, ...readFlow(FILE)]);
    const { closed, outputs } = await panel.shows((picture) => picture.closed !== undefined, 'routing is off');
    match(closed ?? '', /Another controller/);
    for (const { rate } of outputs) equal(rate, '–'); // nobody measures
    await panel.alarm('Routing is off: Another controller');
    await ground.user.deploy(readFlow(FILE), 'flows');
    await ground.has(...INPUTS);
    await panel.shows((picture) => picture.closed === undefined, 'routing is on');
  });
});
