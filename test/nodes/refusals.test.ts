/**
 * Controllers that cannot work: the status says so in a few words, messages fail with the reason and what to do.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { Lab } from '../lab/lab';
import { GOOD } from './bad-message';
import { controller, type FlowItem, flow, node, STANDARD } from './flows';
import { NodeRed } from './node-red';
import { kill, killAll, startOther } from './other-process';

function withTable(table: string): FlowItem[] {
  return STANDARD.map((item) => (item.id === 'routes' ? { ...item, table } : item));
}

describe('controllers that cannot work', () => {
  let lab: Lab;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2');
  });
  after(() => lab.close());
  afterEach(async () => {
    await killAll();
    await red.close();
  });

  for (const [title, id] of [
    ['none', ''],
    ['one that is gone', 'deleted'],
  ]) {
    it(`a node that names ${title} says what to do`, async () => {
      red = await NodeRed.start(flow(node('add', 'mfc add', { controller: id })));
      equal(red.status('add'), 'red ring closed: no controller');
      const { failure } = await red.send('add', GOOD);
      equal(failure.code, 'ERR_MFC_NOT_OPEN');
      equal(
        failure.message,
        'This node has no controller, or it is disabled. Open the node, select or enable one, and deploy.',
      );
    });
  }

  for (const table of ['abc', '0', '-1', '1.5', '0x64', '1000000000', '100 200']) {
    it(`table '${table}'`, async () => {
      red = await NodeRed.start(withTable(table));
      await red.untilStatus('add', 'red ring closed: bad setting');
      const { failure } = await red.send('add', GOOD);
      deepEqual([failure.code, failure.cause.field, failure.cause.value], ['ERR_MFC_INVALID', 'table', table]);
      ok(
        failure.message.startsWith(`Invalid argument: table is '${table}'. Give a number from 1 to `),
        failure.message,
      );
    });
  }

  it('the second of two on one table says that the first is there; the first works on', async () => {
    red = await NodeRed.start(
      flow(
        controller('first'),
        controller('second'),
        node('add', 'mfc add', { controller: 'first' }),
        node('add2', 'mfc add', { controller: 'second' }),
      ),
    );
    await red.untilStatus('add', 'green dot open · 0 routes');
    await red.untilStatus('add2', 'red ring closed: table in use');
    const { failure } = await red.send('add2', GOOD);
    equal(failure.code, 'ERR_MFC_TABLE_IN_USE');
    match(
      failure.message,
      /^Another controller of this Node-RED owns the default IPv4 multicast routing table\. Select that/,
    );
    match(red.logged('error').join('\n'), /Another controller of this Node-RED owns/);
    ok((await red.send('add', GOOD)).answer);
    await red.untilStatus('add', 'green dot open · 1 route');
  });

  it('a table that another program owns: names it, and works once that has ended', async () => {
    const { child: other } = await startOther("src('kernel/linux').linux.openMroute(4); console.log('open');");
    red = await NodeRed.start(STANDARD);
    await red.untilStatus('add', 'red ring closed: table in use');
    const { failure } = await red.send('add', GOOD);
    equal(failure.code, 'ERR_MFC_TABLE_IN_USE');
    match(
      failure.message,
      new RegExp(`^node \\(pid ${other.pid}\\) owns the default IPv4 multicast routing table\\. Stop`),
    );
    equal((await red.send('state', {})).failure.code, 'ERR_MFC_TABLE_IN_USE');
    await kill(other);
    ok((await red.send('add', GOOD)).answer);
    await red.untilStatus('add', 'green dot open · 1 route');
    match(red.logged('info').join('\n'), /The routing table is open now\./);
  });

  it('a state file that cannot be read: nothing is done until it can', async () => {
    red = await NodeRed.start(flow());
    mkdirSync(red.stateFile());
    await red.deploy(STANDARD, 'full');
    await red.untilStatus('add', 'red ring closed: state file');
    const { failure } = await red.send('add', GOOD);
    deepEqual([failure.code, failure.cause.errno], ['ERR_MFC_STORE', 'EISDIR']);
    ok(failure.message.includes(red.stateFile()), failure.message);
    rmSync(red.stateFile(), { recursive: true });
    ok((await red.send('add', GOOD)).answer);
  });

  it('a state file that cannot be saved: the change is undone', async () => {
    red = await NodeRed.start(STANDARD);
    await red.untilStatus('add', 'green dot open · 0 routes');
    mkdirSync(red.stateFile());
    const { failure } = await red.send('add', GOOD);
    equal(failure.code, 'ERR_MFC_STORE');
    match(failure.message, /The change was undone\./);
    deepEqual(JSON.parse(await lab.ip('-j', 'mroute', 'show')), []);
    rmSync(red.stateFile(), { recursive: true });
    ok((await red.send('add', GOOD)).answer);
  });
});
