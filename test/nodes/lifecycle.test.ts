/**
 * Starts, stops and deploys: who keeps the socket open, what is back afterwards, and what the status says.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Lab, until } from '../lab/lab';
import { GOOD, GOOD_IPV6, PRESENT } from './bad-message';
import { controller, type FlowItem, flow, node, STANDARD } from './flows';
import { NodeRed } from './node-red';

/** Whether somebody owns a multicast routing table of this network namespace. */
function isOwned(): boolean {
  return readFileSync('/proc/sys/net/ipv4/conf/all/mc_forwarding', 'utf8').trim() !== '0';
}

function without(...ids: string[]): FlowItem[] {
  return STANDARD.filter((item) => !ids.includes(item.id));
}

function changedTo(id: string, properties: object): FlowItem[] {
  return STANDARD.map((item) => (item.id === id ? { ...item, ...properties } : item));
}

describe('life of a controller', () => {
  let lab: Lab;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3');
  });
  after(() => lab.close());

  beforeEach(async () => {
    red = await NodeRed.start(STANDARD);
  });
  afterEach(async () => {
    await red.close();
    equal(isOwned(), false);
  });

  async function kernelRoutes(...options: string[]): Promise<string[]> {
    const all = JSON.parse(await lab.ip(...options, '-j', 'mroute', 'show')) as { dst: string }[];
    return all.map(({ dst }) => dst);
  }

  it('status tells how many routes there are, under every node', async () => {
    for (const id of ['add', 'del', 'state']) await red.untilStatus(id, 'green dot open · 0 routes');
    await red.add([PRESENT]);
    for (const id of ['add', 'del', 'state']) await red.untilStatus(id, 'green dot open · 1 route');
    await red.add([GOOD, GOOD_IPV6]);
    await red.untilStatus('add', 'green dot open · 3 routes');
  });

  it('a deleted node leaves the routes alone, and the others work on', async () => {
    await red.add([PRESENT]);
    await red.deploy(without('del'));
    deepEqual(await kernelRoutes(), ['239.1.1.1']);
    await red.add([GOOD]);
    deepEqual((await kernelRoutes()).sort(), ['239.1.1.1', '239.1.1.2']);
  });

  it('a changed node leaves the routes alone', async () => {
    await red.add([PRESENT]);
    await red.deploy(changedTo('add', { label: 'New' }));
    deepEqual(
      (await red.state()).mfc_rules.map(({ state }) => state),
      ['active'],
    );
  });

  it('the last user that is removed closes the socket', async () => {
    await red.add([PRESENT]);
    equal(isOwned(), true);
    await red.deploy(without('del', 'add'));
    equal(isOwned(), true);
    await red.deploy(without('del', 'add', 'state'));
    await until(() => !isOwned(), 'The socket should be closed.');
    deepEqual(await kernelRoutes(), []);
  });

  it('a user that Node-RED makes twice and closes once closes the socket all the same', async () => {
    await red.add([PRESENT]);
    red.makeAgain(STANDARD.filter(({ id }) => id === 'add'));
    await red.deploy(without('del', 'add', 'state'));
    await until(() => !isOwned(), 'The socket should be closed.');
  });

  it('a controller whose last user went over to another one lets go of the table', async () => {
    const alone = flow(controller('first'), controller('second'), node('add', 'mfc add', { controller: 'first' }));
    await red.deploy(alone, 'full');
    await red.add([PRESENT]);
    await red.deploy(alone.map((item) => (item.id === 'add' ? { ...item, controller: 'second' } : item)));
    await red.add([GOOD]);
    await red.untilStatus('add', 'green dot open · 1 route');
    deepEqual(await kernelRoutes(), ['239.1.1.2']);
  });

  it('users that come back find the saved routes', async () => {
    await red.add([PRESENT]);
    await red.deploy(without('del', 'add', 'state'));
    await red.deploy(STANDARD);
    deepEqual(
      (await red.state()).mfc_rules.map(({ group }) => group),
      ['239.1.1.1'],
    );
  });

  it('saved routes are back after a restart, before the first message is taken', async () => {
    await red.add([PRESENT, GOOD_IPV6]);
    const before = await red.state();
    await red.unload();
    deepEqual([await kernelRoutes(), await kernelRoutes('-6')], [[], []]);
    await red.load(STANDARD);
    deepEqual(await red.state(), before);
    deepEqual([await kernelRoutes(), await kernelRoutes('-6')], [['239.1.1.1'], ['ff3e::2']]);
  });

  it('saved routes are back without any message', async () => {
    await red.add([PRESENT]);
    await red.deploy(STANDARD, 'full');
    await red.untilStatus('add', 'green dot open · 1 route');
    deepEqual(await kernelRoutes(), ['239.1.1.1']);
  });

  it('a saved route with an absent interface waits, says why, and stays saved', async () => {
    await red.unload();
    const absent = { ...GOOD, oifs: ['eth99'] };
    writeFileSync(red.stateFile(), JSON.stringify({ mfc_rules: [PRESENT, absent] })); // as the seed writes it, without version
    await red.load(STANDARD);
    await red.untilStatus('add', 'yellow ring open · 2 routes, 1 pending');
    const [first, second] = (await red.state()).mfc_rules;
    deepEqual([first?.state, second?.state], ['active', 'pending']);
    match(second?.reason ?? '', /Interface 'eth99' not found\./);
    await red.add([{ ...GOOD, group: '239.1.1.9' }]);
    match(red.saved(), /"oifs":\["eth99"\]/);
    await lab.link('eth99');
    await red.add([absent]);
    await red.untilStatus('add', 'green dot open · 3 routes');
    await lab.unlink('eth99');
  });

  it('a state file that makes no sense is set aside, and that is said', async () => {
    await red.unload();
    writeFileSync(red.stateFile(), '{"mfc_rules": [');
    await red.load(STANDARD);
    deepEqual((await red.state()).mfc_rules, []);
    match(red.logged('warn').join('\n'), /The saved routes in .* are not readable as routes\. The file was kept as /);
  });

  it('another table holds its own routes of both families', async () => {
    await red.add([GOOD]);
    await red.deploy(changedTo('routes', { table: '100' }));
    await red.add([PRESENT, GOOD_IPV6]);
    deepEqual(await kernelRoutes(), []);
    const of100 = async (...family: string[]) =>
      JSON.parse(await lab.ip(...family, '-j', 'mroute', 'show', 'table', '100')).map(
        ({ dst }: { dst: string }) => dst,
      );
    deepEqual([(await of100()).sort(), await of100('-6')], [['239.1.1.1', '239.1.1.2'], ['ff3e::2']]);
  });
});
